import type { Config } from '../../../src/config/config.ts'
import { asWritten } from './as-written.ts'
import { siteOf } from './check-site.ts'
import type { Deployment } from './deployment.ts'
import { error, type Finding, ok, warning } from './finding.ts'

/**
 * Checks what each of ALLOWED_ORIGINS can do. The session cookie is `SameSite=Lax`, so a browser sends it along with a call from
 * another origin of the same site, and from no other site (RFC 6265bis §5.2).
 */
export function checkOrigins({ file }: Pick<Deployment, 'file'>, config: Config): readonly Finding[] {
  if (config.allowedOrigins.length === 0) {
    return [ok('origins.none', 'Only pages of the issuer itself may call (ALLOWED_ORIGINS is none).')]
  }
  return config.allowedOrigins.map((origin) => checkOrigin(origin, file, config))
}

function checkOrigin(origin: string, file: string, { origin: issuerOrigin, issuer, modes }: Config): Finding {
  const check = 'origins.site'
  if (origin === issuerOrigin) {
    const what = `${origin} is the origin of ISSUER, so listing it has no effect.`
    return warning(check, what, 'Remove it from ALLOWED_ORIGINS.')
  }
  if (siteOf(origin) === siteOf(issuer)) {
    return ok(check, `${origin} is on the same site: cookies reach Janus with credentials: 'include'.`)
  }
  if (!modes.includes('token')) {
    const what = `${origin} is another site, so browsers send no cookie from there, and AUTH_MODE offers only cookies.`
    const tokens = asWritten(file, 'vars', 'AUTH_MODE', 'both')
    const fix = `Offer tokens (${tokens}), or serve that page from the site of ISSUER.`
    return error(check, what, fix)
  }
  if (!modes.includes('session')) {
    return ok(check, `${origin} is another site: tokens work there, with "refresh_in": "body".`)
  }
  const what = `${origin} is another site: sessions and "refresh_in": "cookie" do not work from there.`
  return warning(check, what, 'Sign in there with "mode": "token" and store the refresh token in the page.')
}
