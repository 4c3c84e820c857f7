import { errors, SignJWT } from 'jose'
import * as v from 'valibot'
import type { Clock } from '../clock'
import { encodeBase64url } from '../crypto/base64url'
import { randomBytes } from '../crypto/random'
import { verifyJwt } from './jwt'
import type { SigningKeys } from './signing-keys'

/** What a verified access token says (RFC 9068 §2.2). No personal data: a token travels further than one thinks. */
export interface AccessTokenClaims {
  readonly sub: string
  /** The session behind the token. */
  readonly sid: string
  readonly roles: readonly string[]
  readonly auth_time: number
  readonly amr: readonly string[]
  readonly exp: number
}

export type CheckedAccessToken =
  | { readonly ok: true; readonly claims: AccessTokenClaims }
  | { readonly ok: false; readonly refusal: 'invalid' | 'expired' }

export interface AccessTokens {
  /** Makes sure that a token can be issued. @throws {StoreUnavailable} */
  ready(): Promise<void>
  /** A new token for a session, and its life in seconds. @throws {StoreUnavailable} */
  issue(subject: AccessTokenSubject): Promise<{ token: string; expiresInSeconds: number }>
  /** What the token says, or why it says nothing. @throws {StoreUnavailable} If no key could be loaded. */
  check(text: string): Promise<CheckedAccessToken>
}

export interface AccessTokenSubject {
  readonly userId: string
  readonly sessionId: string
  readonly roles: readonly string[]
  readonly authenticatedAt: number
  /** RFC 8176. */
  readonly amr: string
  /** The token never outlives the session. */
  readonly sessionExpiresAt: number
}

/** Only this kind opens the API; ID tokens and the like carry another (RFC 9068 §2.1, RFC 8725 §3.11). */
const TYP = 'at+jwt'

/** Janus itself: there are no other clients yet, and RFC 9068 §2.2 requires the claim. */
const CLIENT_ID = 'janus'

/** The longest life that can be configured (ACCESS_TOKEN_LIFETIME_SECONDS in config.ts). */
const MAX_LIFETIME_SECONDS = 3600

/** How far the clocks of two machines may differ. */
const CLOCK_SKEW_SECONDS = 60

export function createAccessTokens(services: {
  readonly keys: SigningKeys
  readonly issuer: string
  readonly audience: string
  readonly accessTokenLifetimeSeconds: number
  readonly clock: Clock
}): AccessTokens {
  const { keys, issuer, audience, accessTokenLifetimeSeconds, clock } = services
  const Claims = claimsSchema(issuer, audience)

  return {
    async ready() {
      await keys.signer()
    },

    async issue({ userId, sessionId, roles, authenticatedAt, amr, sessionExpiresAt }) {
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
        amr: [amr],
      } satisfies v.InferOutput<typeof Claims>
      const token = await new SignJWT(claims)
        .setProtectedHeader(header(keys.alg, signer.kid))
        .sign(signer.key)
      return { token, expiresInSeconds: expiresAt - now }
    },

    async check(text) {
      const now = clock()
      const jwt = await verifyJwt(
        text,
        async ({ kid }, { protected: encodedHeader }) => {
          if (typeof kid !== 'string') throw new errors.JWKSNoMatchingKey()
          const key = await keys.verifier(kid)
          // Our headers have one form. With no other accepted, `crit`, `jwk`, `jku`, `x5u`, `b64`, `zip`, duplicate
          // names and a foreign `alg` or `typ` have no place to stand (RFC 8725 §3.1, §3.10; RFC 7515 §4.1.11).
          if (key && encodedHeader === encodeHeader(keys.alg, kid)) return key
          throw new errors.JWKSNoMatchingKey()
        },
        { algorithm: keys.alg, issuer, audience, typ: TYP, requiredClaims: Object.keys(Claims.entries), now },
      )
      if (!jwt.ok) return { ok: false, refusal: jwt.refusal === 'expired' ? 'expired' : 'invalid' }
      const claims = v.safeParse(Claims, jwt.payload)
      if (!claims.success) return { ok: false, refusal: 'invalid' }
      const { iat, exp, auth_time } = claims.output
      const plausible =
        Math.max(iat, auth_time) <= now + CLOCK_SKEW_SECONDS && exp - iat <= MAX_LIFETIME_SECONDS
      return plausible ? { ok: true, claims: claims.output } : { ok: false, refusal: 'invalid' }
    },
  }
}

/** Exactly the claims issued here, of exactly these types: no array for `aud`, no `exp` as text, no other claim. */
function claimsSchema(issuer: string, audience: string) {
  const Instant = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
  return v.strictObject({
    iss: v.literal(issuer),
    aud: v.literal(audience),
    sub: v.string(),
    client_id: v.literal(CLIENT_ID),
    iat: Instant,
    exp: Instant,
    jti: v.string(),
    sid: v.string(),
    roles: v.pipe(v.array(v.string()), v.readonly()),
    auth_time: Instant,
    amr: v.array(v.string()),
  })
}

function header(alg: string, kid: string) {
  return { alg, typ: TYP, kid }
}

function encodeHeader(alg: string, kid: string): string {
  return encodeBase64url(new TextEncoder().encode(JSON.stringify(header(alg, kid))))
}
