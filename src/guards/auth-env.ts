import type { AuthCookies } from '../http/auth-cookies'
import type { SessionStore } from '../sessions/session-store'
import type { AccessTokens } from '../tokens/access-token'
import type { AuthenticateServices } from './authenticate'
import type { CrossSiteRule } from './cross-site'
import type { Principal } from './principal'

/** Describes what the guards need. */
export interface GuardServices extends AuthenticateServices {
  readonly sessions: SessionStore
  /** The access tokens of the apps beside Janus; the same as `accessTokens` unless `AUDIENCE` is another than `ISSUER`. */
  readonly apiTokens: AccessTokens
  readonly cookies: AuthCookies
  readonly crossSiteRule: CrossSiteRule
  /** `always`: every guarded request asks the session store, not only sensitive ones. */
  readonly liveCheck: 'sensitive' | 'always'
}

/** Hono environment of handlers behind `requirePrincipal`. */
export interface SignedInEnv {
  Variables: { principal: Principal }
}
