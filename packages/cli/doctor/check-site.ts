import { parse } from 'tldts'
import type { Config } from '../../../src/config/config.ts'
import { pageOf } from '../place.ts'
import { asWritten } from './as-written.ts'
import type { Deployment } from './deployment.ts'
import { error, type Finding, ok, warning } from './finding.ts'

type Address = Pick<Config, 'issuer' | 'origin' | 'basePath'>
type Route = NonNullable<Deployment['wrangler']['routes']>[number]

/** Checks that browsers keep cookies for the host of the issuer, and that its requests reach the Worker. */
export function checkSite(deployment: Deployment, address: Address): readonly Finding[] {
  return [checkHost(new URL(address.issuer).hostname, deployment), ...checkRoutes(deployment, address)]
}

/**
 * Returns the site of a URL (HTML standard, "schemelessly same site", and the scheme, as browsers compare for SameSite): below a public
 * suffix, those of hosting companies included, one name is one site.
 */
export function siteOf(url: string): string {
  const { protocol, hostname } = new URL(url)
  return `${protocol}//${parse(hostname, { allowPrivateDomains: true }).domain ?? hostname}`
}

function checkHost(host: string, deployment: Deployment): Finding {
  const check = 'site.host'
  const { isIp, isIcann, isPrivate, publicSuffix, domain, subdomain } = parse(host, {
    allowPrivateDomains: true,
  })
  const set = 'Set ISSUER to a host of a domain you have at Cloudflare'
  if (isIp) return error(check, `ISSUER has the IP address ${host}, and Workers need a hostname.`, `${set}.`)
  if (!isIcann && !isPrivate) {
    return error(
      check,
      `${host} is not a public name: .${publicSuffix} is not in the public suffix list.`,
      `${set}.`,
    )
  }
  if (domain === null) {
    return error(check, `${host} is a public suffix: sites of other people are below it.`, `${set}.`)
  }
  if (publicSuffix === 'workers.dev') return checkWorkersDev(`${subdomain}`, domain, deployment)
  if (publicSuffix === 'pages.dev') {
    return warning(check, 'pages.dev belongs to Cloudflare Pages; no Worker answers there.', `${set}.`)
  }
  if (isPrivate) {
    return warning(
      check,
      `${publicSuffix} is shared by its provider's customers: ${domain} is your site.`,
      `${set}.`,
    )
  }
  return ok(check, `Cookies are for ${host} alone, and its site is ${domain}.`)
}

function checkWorkersDev(subdomain: string, domain: string, { wrangler, file }: Deployment): Finding {
  const check = 'site.host'
  if (subdomain !== wrangler.name) {
    const what = `This Worker answers at ${wrangler.name}.ACCOUNT.workers.dev, and ISSUER has another host.`
    const issuer = asWritten(file, 'vars', 'ISSUER', `https://${wrangler.name}.ACCOUNT.workers.dev`)
    return error(check, what, `Set ${issuer}, or use a domain of your own.`)
  }
  if (wrangler.workers_dev === false) {
    const what = 'ISSUER is on workers.dev, and workers_dev is switched off.'
    const fix = `Set ${asWritten(file, '', 'workers_dev', true)}, or set ISSUER to the URL of your route.`
    return error(check, what, fix)
  }
  const what = `workers.dev is for trying out: every Worker of the account is on the same site as this one, ${domain}.`
  return warning(check, what, `Use a domain of your own for real accounts: ${pageOf('start/own-host.md')}.`)
}

/** Checks where Cloudflare sends requests. Routes may be set in the dashboard, so having none here is not an error. */
function checkRoutes(
  { wrangler, isStandAlone, file }: Deployment,
  { issuer, origin, basePath }: Address,
): readonly Finding[] {
  const { hostname, host } = new URL(issuer)
  if (parse(hostname, { allowPrivateDomains: true }).publicSuffix === 'workers.dev') return []
  const routes = [...(wrangler.routes ?? []), ...(wrangler.route === undefined ? [] : [wrangler.route])]
  const needed = [`${issuer}${basePath ? '' : '/'}`, `${issuer}/login`, `${issuer}/login?return_to=%2F`]
  const findings: Finding[] = []

  const route = basePath
    ? { pattern: `${host}${basePath}*`, zone_name: '…' }
    : { pattern: host, custom_domain: true }
  const advice = asWritten(file, '', 'routes', [route])
  const lost = needed.find((url) => !routes.some((route) => covers(route, url)))
  if (routes.length === 0) {
    const what = `No route in ${file} leads from ${host} to this Worker.`
    findings.push(warning('site.route', what, `Add ${advice}, unless it is set in the dashboard.`))
  } else if (lost !== undefined) {
    findings.push(error('site.route', `No route leads from ${lost} to this Worker.`, `Add ${advice}`))
  } else {
    findings.push(ok('site.route', `The routes lead from ${issuer} to this Worker.`))
  }

  if (isStandAlone && basePath !== '' && routes.some((route) => covers(route, `${origin}/elsewhere`))) {
    const what = `A route takes all of ${host}, and Janus answers 404 outside ${basePath}.`
    findings.push(warning('site.route', what, `Narrow it to ${advice}`))
  }
  for (const route of routes.filter((route) => !needed.some((url) => covers(route, url)))) {
    // Part of an app that Janus is mounted in.
    if (!isStandAlone) continue
    // What others look for at the root of the host: docs/guides/native-apps.md, docs/guides/authorization-server.md.
    if (patternOf(route).includes(`${host}/.well-known/`)) continue
    const what = `The route ${patternOf(route)} is a second address of Janus: cookies, links and tokens from there name ${host}.`
    findings.push(warning('site.route', what, 'Remove it, and redirect that address to ISSUER.'))
  }
  if (wrangler.workers_dev ?? routes.length === 0) {
    const what = 'The Worker also answers on workers.dev, where the rules of your domain do not apply.'
    findings.push(warning('site.workers_dev', what, `Set ${asWritten(file, '', 'workers_dev', false)}.`))
  }
  return findings
}

/** Returns whether a route covers a URL, as Cloudflare matches: the whole URL, query included; `*` stands for anything. A custom domain is the whole host. */
function covers(route: Route, url: string): boolean {
  const { hostname, protocol } = new URL(url)
  if (typeof route === 'object' && route.custom_domain) return route.pattern === hostname
  const [, scheme, host = '', path = '/'] = /^(https?:\/\/)?([^/]*)(\/.*)?$/.exec(patternOf(route)) ?? []
  if (scheme !== undefined && scheme !== `${protocol}//`) return false
  const glob = `${host}${path}`.replace(/[.*+?^${}()|[\]\\]/g, (sign) => (sign === '*' ? '.*' : `\\${sign}`))
  return new RegExp(`^${glob}$`).test(url.slice(`${protocol}//`.length))
}

function patternOf(route: Route): string {
  return typeof route === 'string' ? route : route.pattern
}
