import type { CryptoKey } from 'jose'
import { encode } from 'jose/base64url'
import { JWKSNoMatchingKey } from 'jose/errors'
import * as v from 'valibot'
import type { Clock } from '../runtime/clock'
import { createMemo } from '../runtime/memo'
import type { AssuranceLevel } from '../sessions/assurance'
import { claimsParser, InstantClaim } from './claims-parser'
import type { CustomClaims } from './custom-claims'
import { verifyJwt } from './jwt'

/** Describes the claims of a verified access token (RFC 9068 §2.2). No personal data: a token travels further than one thinks. */
export interface AccessTokenClaims {
  readonly sub: string
  /** The session behind the token. */
  readonly sid: string
  readonly roles: readonly string[]
  readonly auth_time: number
  readonly amr: readonly string[]
  readonly acr: AssuranceLevel
  /** Those of the app beside Janus. Absent: there are none. */
  readonly claims?: CustomClaims | undefined
  readonly iat: number
  readonly exp: number
}

/** Every claim of a token that is issued. */
export interface IssuedClaims extends AccessTokenClaims {
  readonly iss: string
  readonly aud: string
  readonly client_id: typeof CLIENT_ID
  readonly jti: string
}

export type CheckedAccessToken = CheckedToken<AccessTokenClaims>

export type CheckedToken<C> =
  | { readonly ok: true; readonly claims: C }
  | { readonly ok: false; readonly refusal: 'invalid' }
  /** One of ours, past its end: it opens nothing. What it says, if that is as it was issued. */
  | { readonly ok: false; readonly refusal: 'expired'; readonly claims: C | null }

/** Only this kind opens the API; ID tokens and the like carry another (RFC 9068 §2.1, RFC 8725 §3.11). */
export const ACCESS_TOKEN_TYP = 'at+jwt'

/** Janus itself: there are no other clients yet, and RFC 9068 §2.2 requires the claim. */
export const CLIENT_ID = 'janus'

/** The longest life that can be configured (ACCESS_TOKEN_LIFETIME_SECONDS in config.ts). */
const MAX_LIFETIME_SECONDS = 3600

/** Sets how far the clocks of two machines may differ. */
const CLOCK_SKEW_SECONDS = 60

/** Describes what an access token must have to be accepted. */
export interface AccessTokenTerms {
  readonly issuer: string
  readonly audience: string
  readonly algorithms: readonly string[]
  /**
   * Says whether the claims of a token that was verified are remembered, by its whole text, for a minute, never past its end, and never once its
   * key has left the set. It changes no answer.
   */
  readonly remember: boolean
  readonly clock: Clock
  /** Finds the key of an id and the algorithm it is for, or `null` if there is none. May throw if keys cannot be had. */
  findKey(kid: string): Promise<{ readonly alg: string; readonly key: CryptoKey } | null>
}

/** For how long the claims of a token are remembered. */
const CLAIMS_MEMO_SECONDS = 60

interface Remembered<C> {
  readonly kid: string
  readonly key: CryptoKey
  readonly checked: CheckedToken<C>
}

/** Creates a verifier that returns the claims of an access token, or why it was rejected. It throws what `findKey` throws. */
export function createAccessTokenCheck(
  terms: AccessTokenTerms & {
    /** Claims that are not issued today. Refused by who issues; but who verifies may be older than the issuer. */
    readonly otherClaims: 'refused' | 'ignored'
  },
): (text: string) => Promise<CheckedAccessToken> {
  const entries = claimEntries(terms.issuer, terms.audience)
  const names = Object.keys(entries)
  const parse = claimsParser(v.object(entries))
  return createTokenCheck(terms, {
    parseClaims(payload) {
      const isKnown = Object.keys(payload).every((name) => names.includes(name))
      // guard: a token with a claim that is not issued is rejected
      return isKnown || terms.otherClaims === 'ignored' ? parse(payload) : null
    },
    requiredClaims: names.filter((name) => name !== 'acr' && name !== 'claims'),
  })
}

/** The claims that bound the life of every access token. */
interface TimedClaims {
  readonly iat: number
  readonly exp: number
  readonly auth_time?: number | undefined
}

/** Creates a verifier of tokens of the kind `at+jwt` whose claims have a form. What is declared here has no type of a library of ours. */
export function createTokenCheck<C extends TimedClaims>(
  terms: AccessTokenTerms,
  form: {
    /** Returns `null` for claims of another form. */
    readonly parseClaims: (payload: object) => C | null
    readonly requiredClaims: readonly string[]
  },
): (text: string) => Promise<CheckedToken<C>> {
  const { algorithms, issuer, audience, remember, clock } = terms
  const { parseClaims, requiredClaims } = form
  const memo = createMemo<Remembered<C>>()

  return async (text) => {
    const now = clock()
    const remembered = memo.get(text, now)
    // guard: a remembered token is good only while its key is
    if (remembered && (await terms.findKey(remembered.kid))?.key === remembered.key) return remembered.checked
    const used: { by?: { readonly kid: string; readonly key: CryptoKey } } = {}
    const jwt = await verifyJwt(
      text,
      async ({ kid }, { protected: encodedHeader }) => {
        if (typeof kid !== 'string') throw new JWKSNoMatchingKey()
        const signer = await terms.findKey(kid)
        // Our headers have one form. With no other accepted, `crit`, `jwk`, `jku`, `x5u`, `b64`, `zip`, duplicate
        // names and a foreign `alg` or `typ` have no place to stand (RFC 8725 §3.1, §3.10; RFC 7515 §4.1.11).
        // guard: the header of a token has one form
        if (signer && encodedHeader === encodeHeader(signer.alg, kid)) {
          used.by = { kid, key: signer.key }
          return signer.key
        }
        throw new JWKSNoMatchingKey()
      },
      { algorithms, issuer, audience, typ: ACCESS_TOKEN_TYP, requiredClaims, now },
    )
    if (!jwt.ok && jwt.refusal !== 'expired') return { ok: false, refusal: 'invalid' }
    const claims = parseClaims(jwt.payload)
    const expired = !jwt.ok
    if (!claims)
      return expired ? { ok: false, refusal: 'expired', claims: null } : { ok: false, refusal: 'invalid' }
    const { iat, exp, auth_time = iat } = claims
    const plausible =
      // guard: a token lives at most an hour
      Math.max(iat, auth_time) <= now + CLOCK_SKEW_SECONDS && exp - iat <= MAX_LIFETIME_SECONDS
    if (expired) return { ok: false, refusal: 'expired', claims: plausible ? claims : null }
    if (!plausible) return { ok: false, refusal: 'invalid' }
    const checked = { ok: true, claims } as const
    if (remember && used.by) memo.set(text, { ...used.by, checked }, Math.min(now + CLAIMS_MEMO_SECONDS, exp))
    return checked
  }
}

/** Returns the claims issued here, of exactly these types: no array for `aud`, no `exp` as text. */
function claimEntries(issuer: string, audience: string) {
  return {
    iss: v.literal(issuer),
    aud: v.literal(audience),
    sub: v.string(),
    client_id: v.literal(CLIENT_ID),
    iat: InstantClaim,
    exp: InstantClaim,
    jti: v.string(),
    sid: v.string(),
    roles: v.array(v.string()),
    auth_time: InstantClaim,
    amr: v.array(v.string()),
    // Tokens that were issued before there was a second level have none.
    acr: v.optional(v.picklist(['urn:janus:1fa', 'urn:janus:2fa']), 'urn:janus:1fa'),
    claims: v.optional(v.custom<CustomClaims>((value) => typeof value === 'object' && value !== null)),
  } satisfies { readonly [Claim in keyof IssuedClaims]: v.GenericSchema<unknown, IssuedClaims[Claim]> }
}

/** Returns the protected header of every access token. */
export function accessTokenHeader(alg: string, kid: string) {
  return { alg, typ: ACCESS_TOKEN_TYP, kid }
}

function encodeHeader(alg: string, kid: string): string {
  return encode(JSON.stringify(accessTokenHeader(alg, kid)))
}
