import type { Config } from '../../../src/config/config.ts'
import { asWritten } from './as-written.ts'
import type { Deployment } from './deployment.ts'
import { findIssuerFault } from './find-issuer-fault.ts'
import { error, type Finding, ok, warning } from './finding.ts'

type Fetch = (url: string, init: RequestInit) => Promise<Response>

type Address = Pick<Config, 'issuer' | 'origin' | 'basePath'>

const OAUTH = '/.well-known/oauth-authorization-server'
const OPENID = '/.well-known/openid-configuration'

/**
 * Checks that clients find the metadata of the authorization server, in each place where one looks. If ISSUER has a path, two of them are
 * outside of it, at the root of the host (RFC 8414 §3.1), where a route of its own has to lead to Janus.
 */
export function checkDiscovery(
  { settings, isStandAlone, file }: Pick<Deployment, 'settings' | 'isStandAlone' | 'file'>,
  { issuer, origin, basePath }: Address,
  ask: Fetch = fetch,
): Promise<readonly Finding[]> {
  if (settings.OAUTH_SERVER !== 'on') return Promise.resolve([])
  const below = basePath === '' ? [OAUTH, OPENID] : [OPENID]
  const atRoot = basePath === '' ? [] : [OAUTH, OPENID]
  const check = 'service.discovery'
  return Promise.all([
    ...below.map(async (path) => {
      const url = `${issuer}${path}`
      const fault = await findIssuerFault(url, issuer, ask)
      if (fault === null) return ok(check, `${url} answers, and names ISSUER.`)
      const what = `${url} ${fault}, so apps do not find the authorization server.`
      return error(check, what, 'Check that requests for it reach Janus.')
    }),
    ...atRoot.map(async (path) => {
      const url = `${origin}${path}${basePath}`
      const fault = await findIssuerFault(url, issuer, ask)
      if (fault === null) return ok(check, `${url} answers, and names ISSUER.`)
      const what = `${url} ${fault}, so apps that look there do not find the authorization server.`
      const route = isStandAlone
        ? asWritten(file, '', 'routes', [
            { pattern: `${new URL(url).host}${path}${basePath}`, zone_name: '…' },
          ])
        : `app.get('${path}${basePath}', () => janus.request('${path}'))`
      return warning(check, what, `Add ${route}`)
    }),
  ])
}
