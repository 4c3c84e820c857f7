import { encodeBase64url } from '../crypto/base64url'
import type { DerivedSecrets } from '../crypto/derived-secrets'
import type { Mode } from '../sessions/mode'

/**
 * For how long a request that is repeated gets the outcome of the first: a second click, or a client that tries again because the answer was
 * lost. Longer than such a client waits for an answer of D1, and too short to be a second intent.
 */
export const REPEAT_SECONDS = 15

/**
 * Describes what makes two requests one: its kind, then what only the sender of the first has or knows. The session that the request starts is derived
 * from it, so a repetition finds that session instead of starting another, and nothing is stored to recognize it by. No identity may occur
 * twice: a session that has ended would come back.
 */
export type RequestIdentity = readonly [
  kind: 'register' | 'register-link' | 'sign-in' | 'sign-in-link',
  ...string[],
]

/** The ids and the secret of what a request starts. */
export interface DerivedSession {
  readonly id: string
  readonly secret: Uint8Array<ArrayBuffer>
  readonly deviceId: string
}

/** Returns what a request starts in a mode: the same for the same request. */
export async function deriveSession(
  derive: DerivedSecrets,
  mode: Mode,
  identity: RequestIdentity,
): Promise<DerivedSession> {
  return {
    id: idOf(await derive('session-id', mode, ...identity)),
    secret: await derive('session-secret', mode, ...identity),
    deviceId: idOf(await derive('device-id', mode, ...identity)),
  }
}

/**
 * Returns the identity of a sign-in that the client has named, and that which the same sign-in would have had in the window before. A client that
 * uses a name again later signs in anew.
 */
export function namedSignIn(
  attemptId: string,
  canonicalEmail: string,
  now: number,
): { readonly identity: RequestIdentity; readonly earlier: RequestIdentity } {
  const window = Math.floor(now / REPEAT_SECONDS)
  const identityIn = (of: number): RequestIdentity => ['sign-in', attemptId, canonicalEmail, String(of)]
  return { identity: identityIn(window), earlier: identityIn(window - 1) }
}

function idOf(bytes: Uint8Array): string {
  return encodeBase64url(bytes.slice(0, 16))
}
