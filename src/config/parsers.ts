import { checkSecret } from '../crypto/secret-quality'
import { isOrigin } from '../http/origin'
import { isTrustworthy } from '../http/trustworthy-url'
import { checkVisibleText } from '../identity/visible-text'
import { type Fault, fault } from './fault'

/** Returns the value of a setting, or what is wrong with its text. */
export interface Parser<T> {
  (text: string): T | Fault
  /** The words it accepts, for the reference page. */
  readonly words?: readonly string[]
  /** The smallest and the largest number it accepts, for the reference page. */
  readonly range?: readonly [min: number, max: number]
}

/** The public URL of Janus, taken apart. */
export interface Issuer {
  readonly href: string
  readonly origin: string
  readonly hostname: string
  /** `''` or `/auth`. */
  readonly basePath: string
}

/** Accepts one of these words. */
export function oneOf<const T extends string>(...words: readonly T[]): Parser<T> {
  return choice(Object.fromEntries(words.map((word) => [word, word])) as Record<string, T>)
}

/** Accepts one of the words that lead to a value. */
export function choice<T>(values: Readonly<Record<string, T>>): Parser<T> {
  const words = Object.keys(values)
  const parse = (text: string) =>
    Object.hasOwn(values, text) ? (values[text] as T) : fault(`must be one of: ${words.join(', ')}`)
  return Object.assign(parse, { words })
}

export function integer(min: number, max: number): Parser<number> {
  const parse = (text: string) => {
    const value = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN
    return value >= min && value <= max ? value : fault(`must be a whole number from ${min} to ${max}`)
  }
  return Object.assign(parse, { range: [min, max] as const })
}

/** Accepts `none`, which is `null`, besides numbers. */
export function orNone(parse: Parser<number>): (text: string) => number | null | Fault {
  return (text) => (text === 'none' ? null : parse(text))
}

export function parseIssuer(text: string): Issuer | Fault {
  const url = URL.parse(text)
  if (url === null || !isTrustworthy(url))
    return fault('must be an https:// URL (http:// only for localhost)')
  const basePath = url.pathname === '/' ? '' : url.pathname
  // Tokens and links carry the issuer byte for byte, so it has one spelling only.
  if (`${url.origin}${basePath}` !== text || !/^(\/[A-Za-z0-9._~-]+)*$/.test(basePath)) {
    return fault('must be a plain URL: lower-case host, no user, query, fragment or trailing slash')
  }
  if (!fitsIntoToken(text)) return fault(`must be at most ${TOKEN_NAME_MAX_BYTES} bytes of JSON`)
  return { href: text, origin: url.origin, hostname: url.hostname, basePath }
}

/** In bytes of JSON. Issuer and audience travel in every access token, whose length is bounded (JWT_MAX_LENGTH in tokens/jwt.ts). */
const TOKEN_NAME_MAX_BYTES = 512

function fitsIntoToken(text: string): boolean {
  // guard: issuer and audience leave room in a token
  return new TextEncoder().encode(JSON.stringify(text)).byteLength <= TOKEN_NAME_MAX_BYTES
}

export function parseAudience(text: string): string | Fault {
  return fitsIntoToken(text) ? text : fault(`must be at most ${TOKEN_NAME_MAX_BYTES} bytes of JSON`)
}

/** Accepts what may stand in the subject of a mail. */
export function parseBrandName(text: string): string | Fault {
  return text.length <= 64 && text.trim() === text && checkVisibleText(text) === null
    ? text
    : fault('must be at most 64 visible characters in one line, without space around it')
}

/** Returns a URL on the service's own origin or on a secure one, or `null` for "none". */
export function parseLogoUrl(text: string): string | null | Fault {
  if (text === 'none') return null
  if (/^(\/(?!\.\.?(\/|$))[\w.~-]+)+$/.test(text)) return text
  const url = URL.parse(text)
  return url?.protocol === 'https:' ? url.href : fault('must be "none", a path, or an https:// URL')
}

/** Returns a URL that links lead to as it is written, or `null` for "none". */
export function parseAppUrl(text: string): string | null | Fault {
  if (text === 'none') return null
  const url = URL.parse(text)
  const plain = url !== null && url.username === '' && url.password === ''
  return plain && isTrustworthy(url) && (url.href === text || url.href === `${text}/`)
    ? url.href
    : fault('must be "none" or a plain https:// URL (http:// only for localhost)')
}

export function parseMailUrl(text: string): string | Fault {
  const url = URL.parse(text)
  const plain = url !== null && url.username === '' && url.password === '' && url.search === ''
  return plain && isTrustworthy(url) && url.href.replace(/\/$/, '') === text
    ? text
    : fault('must be a plain https:// URL without a trailing slash')
}

export function parseResendKey(text: string): string | Fault {
  return /^[\x21-\x7e]+$/.test(text) ? text : fault('must be an API key of Resend: visible ASCII, no spaces')
}

/** Accepts entries that are separated by commas, or `none`. */
export function listOf(isEntry: (text: string) => boolean, what: string): Parser<readonly string[]> {
  return (text) => {
    const entries = text === 'none' ? [] : text.split(',').map((part) => part.trim())
    return entries.every(isEntry) ? entries : fault(`must be "none" or ${what}, separated by commas`)
  }
}

export const parseOrigins = listOf(
  isOrigin,
  'origins as a browser sends them, such as https://app.example.com or capacitor://localhost',
)

/** A quotation mark or a backslash would be written otherwise in a list of roles. */
const ROLE_NAME = /^[^"\\\p{C}]+$/u

export function parseRoleName(text: string): string | Fault {
  return ROLE_NAME.test(text) ? text : fault('must be the name of a role: admin')
}

/** Returns the names of roles. */
export function parseRoleNames(text: string): readonly string[] | Fault {
  const roles = text.split(',').map((part) => part.trim())
  return roles.every((role) => ROLE_NAME.test(role))
    ? roles
    : fault('must be names of roles separated by commas: admin, support')
}

/** Returns the secrets, newest first. */
export function parseSecrets(text: string): readonly [string, ...string[]] | Fault {
  const [newest = '', ...older] = text.split(',').map((part) => part.trim())
  const secrets = [newest, ...older] as const
  const faults = secrets.map(checkSecret)
  const advice = 'make one with: openssl rand -base64 32'
  if (faults.includes('too-short')) return fault(`is too short: 32 random bytes are needed; ${advice}`)
  if (faults.includes('not-random')) {
    return fault(`looks like a sample or a pattern, not like the base64 of random bytes; ${advice}`)
  }
  return new Set(secrets).size === secrets.length ? secrets : fault('lists the same secret twice')
}
