import { isTrustworthy } from '../http/trustworthy-url'
import { type Fault, fault } from './fault'

/** Returns where events are sent, or `null` for "none". */
export function parseWebhookUrl(text: string): string | null | Fault {
  if (text === 'none') return null
  const url = URL.parse(text)
  const plain = url !== null && url.username === '' && url.password === '' && url.hash === ''
  // guard: events go out over TLS alone
  return plain && isTrustworthy(url)
    ? url.href
    : fault('must be "none" or an https:// URL (http:// only for localhost)')
}

/** As Standard Webhooks writes a secret. */
const SECRET = /^whsec_([A-Za-z0-9+/]+={0,2})$/

/** Less can be guessed, and more is no secret of this kind (Standard Webhooks, "Symmetric"). */
const SECRET_BYTES = { min: 24, max: 64 }

/** Returns the secrets that sign events, newest first. */
export function parseWebhookSecrets(text: string): readonly Uint8Array<ArrayBuffer>[] | Fault {
  const secrets = text.split(',').map((part) => decodeSecret(part.trim()))
  const valid = secrets.filter((secret) => secret !== null)
  return valid.length === secrets.length
    ? valid
    : fault(
        'must be whsec_ and the base64 of 24 to 64 random bytes; make one with: echo "whsec_$(openssl rand -base64 32)"',
      )
}

function decodeSecret(text: string): Uint8Array<ArrayBuffer> | null {
  const [, base64 = ''] = SECRET.exec(text) ?? []
  if (base64.length % 4 !== 0) return null
  const { length } = base64.replace(/=+$/, '')
  const size = Math.floor((length * 3) / 4)
  if (size < SECRET_BYTES.min || size > SECRET_BYTES.max) return null
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
}
