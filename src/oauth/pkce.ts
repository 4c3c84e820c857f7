import { encodeBase64url } from '../crypto/base64url'
import { sha256 } from '../crypto/sha256'

/** Returns the challenge of a verifier (RFC 7636 §4.6), or `null` for what is none: 43 to 128 unreserved characters (§4.1). */
export async function challengeOf(verifier: string): Promise<string | null> {
  // guard: a verifier has the length and the letters of one
  if (!/^[\w.~-]{43,128}$/.test(verifier)) return null
  return encodeBase64url(await sha256(new TextEncoder().encode(verifier)))
}
