import { isOrigin } from '../http/origin'
import { type Fault, fault } from './fault'

/** Tells whether a host is a domain: browsers make no passkeys for IP addresses (WebAuthn L3 §5.1.3). */
export function isDomain(hostname: string): boolean {
  return !/^\[|\.\d+$/.test(hostname)
}

/**
 * Returns the domain that passkeys are made for, or `null` for "none". Whether it is a public suffix, for which browsers make none either,
 * the doctor knows.
 */
export function parseRpId(text: string, hostname: string | undefined): string | null | Fault {
  if (text === 'none') return null
  // Without an issuer, which is a fault of its own, there is nothing to hold it against.
  const host = hostname ?? (/^[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(text) ? text : '')
  const isAbove = host.endsWith(`.${text}`) && text.includes('.')
  return isDomain(host) && (text === host || isAbove)
    ? text
    : fault('must be "none", the host of ISSUER, or a domain above it such as example.com')
}

/** The origin of an Android app: the SHA-256 of the certificate that signs it, base64url. */
const ANDROID_ORIGIN = /^android:apk-key-hash:[A-Za-z0-9_-]{43}$/

export function parsePasskeyOrigins(text: string): readonly string[] | Fault {
  if (text === 'none') return []
  const origins = text.split(',').map((part) => part.trim())
  return origins.every((origin) => ANDROID_ORIGIN.test(origin) || isOrigin(origin))
    ? origins
    : fault(
        'must be "none" or origins separated by commas: https://app.example.com, android:apk-key-hash:HASH',
      )
}
