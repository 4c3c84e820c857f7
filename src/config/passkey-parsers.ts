import { isOrigin } from '../http/origin'
import { type Fault, fault } from './fault'
import { listOf } from './parsers'

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

export const parsePasskeyOrigins = listOf(
  (origin) => ANDROID_ORIGIN.test(origin) || isOrigin(origin),
  'origins such as https://app.example.com or android:apk-key-hash:HASH',
)

/** An app at Apple: the prefix, which is that of its team, and its bundle identifier. */
const APPLE_APP = /^[A-Z0-9]{10}(\.[A-Za-z0-9-]+)+$/

export const parseAppleApps = listOf(
  (app) => APPLE_APP.test(app),
  'apps such as ABCDE12345.com.example.app, a team and a bundle',
)

/** A package, and the SHA-256 of the certificate that signs it, as `keytool` and the Play Console print it. */
const ANDROID_APP = /^[A-Za-z]\w*(\.[A-Za-z]\w*)+(:[0-9A-F]{2}){32}$/

export const parseAndroidApps = listOf(
  (app) => ANDROID_APP.test(app),
  'apps such as com.example.app:AB:CD:…, a package and the 32 pairs of the SHA-256 of its certificate',
)
