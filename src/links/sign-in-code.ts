import { encodeBase64url, parseBase64url } from '../crypto/base64url'
import type { Keyring } from '../crypto/keyring'
import { randomBytes } from '../crypto/random'

/** The code in the mail of a sign-in link, for who reads mail on another device than the one that waits. */
export interface SignInCode {
  /** Six digits. */
  readonly text: string
  /** HMAC of the code and its link, base64url: all that is stored. */
  readonly mac: string
}

export interface SignInCodes {
  /** Mints a code for the link whose token has this hash. */
  mint(tokenHash: string): Promise<SignInCode>
  /** Returns whether a code is that of a link. Does the same work where there is no link (`null`). */
  matches(
    code: string,
    link: { readonly tokenHash: string; readonly codeMac: string } | null,
  ): Promise<boolean>
}

/** Sets how often the code of one link may be tried, right or wrong. */
export const CODE_MAX_TRIES = 5

/**
 * Creates and hashes codes. Six digits can be tried through in a moment, so their hash would be no protection: without the secret nobody can tell from the
 * database which code is right. The token's hash goes into the MAC, so that of one link is worth nothing for another.
 */
export function createSignInCodes(keyring: Keyring): SignInCodes {
  return {
    async mint(tokenHash) {
      const text = randomDigits()
      const { key } = await keyring.newest('sign-in-code')
      const mac = await crypto.subtle.sign('HMAC', key, message(tokenHash, text))
      return { text, mac: encodeBase64url(new Uint8Array(mac)) }
    },

    async matches(code, link) {
      const mac = parseBase64url(link?.codeMac ?? NO_MAC) ?? new Uint8Array()
      let right = false
      for (const { key } of await keyring.all('sign-in-code')) {
        right = (await crypto.subtle.verify('HMAC', key, mac, message(link?.tokenHash ?? '', code))) || right
      }
      return right && link !== null
    },
  }
}

const DIGITS = 6
const CODES = 10 ** DIGITS
const NO_MAC = 'A'.repeat(43)

/** Returns digits, each code equally likely: a draw from the incomplete end of 32 bits is repeated. */
function randomDigits(): string {
  const most = Math.floor(2 ** 32 / CODES) * CODES
  let drawn: number
  do {
    drawn = new DataView(randomBytes(4).buffer).getUint32(0)
  } while (drawn >= most)
  return String(drawn % CODES).padStart(DIGITS, '0')
}

function message(tokenHash: string, code: string): Uint8Array {
  return new TextEncoder().encode(`${tokenHash}.${code}`)
}
