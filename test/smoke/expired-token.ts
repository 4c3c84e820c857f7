import { createHmac, hkdfSync } from 'node:crypto'

/** Two hours: longer than any access token lives. */
const AGE_SECONDS = 7200

/** Returns the settings of a service whose access tokens can be made here, too. */
export function sharedKeySettings(secret: string): string[] {
  return ['JWT_ALG:HS256', `AUTH_SECRET:${secret}`]
}

/** Returns an access token as the service might have issued it two hours ago: the same but for its times, under the service's own key. */
export function expire(token: string, secret: string): string {
  const [header = '', payload = ''] = token.split('.')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
  for (const name of ['iat', 'exp', 'auth_time']) claims[name] -= AGE_SECONDS
  const input = `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`
  // As src/crypto/keyring.ts derives it.
  const key = new Uint8Array(hkdfSync('sha256', secret, '', 'janus/v1/access-token', 32))
  return `${input}.${createHmac('sha256', key).update(input).digest('base64url')}`
}
