import { isLocal } from '../http/trustworthy-url'
import type { JwtAlg } from '../keys/signing-keys'
import { type MailConfig, parseSender } from '../mail/mail-config'
import type { Mode } from '../sessions/mode'
import { parseAccent } from './accent'
import { DATABASE_LOCATIONS } from './database-objects'
import { type Fault, fault } from './fault'
import { parseOwnPages } from './own-pages'
import {
  choice,
  type Issuer,
  integer,
  oneOf,
  orNone,
  type Parser,
  parseAppUrl,
  parseAudience,
  parseBrandName,
  parseIssuer,
  parseLogoUrl,
  parseMailUrl,
  parseOrigins,
  parseResendKey,
  parseRoleName,
  parseRoleNames,
  parseSecrets,
} from './parsers'
import { isDomain, parseAndroidApps, parseAppleApps, parsePasskeyOrigins, parseRpId } from './passkey-parsers'
import { parseRedisUrl, parseServerAddress } from './servers'
import { parseTurnstileSecret, parseTurnstileSiteKey } from './turnstile-parsers'
import { parseWebhookSecrets, parseWebhookUrl } from './webhook-parsers'

/** Lists where the truth may be. The last two are for Node. */
const DATABASES = ['d1', 'postgres', 'durable-object', 'sqlite', 'memory'] as const

/** Lists where the copies of sessions may be. */
const SESSION_COPIES = ['kv', 'durable-object', 'redis', 'memcached', 'memory', 'none'] as const
type SessionCopies = (typeof SESSION_COPIES)[number]

/** The settings that rows further down may depend on. One that is at fault is absent. */
export interface Earlier {
  readonly issuer?: Issuer
  readonly registration?: 'open' | 'verified' | 'closed'
  readonly mailer?: MailConfig['carrier']
  readonly database?: (typeof DATABASES)[number]
  readonly sessionCopies?: SessionCopies
  readonly webhookUrl?: string | null
  readonly turnstileSiteKey?: string | null
  readonly appUrl?: string | null
  readonly allowedOrigins?: readonly string[]
  readonly secondFactor?: 'optional' | 'required' | 'roles'
}

/** A parser that may look at settings further up. */
interface SettingParser extends Pick<Parser<unknown>, 'words' | 'range'> {
  (text: string, earlier: Earlier): unknown
}

interface Setting {
  /** Its member of `SettingValues`, unless that is its name in camel case. */
  readonly as?: string
  readonly parse: SettingParser
  /** Holds what applies where the setting is absent, as wrangler.toml would have it. A setting without a default is required. */
  readonly default?: string | number | ((earlier: Earlier) => string)
  /** Says whether the setting is read. Without it, the setting is always read. */
  readonly when?: (earlier: Earlier) => boolean
}

const MINUTE = 60
const DAY = 24 * 60 * MINUTE

/**
 * Every setting: its name, its parser with its bounds, and its default. `MEMO_SECONDS` is `memoSeconds` of the configuration.
 *
 * A new setting is one row here and, demanded by the compiler, one row of words in texts/; `Config` follows from the rows, and
 * `npm run docs:configuration` writes the pages. Words are not here, because every Worker would carry them.
 */
export const SETTINGS = {
  ISSUER: { parse: parseIssuer },
  AUTH_MODE: {
    as: 'modes',
    parse: choice<readonly Mode[]>({ session: ['session'], token: ['token'], both: ['session', 'token'] }),
    default: 'both',
  },
  ALLOWED_ORIGINS: { parse: parseOrigins, default: 'none' },
  APP_URL: { parse: parseAppUrl, default: 'none' },
  PASSKEY_RP_ID: {
    parse: (text, { issuer }) => parseRpId(text, issuer?.hostname),
    // An address is no domain, so no passkey can be made for it.
    default: ({ issuer }) => (issuer && isDomain(issuer.hostname) ? issuer.hostname : 'none'),
  },
  PASSKEY_ORIGINS: { parse: parsePasskeyOrigins, default: 'none' },
  PASSKEY_APPLE_APPS: { parse: parseAppleApps, default: 'none' },
  PASSKEY_ANDROID_APPS: { parse: parseAndroidApps, default: 'none' },

  REGISTRATION: { parse: oneOf('open', 'verified', 'closed'), default: 'open' },
  MAILER: { parse: oneOf('none', 'console', 'cloudflare', 'resend', 'smtp'), default: 'none' },
  MAIL_FROM: {
    parse: (text, { issuer }) =>
      parseSender(text, issuer?.hostname ?? '') ?? fault('must be an address, or: Name <address>'),
    when: ({ mailer }) => mailer === 'cloudflare' || mailer === 'resend' || mailer === 'smtp',
  },
  RESEND_API_KEY: { parse: parseResendKey, when: ({ mailer }) => mailer === 'resend' },
  RESEND_URL: {
    parse: parseMailUrl,
    default: 'https://api.resend.com',
    when: ({ mailer }) => mailer === 'resend',
  },
  EMAIL_VERIFICATION: {
    parse: oneOf('required', 'optional'),
    // Required wherever addresses can be proven and people are not signed in before. So closing a registration that was
    // `verified` lets nobody in who was not let in before.
    default: ({ registration, mailer }) =>
      // guard: closing a registration does not lift the proof of addresses
      registration !== 'open' && mailer !== undefined && mailer !== 'none' ? 'required' : 'optional',
  },

  ADMIN_ROLE: { parse: parseRoleName, default: 'admin' },
  SECOND_FACTOR: { parse: oneOf('optional', 'required', 'roles'), default: 'optional' },
  SECOND_FACTOR_ROLES: {
    parse: parseRoleNames,
    when: ({ secondFactor }) => secondFactor === 'roles',
  },

  // NIST SP 800-63B-4 §4.2.1.2 lets a code by mail live a day; whoever is on a journey should see one of two mails.
  SECOND_FACTOR_RECOVERY_HOURS: {
    as: 'recoveryHours',
    parse: orNone(integer(24, 30 * 24)),
    default: 72,
  },

  // KV keeps no record for less than a minute, and half of the idle time must pass before a session slides.
  SESSION_IDLE_SECONDS: { parse: integer(2 * MINUTE, 400 * DAY), default: 7 * DAY },
  // Browsers cap the life of a cookie at 400 days (RFC 6265bis §5.5).
  SESSION_LIFETIME_SECONDS: {
    parse: integer(2 * MINUTE, 400 * DAY),
    default: 30 * DAY,
  },
  // A sign-in reads the open sessions of its account, twice each: a thousand are the most that one may cost.
  MAX_SESSIONS: { parse: integer(1, 1000), default: 100 },
  DATABASE: { parse: oneOf(...DATABASES), default: 'd1' },
  DATABASE_LOCATION: {
    parse: oneOf(...DATABASE_LOCATIONS),
    default: 'auto',
    when: ({ database }) => database === 'durable-object',
  },
  // Nobody has measured yet whether Hyperdrive takes statements that do not wait for the answer to the one before.
  POSTGRES_PIPELINE: {
    parse: choice({ on: true, off: false }),
    default: 'off',
    when: ({ database }) => database === 'postgres',
  },
  SESSION_COPIES: { parse: oneOf(...SESSION_COPIES), default: 'kv' },
  // It bounds what a store that was put back to an earlier state can revive. KV has no such bound: its writes are dear.
  SESSION_COPY_SECONDS: {
    parse: integer(30, 60 * MINUTE),
    default: 5 * MINUTE,
    when: ({ sessionCopies }) => !['kv', 'none', undefined].includes(sessionCopies),
  },
  REDIS_URL: { parse: parseRedisUrl, when: ({ sessionCopies }) => sessionCopies === 'redis' },
  MEMCACHED_ADDRESS: {
    parse: parseServerAddress,
    when: ({ sessionCopies }) => sessionCopies === 'memcached',
  },
  // It adds to how stale an answer can be. A minute would double what KV promises.
  MEMO_SECONDS: { parse: integer(0, 30), default: 5 },
  // Copies in KV are late by a minute anyway; where others are not late at all, a seal would be the only thing that is.
  SEAL_SECONDS: {
    parse: integer(0, 5 * MINUTE),
    default: ({ sessionCopies }) => (sessionCopies === 'kv' ? '30' : '0'),
  },
  LIVE_CHECK: { parse: oneOf('sensitive', 'always'), default: 'sensitive' },

  // An access token cannot be recalled before it ends (RFC 9068 §4; ASVS 5.0 §9.2.1): an hour is the most.
  ACCESS_TOKEN_LIFETIME_SECONDS: {
    parse: integer(30, 60 * MINUTE),
    default: 15 * MINUTE,
  },
  REFRESH_IDLE_SECONDS: {
    parse: integer(2 * MINUTE, 400 * DAY),
    default: 14 * DAY,
  },
  // Long enough for a lost response or two tabs; longer would let a stolen token share the session unseen.
  REFRESH_REUSE_SECONDS: { parse: integer(0, 5 * MINUTE), default: 30 },
  JWT_ALG: { parse: oneOf<JwtAlg>('ES256', 'EdDSA', 'HS256'), default: 'ES256' },
  AUDIENCE: {
    parse: parseAudience,
    default: ({ issuer }) => issuer?.href ?? 'unknown',
  },
  KEY_ROTATION_DAYS: { parse: integer(0, 3650), default: 90 },

  // NIST SP 800-63B-4 §3.1.1.2: 15 where a password is the only factor, never below 8.
  PASSWORD_MIN_LENGTH: { parse: integer(8, 64), default: 15 },
  // OWASP asks for 600,000; below 100,000 the hash is no protection worth the name, and above 3 million, about a second
  // of CPU, it is an outage.
  PASSWORD_ITERATIONS: { parse: integer(100_000, 3_000_000), default: 600_000 },
  // No local run and no test of an app calls a service elsewhere.
  BREACH_CHECK: {
    parse: choice({ on: true, off: false }),
    default: ({ issuer }) => (issuer && isLocal(new URL(issuer.href)) ? 'off' : 'on'),
  },
  TURNSTILE_SITE_KEY: { parse: parseTurnstileSiteKey, default: 'none' },
  TURNSTILE_SECRET_KEY: {
    parse: parseTurnstileSecret,
    when: ({ turnstileSiteKey }) => typeof turnstileSiteKey === 'string',
  },
  FREE_ATTEMPTS: { parse: integer(1, 20), default: 5 },
  // NIST SP 800-63B-4 §3.2.2: no more than 100 failed attempts in a row.
  MAX_ATTEMPTS: { parse: integer(20, 100), default: 100 },
  MAX_ATTEMPT_DELAY_SECONDS: {
    parse: integer(1, DAY),
    default: 15 * MINUTE,
  },

  BRAND_NAME: {
    parse: parseBrandName,
    default: ({ issuer }) => issuer?.hostname ?? 'unknown',
  },
  BRAND_LOGO_URL: { parse: parseLogoUrl, default: 'none' },
  BRAND_ACCENT: { parse: parseAccent, default: 'none' },
  BRAND_TERMS_URL: { parse: parseLogoUrl, default: 'none' },
  BRAND_PRIVACY_URL: { parse: parseLogoUrl, default: 'none' },
  OWN_PAGES: { parse: parseOwnPages, default: 'none' },

  WEBHOOK_URL: { parse: parseWebhookUrl, default: 'none' },
  WEBHOOK_SECRET: {
    parse: parseWebhookSecrets,
    when: ({ webhookUrl }) => typeof webhookUrl === 'string',
  },
  AUDIT_RETENTION_DAYS: { parse: integer(1, 3650), default: 365 },
  LOG_SUCCESS_PERCENT: { parse: integer(0, 100), default: 10 },
  PLAYGROUND: { parse: choice({ off: false, on: true }), default: 'off' },
  AUTH_SECRET: { as: 'secrets', parse: parseSecrets },
} as const satisfies Record<string, Setting>

export type Settings = typeof SETTINGS
export type SettingName = keyof Settings

type ValueOf<Row extends Setting> =
  | Exclude<ReturnType<Row['parse']>, Fault>
  // It is not read where it does not apply.
  | (Row extends { readonly when: unknown } ? undefined : never)

type MemberOf<Name extends SettingName> = Settings[Name] extends { readonly as: infer Member extends string }
  ? Member
  : CamelCase<Name>

type CamelCase<Name extends string> = Name extends `${infer First}_${infer Rest}`
  ? `${Lowercase<First>}${Capitalize<CamelCase<Rest>>}`
  : Lowercase<Name>

/** The value of each setting. */
export type SettingValues = {
  readonly [Name in SettingName as MemberOf<Name>]: ValueOf<Settings[Name]>
}

/** Returns the member of `SettingValues` that a setting is. */
export function memberOf(name: string, { as }: Setting): string {
  return as ?? name.toLowerCase().replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())
}

/** The rows, for a loop that treats them alike. */
export const SETTING_ROWS: readonly (readonly [name: string, row: Setting])[] = Object.entries(SETTINGS)
