import { checkSecret } from '../crypto/secret-quality'
import { type AuthCookies, createAuthCookies } from '../http/auth-cookies'
import { isOrigin } from '../http/origin'
import { isLocal, isTrustworthy } from '../http/trustworthy-url'
import { checkVisibleText } from '../identity/visible-text'
import type { JwtAlg } from '../keys/signing-keys'
import { type MailConfig, parseSender } from '../mail/mail-config'
import type { Mode } from '../sessions/mode'
import {
  checkEmailVerification,
  defaultEmailVerification,
  type EmailVerification,
  type RegistrationPolicy,
} from './email-verification'

export interface Config {
  /** Public base URL without a trailing slash; its path is the base path of every route. */
  readonly issuer: string
  /** The path of the issuer: `''` or `/auth`. */
  readonly basePath: string
  /** Scheme, host and port of the issuer. */
  readonly origin: string
  readonly cookies: AuthCookies
  /** Of the access tokens for the apps beside Janus. Its own routes are the audience `issuer`. */
  readonly audience: string
  readonly modes: readonly Mode[]
  readonly registration: RegistrationPolicy
  readonly emailVerification: EmailVerification
  readonly sessionIdleSeconds: number
  readonly sessionLifetimeSeconds: number
  /** The most open sessions of one account. */
  readonly maxSessions: number
  readonly accessTokenLifetimeSeconds: number
  readonly refreshIdleSeconds: number
  readonly refreshReuseSeconds: number
  readonly jwtAlg: JwtAlg
  readonly allowedOrigins: readonly string[]
  /** Where the app is that people sign in to, for the ways back to it; `null`: the home page of Janus takes its place. */
  readonly appUrl: string | null
  readonly passwordMinLength: number
  readonly passwordIterations: number
  readonly liveCheck: 'sensitive' | 'always'
  /** For how long an isolate remembers a session it has resolved; 0: it remembers nothing. */
  readonly memoSeconds: number
  readonly freeAttempts: number
  readonly maxAttempts: number
  readonly maxAttemptDelaySeconds: number
  readonly auditRetentionDays: number
  readonly keyRotationDays: number
  /** Of requests that succeed, how many in a hundred are logged. */
  readonly logSuccessPercent: number
  /** What people know the service as. */
  readonly brandName: string
  /** An image in place of the name on pages; `null`: the name. */
  readonly brandLogoUrl: string | null
  readonly mail: MailConfig
  /** Whether there is a page that shows what is stored and what it costs. */
  readonly playground: boolean
  /** The values of `AUTH_SECRET`, newest first. */
  readonly secrets: readonly [string, ...string[]]
}

/** One setting that is missing or wrong, and what to do about it. Never says the value. */
export interface ConfigFault {
  readonly setting: string
  readonly message: string
}

/** The resources a deployment is given. */
export interface Bindings {
  readonly DB: D1Database
  readonly SESSIONS: KVNamespace
  readonly LOGIN_LIMIT: RateLimit
  /** Where `MAILER` is `cloudflare`. */
  readonly EMAIL?: SendEmail
  /** The files of the pages; without it there are none. */
  readonly ASSETS?: Fetcher
}

export type ParsedConfig =
  | { readonly ok: true; readonly config: Config; readonly bindings: Bindings }
  | { readonly ok: false; readonly faults: readonly ConfigFault[] }

/** Reads every setting once and names every fault at once. */
export function parseConfig(env: Readonly<Record<string, unknown>>): ParsedConfig {
  const faults: ConfigFault[] = []

  function setting<T>(name: string, parse: (text: string) => T | Fault, fallback?: string): T | null {
    const parsed = parseText(env[name] ?? fallback, parse)
    if (!(parsed instanceof Fault)) return parsed
    faults.push({ setting: name, message: `${name} ${parsed.message}` })
    return null
  }

  /** For what may only be used on one's own machine. */
  function refuseInPublic(name: string, what: string): void {
    if (!issuer || isLocal(new URL(issuer.href))) return
    faults.push({ setting: name, message: `${name} must not be ${what}` })
  }

  function parseMail(): MailConfig | null {
    const carrier = setting('MAILER', oneOf(MAILERS), 'none')
    if (carrier === 'console') refuseInPublic('MAILER', 'console here: it prints links that open accounts')
    if (carrier === 'none' || carrier === 'console') return { carrier }
    if (carrier === null) return null
    const parse = (text: string) =>
      parseSender(text, issuer?.hostname ?? '') ?? fault('must be an address, or: Name <address>')
    const sender = setting('MAIL_FROM', parse)
    if (carrier === 'cloudflare') {
      if (!isBound(env, 'EMAIL')) faults.push(notBound('EMAIL', 'send_email'))
      return sender && { carrier, sender }
    }
    const apiKey = setting('RESEND_API_KEY', (text) =>
      /^[\x21-\x7e]+$/.test(text) ? text : fault('must be an API key of Resend: visible ASCII, no spaces'),
    )
    const url = setting('RESEND_URL', parseMailUrl, 'https://api.resend.com')
    return sender && apiKey && url ? { carrier, sender, apiKey, url } : null
  }

  const minute = 60
  const day = 24 * 60 * minute

  const issuer = setting('ISSUER', parseIssuer)
  const registration = setting('REGISTRATION', oneOf(REGISTRATIONS), 'open')
  const mail = parseMail()
  const emailVerification = setting(
    'EMAIL_VERIFICATION',
    oneOf(EMAIL_VERIFICATIONS),
    defaultEmailVerification({ registration, mail }),
  )
  const values = {
    audience: setting('AUDIENCE', parseAudience, issuer?.href ?? 'unknown'),
    modes: setting('AUTH_MODE', oneOf(AUTH_MODES), 'both'),
    registration,
    emailVerification,
    // KV keeps no record for less than a minute, and half of the idle time must pass before a session slides.
    sessionIdleSeconds: setting('SESSION_IDLE_SECONDS', integer(2 * minute, 400 * day), `${7 * day}`),
    // Browsers cap the life of a cookie at 400 days (RFC 6265bis §5.5).
    sessionLifetimeSeconds: setting(
      'SESSION_LIFETIME_SECONDS',
      integer(2 * minute, 400 * day),
      `${30 * day}`,
    ),
    // A sign-in reads the open sessions of its account, twice each: a thousand are the most that one may cost.
    maxSessions: setting('MAX_SESSIONS', integer(1, 1000), '100'),
    // An access token cannot be recalled before it ends (RFC 9068 §4; ASVS 5.0 §9.2.1): an hour is the most.
    accessTokenLifetimeSeconds: setting(
      'ACCESS_TOKEN_LIFETIME_SECONDS',
      integer(30, 60 * minute),
      `${15 * minute}`,
    ),
    refreshIdleSeconds: setting('REFRESH_IDLE_SECONDS', integer(2 * minute, 400 * day), `${14 * day}`),
    // Long enough for a lost response or two tabs; longer would let a stolen token share the session unseen.
    refreshReuseSeconds: setting('REFRESH_REUSE_SECONDS', integer(0, 5 * minute), '30'),
    jwtAlg: setting('JWT_ALG', oneOf(JWT_ALGS), 'ES256'),
    allowedOrigins: setting('ALLOWED_ORIGINS', parseOrigins, 'none'),
    appUrl: setting('APP_URL', parseAppUrl, 'none'),
    // NIST SP 800-63B-4 §3.1.1.2: 15 where a password is the only factor, never below 8.
    passwordMinLength: setting('PASSWORD_MIN_LENGTH', integer(8, 64), '15'),
    // OWASP asks for 600,000; below 100,000 the hash is no protection worth the name, and above 3 million, about a second
    // of CPU, it is an outage.
    passwordIterations: setting('PASSWORD_ITERATIONS', integer(100_000, 3_000_000), '600000'),
    liveCheck: setting('LIVE_CHECK', oneOf(LIVE_CHECKS), 'sensitive'),
    // What it adds to how stale an answer can be. A minute would double what KV promises.
    memoSeconds: setting('MEMO_SECONDS', integer(0, 30), '5'),
    freeAttempts: setting('FREE_ATTEMPTS', integer(1, 20), '5'),
    // NIST SP 800-63B-4 §3.2.2: no more than 100 failed attempts in a row.
    maxAttempts: setting('MAX_ATTEMPTS', integer(20, 100), '100'),
    maxAttemptDelaySeconds: setting('MAX_ATTEMPT_DELAY_SECONDS', integer(1, day), `${15 * minute}`),
    auditRetentionDays: setting('AUDIT_RETENTION_DAYS', integer(1, 3650), '365'),
    keyRotationDays: setting('KEY_ROTATION_DAYS', integer(0, 3650), '90'),
    logSuccessPercent: setting('LOG_SUCCESS_PERCENT', integer(0, 100), '10'),
    brandName: setting('BRAND_NAME', parseBrandName, issuer?.hostname ?? 'unknown'),
    mail,
    brandLogoUrl: setting('BRAND_LOGO_URL', parseLogoUrl, 'none'),
    playground: setting('PLAYGROUND', oneOf(PLAYGROUNDS), 'off'),
    secrets: setting('AUTH_SECRET', parseSecrets),
  }
  if (values.playground) refuseInPublic('PLAYGROUND', 'on here: it shows what is stored')
  for (const [name, kind] of Object.entries(BINDINGS)) {
    if (isBound(env, name)) continue
    faults.push(notBound(name, kind))
  }

  const { refreshIdleSeconds, accessTokenLifetimeSeconds } = values
  if (refreshIdleSeconds && accessTokenLifetimeSeconds && refreshIdleSeconds < accessTokenLifetimeSeconds) {
    const message = 'REFRESH_IDLE_SECONDS must not be shorter than ACCESS_TOKEN_LIFETIME_SECONDS'
    faults.push({ setting: 'REFRESH_IDLE_SECONDS', message })
  }

  if (registration === 'verified' && mail?.carrier === 'none') {
    const message = 'REGISTRATION cannot be verified while MAILER is none: addresses are verified by mail'
    faults.push({ setting: 'REGISTRATION', message })
  }
  const contradiction = checkEmailVerification(emailVerification, { registration, mail })
  if (contradiction !== null) faults.push({ setting: 'EMAIL_VERIFICATION', message: contradiction })

  if (issuer === null || faults.length > 0 || !allPresent(values) || !hasBindings(env))
    return { ok: false, faults }
  const { href, origin, basePath } = issuer
  const brandLogoUrl = values.brandLogoUrl === 'none' ? null : values.brandLogoUrl
  const appUrl = values.appUrl === 'none' ? null : values.appUrl
  // Services on one machine share its name, and cookies ignore ports: without this each would sign people out of the others.
  const url = new URL(href)
  const cookies = createAuthCookies(isLocal(url) ? url.port : '')
  return {
    ok: true,
    config: { issuer: href, origin, basePath, cookies, ...values, brandLogoUrl, appUrl },
    bindings: env,
  }
}

const AUTH_MODES = { session: ['session'], token: ['token'], both: ['session', 'token'] } as const
const REGISTRATIONS = { open: 'open', verified: 'verified', closed: 'closed' } as const
const EMAIL_VERIFICATIONS = { required: 'required', optional: 'optional' } as const
const MAILERS = { none: 'none', console: 'console', cloudflare: 'cloudflare', resend: 'resend' } as const
const JWT_ALGS = { ES256: 'ES256', EdDSA: 'EdDSA', HS256: 'HS256' } as const
const LIVE_CHECKS = { sensitive: 'sensitive', always: 'always' } as const
const PLAYGROUNDS = { off: false, on: true } as const
const BINDINGS = {
  DB: 'a D1 database',
  SESSIONS: 'a KV namespace',
  LOGIN_LIMIT: 'a rate limit',
} as const satisfies Partial<Record<keyof Bindings, string>>

function notBound(name: string, kind: string): ConfigFault {
  return { setting: name, message: `${name} is not bound; wrangler.toml must bind it to ${kind}` }
}

function isBound(env: Readonly<Record<string, unknown>>, name: string): boolean {
  return typeof env[name] === 'object' && env[name] !== null
}

function hasBindings(
  env: Readonly<Record<string, unknown>>,
): env is Readonly<Record<string, unknown>> & Bindings {
  return Object.keys(BINDINGS).every((name) => isBound(env, name))
}

/** wrangler.toml may give a number as a number. */
function parseText<T>(given: unknown, parse: (text: string) => T | Fault): T | Fault {
  if (given === undefined) return fault('is missing, and has no default')
  if (given === '') return fault('is empty; leave it out for its default')
  return typeof given === 'string' || typeof given === 'number' ? parse(String(given)) : fault('must be text')
}

class Fault {
  constructor(readonly message: string) {}
}

function fault(message: string): Fault {
  return new Fault(message)
}

function allPresent<T extends object>(values: T): values is { [K in keyof T]: NonNullable<T[K]> } {
  return Object.values(values).every((value) => value !== null)
}

function oneOf<const T extends Record<string, unknown>>(choices: T) {
  return (text: string): T[keyof T] | Fault =>
    Object.hasOwn(choices, text)
      ? (choices[text as keyof T] as T[keyof T])
      : fault(`must be one of: ${Object.keys(choices).join(', ')}`)
}

function integer(min: number, max: number) {
  return (text: string): number | Fault => {
    const value = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN
    return value >= min && value <= max ? value : fault(`must be a whole number from ${min} to ${max}`)
  }
}

function parseIssuer(
  text: string,
): { href: string; origin: string; hostname: string; basePath: string } | Fault {
  const url = URL.canParse(text) ? new URL(text) : null
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
  return new TextEncoder().encode(JSON.stringify(text)).byteLength <= TOKEN_NAME_MAX_BYTES
}

function parseAudience(text: string): string | Fault {
  return fitsIntoToken(text) ? text : fault(`must be at most ${TOKEN_NAME_MAX_BYTES} bytes of JSON`)
}

/** It stands in the subject of mails. */
function parseBrandName(text: string): string | Fault {
  return text.length <= 64 && text.trim() === text && checkVisibleText(text) === null
    ? text
    : fault('must be at most 64 visible characters in one line, without space around it')
}

/** On the service's own origin, or a secure one. */
function parseLogoUrl(text: string): string | Fault {
  if (text === 'none' || /^(\/(?!\.\.?(\/|$))[\w.~-]+)+$/.test(text)) return text
  return URL.canParse(text) && new URL(text).protocol === 'https:'
    ? new URL(text).href
    : fault('must be "none", a path, or an https:// URL')
}

/** Links lead to it as it is written. */
function parseAppUrl(text: string): string | Fault {
  if (text === 'none') return text
  const url = URL.canParse(text) ? new URL(text) : null
  const plain = url !== null && url.username === '' && url.password === ''
  return plain && isTrustworthy(url) && (url.href === text || url.href === `${text}/`)
    ? url.href
    : fault('must be "none" or a plain https:// URL (http:// only for localhost)')
}

function parseMailUrl(text: string): string | Fault {
  const url = URL.canParse(text) ? new URL(text) : null
  const plain = url !== null && url.username === '' && url.password === '' && url.search === ''
  return plain && isTrustworthy(url) && url.href.replace(/\/$/, '') === text
    ? text
    : fault('must be a plain https:// URL without a trailing slash')
}

function parseOrigins(text: string): readonly string[] | Fault {
  if (text === 'none') return []
  const origins = text.split(',').map((part) => part.trim())
  return origins.every(isOrigin)
    ? origins
    : fault(
        'must be "none" or origins separated by commas, each as a browser sends it: https://app.example.com, capacitor://localhost',
      )
}

function parseSecrets(text: string): readonly [string, ...string[]] | Fault {
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
