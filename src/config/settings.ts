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
  /** Its member of `SettingValues`. */
  readonly as: string
  readonly parse: SettingParser
  /** Holds what applies where the setting is absent, as wrangler.toml would have it. A setting without a default is required. */
  readonly default?: string | number | ((earlier: Earlier) => string)
  /** Says whether the setting is read. Without it, the setting is always read. */
  readonly when?: (earlier: Earlier) => boolean
}

const MINUTE = 60
const DAY = 24 * 60 * MINUTE

/**
 * Every setting: its name, its member of the configuration, its parser with its bounds, and its default.
 *
 * A new setting is one row here and, demanded by the compiler, one row of words in texts/; `Config` follows from the rows, and
 * `npm run docs:configuration` writes the pages. Words are not here, because every Worker would carry them.
 */
export const SETTINGS = {
  ISSUER: { as: 'issuer', parse: parseIssuer },
  AUTH_MODE: {
    as: 'modes',
    parse: choice<readonly Mode[]>({ session: ['session'], token: ['token'], both: ['session', 'token'] }),
    default: 'both',
  },
  ALLOWED_ORIGINS: { as: 'allowedOrigins', parse: parseOrigins, default: 'none' },
  APP_URL: { as: 'appUrl', parse: parseAppUrl, default: 'none' },
  PASSKEY_RP_ID: {
    as: 'passkeyRpId',
    parse: (text, { issuer }) => parseRpId(text, issuer?.hostname),
    // An address is no domain, so no passkey can be made for it.
    default: ({ issuer }) => (issuer && isDomain(issuer.hostname) ? issuer.hostname : 'none'),
  },
  PASSKEY_ORIGINS: { as: 'passkeyOrigins', parse: parsePasskeyOrigins, default: 'none' },
  PASSKEY_APPLE_APPS: { as: 'passkeyAppleApps', parse: parseAppleApps, default: 'none' },
  PASSKEY_ANDROID_APPS: { as: 'passkeyAndroidApps', parse: parseAndroidApps, default: 'none' },

  REGISTRATION: { as: 'registration', parse: oneOf('open', 'verified', 'closed'), default: 'open' },
  MAILER: { as: 'mailer', parse: oneOf('none', 'console', 'cloudflare', 'resend', 'smtp'), default: 'none' },
  MAIL_FROM: {
    as: 'mailFrom',
    parse: (text, { issuer }) =>
      parseSender(text, issuer?.hostname ?? '') ?? fault('must be an address, or: Name <address>'),
    when: ({ mailer }) => mailer === 'cloudflare' || mailer === 'resend' || mailer === 'smtp',
  },
  RESEND_API_KEY: { as: 'resendApiKey', parse: parseResendKey, when: ({ mailer }) => mailer === 'resend' },
  RESEND_URL: {
    as: 'resendUrl',
    parse: parseMailUrl,
    default: 'https://api.resend.com',
    when: ({ mailer }) => mailer === 'resend',
  },
  EMAIL_VERIFICATION: {
    as: 'emailVerification',
    parse: oneOf('required', 'optional'),
    // Required wherever addresses can be proven and people are not signed in before. So closing a registration that was
    // `verified` lets nobody in who was not let in before.
    default: ({ registration, mailer }) =>
      // guard: closing a registration does not lift the proof of addresses
      registration !== 'open' && mailer !== undefined && mailer !== 'none' ? 'required' : 'optional',
  },

  ADMIN_ROLE: { as: 'adminRole', parse: parseRoleName, default: 'admin' },
  SECOND_FACTOR: { as: 'secondFactor', parse: oneOf('optional', 'required', 'roles'), default: 'optional' },
  SECOND_FACTOR_ROLES: {
    as: 'secondFactorRoles',
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
  SESSION_IDLE_SECONDS: { as: 'sessionIdleSeconds', parse: integer(2 * MINUTE, 400 * DAY), default: 7 * DAY },
  // Browsers cap the life of a cookie at 400 days (RFC 6265bis §5.5).
  SESSION_LIFETIME_SECONDS: {
    as: 'sessionLifetimeSeconds',
    parse: integer(2 * MINUTE, 400 * DAY),
    default: 30 * DAY,
  },
  // A sign-in reads the open sessions of its account, twice each: a thousand are the most that one may cost.
  MAX_SESSIONS: { as: 'maxSessions', parse: integer(1, 1000), default: 100 },
  DATABASE: { as: 'database', parse: oneOf(...DATABASES), default: 'd1' },
  DATABASE_LOCATION: {
    as: 'databaseLocation',
    parse: oneOf(...DATABASE_LOCATIONS),
    default: 'auto',
    when: ({ database }) => database === 'durable-object',
  },
  // Nobody has measured yet whether Hyperdrive takes statements that do not wait for the answer to the one before.
  POSTGRES_PIPELINE: {
    as: 'postgresPipeline',
    parse: choice({ on: true, off: false }),
    default: 'off',
    when: ({ database }) => database === 'postgres',
  },
  SESSION_COPIES: { as: 'sessionCopies', parse: oneOf(...SESSION_COPIES), default: 'kv' },
  // It bounds what a store that was put back to an earlier state can revive. KV has no such bound: its writes are dear.
  SESSION_COPY_SECONDS: {
    as: 'sessionCopySeconds',
    parse: integer(30, 60 * MINUTE),
    default: 5 * MINUTE,
    when: ({ sessionCopies }) => !['kv', 'none', undefined].includes(sessionCopies),
  },
  REDIS_URL: { as: 'redisUrl', parse: parseRedisUrl, when: ({ sessionCopies }) => sessionCopies === 'redis' },
  MEMCACHED_ADDRESS: {
    as: 'memcachedAddress',
    parse: parseServerAddress,
    when: ({ sessionCopies }) => sessionCopies === 'memcached',
  },
  // It adds to how stale an answer can be. A minute would double what KV promises.
  MEMO_SECONDS: { as: 'memoSeconds', parse: integer(0, 30), default: 5 },
  // Copies in KV are late by a minute anyway; where others are not late at all, a seal would be the only thing that is.
  SEAL_SECONDS: {
    as: 'sealSeconds',
    parse: integer(0, 5 * MINUTE),
    default: ({ sessionCopies }) => (sessionCopies === 'kv' ? '30' : '0'),
  },
  LIVE_CHECK: { as: 'liveCheck', parse: oneOf('sensitive', 'always'), default: 'sensitive' },

  // An access token cannot be recalled before it ends (RFC 9068 §4; ASVS 5.0 §9.2.1): an hour is the most.
  ACCESS_TOKEN_LIFETIME_SECONDS: {
    as: 'accessTokenLifetimeSeconds',
    parse: integer(30, 60 * MINUTE),
    default: 15 * MINUTE,
  },
  REFRESH_IDLE_SECONDS: {
    as: 'refreshIdleSeconds',
    parse: integer(2 * MINUTE, 400 * DAY),
    default: 14 * DAY,
  },
  // Long enough for a lost response or two tabs; longer would let a stolen token share the session unseen.
  REFRESH_REUSE_SECONDS: { as: 'refreshReuseSeconds', parse: integer(0, 5 * MINUTE), default: 30 },
  JWT_ALG: { as: 'jwtAlg', parse: oneOf<JwtAlg>('ES256', 'EdDSA', 'HS256'), default: 'ES256' },
  AUDIENCE: {
    as: 'audience',
    parse: parseAudience,
    default: ({ issuer }) => issuer?.href ?? 'unknown',
  },
  KEY_ROTATION_DAYS: { as: 'keyRotationDays', parse: integer(0, 3650), default: 90 },

  // NIST SP 800-63B-4 §3.1.1.2: 15 where a password is the only factor, never below 8.
  PASSWORD_MIN_LENGTH: { as: 'passwordMinLength', parse: integer(8, 64), default: 15 },
  // OWASP asks for 600,000; below 100,000 the hash is no protection worth the name, and above 3 million, about a second
  // of CPU, it is an outage.
  PASSWORD_ITERATIONS: { as: 'passwordIterations', parse: integer(100_000, 3_000_000), default: 600_000 },
  // No local run and no test of an app calls a service elsewhere.
  BREACH_CHECK: {
    as: 'breachCheck',
    parse: choice({ on: true, off: false }),
    default: ({ issuer }) => (issuer && isLocal(new URL(issuer.href)) ? 'off' : 'on'),
  },
  TURNSTILE_SITE_KEY: { as: 'turnstileSiteKey', parse: parseTurnstileSiteKey, default: 'none' },
  TURNSTILE_SECRET_KEY: {
    as: 'turnstileSecretKey',
    parse: parseTurnstileSecret,
    when: ({ turnstileSiteKey }) => typeof turnstileSiteKey === 'string',
  },
  FREE_ATTEMPTS: { as: 'freeAttempts', parse: integer(1, 20), default: 5 },
  // NIST SP 800-63B-4 §3.2.2: no more than 100 failed attempts in a row.
  MAX_ATTEMPTS: { as: 'maxAttempts', parse: integer(20, 100), default: 100 },
  MAX_ATTEMPT_DELAY_SECONDS: {
    as: 'maxAttemptDelaySeconds',
    parse: integer(1, DAY),
    default: 15 * MINUTE,
  },

  BRAND_NAME: {
    as: 'brandName',
    parse: parseBrandName,
    default: ({ issuer }) => issuer?.hostname ?? 'unknown',
  },
  BRAND_LOGO_URL: { as: 'brandLogoUrl', parse: parseLogoUrl, default: 'none' },
  BRAND_ACCENT: { as: 'brandAccent', parse: parseAccent, default: 'none' },
  BRAND_TERMS_URL: { as: 'brandTermsUrl', parse: parseLogoUrl, default: 'none' },
  BRAND_PRIVACY_URL: { as: 'brandPrivacyUrl', parse: parseLogoUrl, default: 'none' },
  OWN_PAGES: { as: 'ownPages', parse: parseOwnPages, default: 'none' },

  WEBHOOK_URL: { as: 'webhookUrl', parse: parseWebhookUrl, default: 'none' },
  WEBHOOK_SECRET: {
    as: 'webhookSecret',
    parse: parseWebhookSecrets,
    when: ({ webhookUrl }) => typeof webhookUrl === 'string',
  },
  AUDIT_RETENTION_DAYS: { as: 'auditRetentionDays', parse: integer(1, 3650), default: 365 },
  LOG_SUCCESS_PERCENT: { as: 'logSuccessPercent', parse: integer(0, 100), default: 10 },
  PLAYGROUND: { as: 'playground', parse: choice({ off: false, on: true }), default: 'off' },
  AUTH_SECRET: { as: 'secrets', parse: parseSecrets },
} as const satisfies Record<string, Setting>

export type Settings = typeof SETTINGS
export type SettingName = keyof Settings

type ValueOf<Row extends Setting> =
  | Exclude<ReturnType<Row['parse']>, Fault>
  // It is not read where it does not apply.
  | (Row extends { readonly when: unknown } ? undefined : never)

/** The value of each setting. */
export type SettingValues = {
  readonly [Name in SettingName as Settings[Name]['as']]: ValueOf<Settings[Name]>
}

/** The rows, for a loop that treats them alike. */
export const SETTING_ROWS: readonly (readonly [name: string, row: Setting])[] = Object.entries(SETTINGS)
