import { encodeBase64url, parseBase64url } from '../crypto/base64url'
import { constantTimeEqual } from '../crypto/constant-time'
import type { Keyring } from '../crypto/keyring'
import { randomBytes } from '../crypto/random'

/** Says what a challenge is for, and for whom: an answer to one is worth nothing elsewhere. */
export interface ChallengePurpose {
  readonly ceremony: 'register' | 'enrolment' | 'sign-in' | 'second-factor' | 'step-up'
  /** Names who must answer: the id of a session, the hash of a pending sign-in, or the secret of the browser or client that requested it. */
  readonly holder: string
}

/** A challenge that Janus made and that has not expired. Whether it was used before, only the store can tell. */
export interface VerifiedChallenge {
  /** Its random part, base64url: 22 characters. */
  readonly id: string
  readonly expiresAt: number
}

/**
 * Makes challenges and recognizes them. A challenge carries its expiry and a MAC, so asking for one stores nothing; each works once, because
 * its use is stored (docs/explain/decisions/0068).
 */
export interface Challenges {
  mint(purpose: ChallengePurpose, now: number): Promise<string>
  /** Returns `null` for what was not made for this purpose, and for what has expired. */
  verify(text: string, purpose: ChallengePurpose, now: number): Promise<VerifiedChallenge | null>
}

/** Long enough to find a phone. A page that waits longer asks for another. */
export const CHALLENGE_LIFETIME_SECONDS = 5 * 60

const [NONCE_BYTES, EXPIRY_BYTES, MAC_BYTES] = [16, 4, 32]
const BODY_BYTES = NONCE_BYTES + EXPIRY_BYTES

export function createChallenges({
  keyring,
  issuer,
}: {
  readonly keyring: Keyring
  readonly issuer: string
}): Challenges {
  async function macOf(key: CryptoKey, body: Uint8Array, { ceremony, holder }: ChallengePurpose) {
    // guard: a challenge belongs to the one it was made for
    const text = JSON.stringify([issuer, ceremony, holder, encodeBase64url(body)])
    return new Uint8Array(await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(text)))
  }

  return {
    async mint(purpose, now) {
      const { key } = await keyring.newest('passkey-challenge')
      const challenge = new Uint8Array(BODY_BYTES + MAC_BYTES)
      challenge.set(randomBytes(NONCE_BYTES))
      new DataView(challenge.buffer).setUint32(NONCE_BYTES, now + CHALLENGE_LIFETIME_SECONDS)
      challenge.set(await macOf(key, challenge.subarray(0, BODY_BYTES), purpose), BODY_BYTES)
      return encodeBase64url(challenge)
    },

    async verify(text, purpose, now) {
      const challenge = text.length <= 70 ? parseBase64url(text) : null
      if (challenge?.length !== BODY_BYTES + MAC_BYTES) return null
      const [body, mac] = [challenge.subarray(0, BODY_BYTES), challenge.subarray(BODY_BYTES)]
      const keys = await keyring.all('passkey-challenge')
      const macs = await Promise.all(keys.map(({ key }) => macOf(key, body, purpose)))
      if (!macs.some((own) => constantTimeEqual(own, mac))) return null
      const expiresAt = new DataView(challenge.buffer).getUint32(NONCE_BYTES)
      // guard: a challenge expires
      return now < expiresAt ? { id: encodeBase64url(body.subarray(0, NONCE_BYTES)), expiresAt } : null
    },
  }
}
