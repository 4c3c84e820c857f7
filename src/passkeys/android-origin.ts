import { encodeBase64url } from '../crypto/base64url'
import { fingerprintOf } from './native-apps'

/** Returns the origin that the system names for an Android app in a ceremony. It is made of the certificate alone. */
export function androidOrigin(app: string): string {
  const hash = Uint8Array.fromHex(fingerprintOf(app).replaceAll(':', ''))
  return `android:apk-key-hash:${encodeBase64url(hash)}`
}
