import { encodeBase64url, parseBase64url } from '../crypto/base64url'
import type { Keyring } from '../crypto/keyring'

/** Describes the claims of a genuine refresh token. Only the session store knows whether it is current. */
export interface RefreshTokenClaims {
  readonly sessionId: string
  readonly counter: number
}

/**
 * Refresh tokens: `<session id>.<counter>.<MAC>`, the MAC being HMAC-SHA-256 over issuer, session id and counter.
 *
 * The store holds the counter, so what is at rest cannot be presented, and a token can be made again from it: a
 * client that lost an answer gets the same successor, never a second one.
 */
export interface RefreshTokens {
  issue(claims: RefreshTokenClaims): Promise<string>
  /** Returns the claims of the token, or `null` if this service did not issue it. */
  verify(text: string): Promise<RefreshTokenClaims | null>
}

export function createRefreshTokens(services: {
  readonly keyring: Keyring
  readonly issuer: string
}): RefreshTokens {
  const { keyring, issuer } = services
  const macInput = (claims: string) => new TextEncoder().encode(`${issuer}\n${claims}`)

  return {
    async issue({ sessionId, counter }) {
      const claims = `${sessionId}.${counter}`
      const { key } = await keyring.newest('refresh-token')
      const mac = await crypto.subtle.sign('HMAC', key, macInput(claims))
      return `${claims}.${encodeBase64url(new Uint8Array(mac))}`
    },

    async verify(text) {
      const [, claims = '', sessionId = '', counter = '', macText = ''] = REFRESH_TOKEN.exec(text) ?? []
      const mac = parseBase64url(macText)
      if (!mac) return null
      for (const { key } of await keyring.all('refresh-token')) {
        // Web Crypto compares in constant time.
        // guard: a refresh token carries a MAC
        if (await crypto.subtle.verify('HMAC', key, mac, macInput(claims))) {
          return { sessionId, counter: Number(counter) }
        }
      }
      return null
    },
  }
}

const REFRESH_TOKEN = /^(([\w-]{22})\.(0|[1-9]\d{0,9}))\.([\w-]{43})$/
