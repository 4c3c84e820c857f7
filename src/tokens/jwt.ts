import {
  type CompactJWSHeaderParameters,
  CompactSign,
  type CryptoKey,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose'
import { JOSEError, JWSInvalid, JWTClaimValidationFailed, JWTExpired, JWTInvalid } from 'jose/errors'

/**
 * In bytes, each of which is a character of a token. Short enough that a hostile one costs nothing to refuse. Nothing longer is issued
 * (access-token.ts): roles take 1,024 bytes at most (0013_roles.sql), issuer and audience 512 each (config.ts), and the rest 600.
 */
export const JWT_MAX_LENGTH = 4096

/**
 * Signs claims as a JWT in compact serialization (RFC 7519 §7.1). jose's `SignJWT` has a method for each claim besides, which nobody calls here
 * and every bundle would carry.
 */
export function signJwt(
  claims: object,
  header: CompactJWSHeaderParameters,
  key: CryptoKey | Uint8Array,
): Promise<string> {
  const payload = new TextEncoder().encode(JSON.stringify(claims))
  return new CompactSign(payload).setProtectedHeader(header).sign(key)
}

/** Describes what must hold of every JWT. All are required: an option left out of jose is a check left out. */
export interface JwtExpectations {
  readonly algorithms: readonly string[]
  readonly issuer: string
  /** One of these, if there are several; `null`: the caller looks at the claim. */
  readonly audience: string | readonly string[] | null
  readonly typ: string
  readonly requiredClaims: readonly string[]
  readonly now: number
}

/**
 * - `malformed`: not three canonical base64url parts, or no header that could be ours.
 * - `signature`: no key of ours made it.
 * - `expired`: ours and past its `exp`.
 * - `claims`: signed by us, but not for this use.
 */
export type JwtRefusal = 'malformed' | 'signature' | 'expired' | 'claims'

export type VerifiedJwt =
  | { readonly ok: true; readonly payload: JWTPayload }
  | { readonly ok: false; readonly refusal: Exclude<JwtRefusal, 'expired'> }
  /** With what it says, for whoever only ends what it began. */
  | { readonly ok: false; readonly refusal: 'expired'; readonly payload: JWTPayload }

/**
 * Verifies a JWT in compact serialisation (RFC 7519 §7.2, RFC 8725): the form first, then the signature, then claims.
 *
 * The form is checked here because jose is more tolerant than a credential should be: it accepts spaces and several
 * spellings of the last character of a part.
 *
 * @param getKey Gives the key that the protected header names, or throws.
 */
export async function verifyJwt(
  text: string,
  getKey: JWTVerifyGetKey,
  expected: JwtExpectations,
): Promise<VerifiedJwt> {
  // guard: a JWT has three canonical parts
  if (!isCanonicalCompactJws(text)) return { ok: false, refusal: 'malformed' }
  try {
    const { payload } = await jwtVerify(text, getKey, {
      algorithms: [...expected.algorithms],
      issuer: expected.issuer,
      ...(expected.audience !== null && { audience: [expected.audience].flat() }),
      typ: expected.typ,
      requiredClaims: [...expected.requiredClaims],
      currentDate: new Date(expected.now * 1000),
      clockTolerance: 0,
    })
    return { ok: true, payload }
  } catch (error) {
    if (error instanceof JWTExpired) return { ok: false, refusal: 'expired', payload: error.payload }
    return { ok: false, refusal: refusalOf(error) }
  }
}

function isCanonicalCompactJws(text: string): boolean {
  if (text.length > JWT_MAX_LENGTH || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(text)) return false
  return text.split('.').every(isCanonical)
}

/** Lists which characters may end base64url, by its length modulo 4: the bits of the last one that stand for nothing are zero (RFC 4648 §3.5). */
const LAST_CHARACTERS = [/./, /^$/, /[AQgw]/, /[AEIMQUYcgkosw048]/] as const

/** Returns whether base64url has the one spelling of its bytes. It is not decoded for this, because jose decodes it again. */
function isCanonical(part: string): boolean {
  return LAST_CHARACTERS[part.length % 4]?.test(part.slice(-1)) === true
}

/** Returns why a token was refused. jose reads claims only after it has verified the signature, so `expired` and `claims` are about our own tokens. */
function refusalOf(error: unknown): Exclude<JwtRefusal, 'expired'> {
  if (error instanceof JWTClaimValidationFailed || error instanceof JWTInvalid) return 'claims'
  if (error instanceof JWSInvalid) return 'malformed'
  if (error instanceof JOSEError || error instanceof TypeError) return 'signature'
  throw error
}
