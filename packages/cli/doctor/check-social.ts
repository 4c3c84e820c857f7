import type { Config } from '../../../src/config/config.ts'
import { pageOf } from '../place.ts'
import { putSecret, tableIn } from './as-written.ts'
import { type Deployment, isSocialSecret, socialPrefix } from './deployment.ts'
import { findIssuerFault } from './find-issuer-fault.ts'
import { error, type Finding, ok } from './finding.ts'

type Fetch = (url: string, init: RequestInit) => Promise<Response>

/** Checks the settings of social login, and says what must be registered at each provider. */
export function checkSocial(
  { social, target, settings, file, wrangler }: Deployment,
  { issuer }: Pick<Config, 'issuer'>,
): readonly Finding[] {
  const fix = `${pageOf('guides/social-login.md')} has the settings of each provider.`
  const faults = social.faults.map(({ setting, message }) => error(`settings.${setting}`, `${message}.`, fix))
  const committed = target === 'deployed' ? Object.keys(settings).filter(isSocialSecret) : []
  return [
    ...faults,
    ...committed.map((name) => {
      const what = `${name} is in ${tableIn(file, 'vars')} of ${file}, which is committed and readable in the dashboard.`
      const how = `Remove it, create a new one, and set that as a secret: ${putSecret(wrangler, name)}`
      return error(`settings.${name}`, what, how)
    }),
    ...social.providers.map(({ name }) =>
      ok(
        `settings.${socialPrefix(name)}CLIENT_ID`,
        `Register this redirect URI at ${name}, byte for byte: ${issuer}/login/social/${name}/callback`,
      ),
    ),
  ]
}

/** Asks each issuer of the operator's own whether its discovery document names it (OpenID Connect Discovery 1.0 §4.3). */
export function checkIssuers(
  { social }: Pick<Deployment, 'social'>,
  ask: Fetch = fetch,
): Promise<readonly Finding[]> {
  const own = social.providers.flatMap(({ name, issuer }) => (issuer === null ? [] : [{ name, issuer }]))
  return Promise.all(own.map(({ name, issuer }) => checkIssuer(`${socialPrefix(name)}ISSUER`, issuer, ask)))
}

async function checkIssuer(setting: string, issuer: string, ask: Fetch): Promise<Finding> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const fault = await findIssuerFault(url, issuer, ask)
  if (fault === null) return ok(`settings.${setting}`, `${url} answers, and names this issuer.`)
  const fix = `Set ${setting} to the issuer that the document of the provider names.`
  return error(`settings.${setting}`, `${url} ${fault}.`, fix)
}
