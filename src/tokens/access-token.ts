import { encodeBase64url } from '../crypto/base64url'
import { randomBytes } from '../crypto/random'
import type { SigningKeys } from '../keys/signing-keys'
import type { Restores } from '../restores/restores'
import type { Clock } from '../runtime/clock'
import type { Assurance } from '../sessions/assurance'
import {
  accessTokenHeader,
  type CheckedAccessToken,
  CLIENT_ID,
  createAccessTokenCheck,
  type IssuedClaims,
} from './check-access-token'
import type { BoundClaims } from './custom-claims'
import { JWT_MAX_LENGTH, signJwt } from './jwt'

export interface AccessTokens {
  /** Makes sure that a token can be issued. @throws {StoreUnavailable} */
  ready(): Promise<void>
  /** Returns a new token for a session, and its life in seconds. @throws {StoreUnavailable} @throws {AccessTokenTooLong} */
  issue(subject: AccessTokenSubject): Promise<{ token: string; expiresInSeconds: number }>
  /** Returns the claims of a token, or why it is rejected. @throws {StoreUnavailable} If no key could be loaded. */
  check(text: string): Promise<CheckedAccessToken>
}

/** The roles of an account, or the claims of the app, take more room than a token has. Migration 0013 lets nobody write such roles; older rows may have them. */
export class AccessTokenTooLong extends Error {
  override readonly name = 'AccessTokenTooLong'
}

export interface AccessTokenSubject extends Assurance {
  readonly userId: string
  readonly sessionId: string
  readonly roles: readonly string[]
  /** The token never outlives the session. */
  readonly sessionExpiresAt: number
}

export function createAccessTokens(services: {
  readonly keys: SigningKeys
  readonly restores: Restores
  readonly issuer: string
  readonly audience: string
  readonly accessTokenLifetimeSeconds: number
  /** Says whether a verified token is accepted again without verifying it. */
  readonly remember: boolean
  /** Those that the app beside Janus adds; `null`: the tokens are for Janus alone, or it adds none. */
  readonly customClaims: BoundClaims | null
  readonly clock: Clock
}): AccessTokens {
  const { keys, restores, issuer, audience, accessTokenLifetimeSeconds, remember, customClaims, clock } =
    services

  const check = createAccessTokenCheck({
    issuer,
    audience,
    algorithms: [keys.alg],
    otherClaims: 'refused',
    remember,
    clock,
    async findKey(kid) {
      const key = await keys.verifier(kid)
      return key && { alg: keys.alg, key }
    },
  })

  return {
    async ready() {
      await keys.signer()
    },

    async issue({ userId, sessionId, roles, authenticatedAt, amr, acr, sessionExpiresAt }) {
      const now = clock()
      const signer = await keys.signer()
      const expiresAt = Math.min(now + accessTokenLifetimeSeconds, sessionExpiresAt)
      const claims = {
        iss: issuer,
        aud: audience,
        sub: userId,
        client_id: CLIENT_ID,
        iat: now,
        exp: expiresAt,
        jti: encodeBase64url(randomBytes(16)),
        sid: sessionId,
        roles,
        auth_time: authenticatedAt,
        amr,
        acr,
        ...(customClaims && { claims: await customClaims({ userId, sessionId, roles }) }),
      } satisfies IssuedClaims
      const token = await signJwt(claims, accessTokenHeader(keys.alg, signer.kid), signer.key)
      // guard: no token is issued that would be refused for its length
      if (token.length > JWT_MAX_LENGTH) throw new AccessTokenTooLong()
      return { token, expiresInSeconds: expiresAt - now }
    },

    async check(text) {
      const checked = await check(text)
      if (!checked.ok) return checked
      // Also of a token whose claims are remembered.
      // guard: an access token issued before the database was put back is rejected
      return checked.claims.iat > (await restores.lastAt()) ? checked : { ok: false, refusal: 'invalid' }
    },
  }
}
