import type { Bindings } from './bindings'
import type { SettingName, Settings } from './settings'

// The words for each setting, beside the rows and not in them: the Worker imports the rows, and a bundler keeps every member of an object.
// The reference page, .dev.vars.example, the deploy button and the doctor import this file, the Worker never does
// (test/smoke/bundle.test.ts). It imports types alone, so Node can load it as it stands.

export const SECTIONS = [
  'Required',
  'Modes and origins',
  'Accounts and mail',
  'Sessions',
  'Tokens',
  'Passwords and attempts',
  'Brand',
  'Operation',
] as const

interface SettingText {
  readonly section: (typeof SECTIONS)[number]
  /** Describes what it does, in whole sentences. */
  readonly meaning: string
  /** Describes what it accepts, where its parser says neither words nor a range. */
  readonly accepts?: string
  /** Says where it has an effect; everywhere, without. Completes "Applies where …". */
  readonly applies?: string
  /** Its default in words, where it depends on other settings. */
  readonly default?: string
  /** For a secret: a value that Janus refuses, how to make a real one, and whether every deployment needs it. */
  readonly secret?: {
    readonly sample: string
    readonly how: string
    readonly always: boolean
    /** For the doctor, in place of a secret that cannot be read back: a value of the right form. Random bytes, without. */
    readonly standIn?: string
  }
}

/** A row without words is a compile error, and so are words without a row. */
type SettingTexts = {
  readonly [Name in SettingName]: SettingText &
    (Settings[Name] extends { readonly when: unknown } ? { readonly applies: string } : unknown) &
    (Settings[Name] extends { readonly default: (...earlier: never[]) => string }
      ? { readonly default: string }
      : unknown) &
    ('words' extends keyof Settings[Name]['parse'] ? unknown : { readonly accepts: string })
}

export const SETTING_TEXTS: Readonly<Record<SettingName, SettingText>> = {
  ISSUER: {
    section: 'Required',
    meaning:
      'The public base URL of Janus; its path is the base path of every route. `https://NAME.ACCOUNT.workers.dev` to try it out, `https://auth.example.com` on a domain of yours. `npm start` sets it to the local URL.',
    accepts:
      'an `https://` URL in lower case without a trailing slash, at most 512 bytes; `http://` only on this machine, names like `auth.localhost` included',
  },
  AUTH_SECRET: {
    section: 'Required',
    meaning:
      '32 random bytes: `openssl rand -base64 32`. Keep a copy, because passwords cannot be verified without it. To rotate it, put the new one in front: `new,old`.',
    accepts: 'one or more, newest first, separated by commas',
    secret: {
      sample: 'replace-with-32-random-bytes',
      how: 'openssl rand -base64 32',
      always: true,
    },
  },
  AUTH_MODE: {
    section: 'Modes and origins',
    meaning:
      '`session` offers a cookie, `token` offers JWTs, `both` offers either. Credentials of a mode that is not offered are rejected.',
  },
  ALLOWED_ORIGINS: {
    section: 'Modes and origins',
    meaning:
      'Other origins whose pages may call Janus. A form may return to them, too. The log names an origin that is refused (`origin-refused`).',
    accepts:
      '`none`, or origins separated by commas, each as the browser or web view sends it: `https://app.example.com`, `capacitor://localhost`',
  },
  APP_URL: {
    section: 'Modes and origins',
    meaning:
      'Where your app is. The brand on each page leads there, and so do sign-in, sign-out and "Continue" without a `return_to`. `none` means the home page of Janus.',
    accepts: '`none`, or an `https://` URL; `http://` only on this machine',
  },
  PASSKEY_RP_ID: {
    section: 'Modes and origins',
    meaning:
      'The domain that passkeys are made for. Browsers offer a passkey on this domain and below it. Changing it makes every passkey unusable. `none` turns passkeys off.',
    accepts: 'the host of `ISSUER`, a domain above it that is not a public suffix, or `none`',
    default: 'the host of `ISSUER`; `none` where that is an IP address',
  },
  PASSKEY_ORIGINS: {
    section: 'Modes and origins',
    meaning: 'Other origins whose pages and apps may register and use passkeys, beside that of `ISSUER`.',
    accepts:
      '`none`, or origins separated by commas: `https://app.example.com`, or `android:apk-key-hash:` and the hash for an Android app',
    applies: '`PASSKEY_RP_ID` is not `none`',
  },
  PASSKEY_APPLE_APPS: {
    section: 'Modes and origins',
    meaning:
      'Apps for Apple systems that may use passkeys. Janus lists them in `/.well-known/apple-app-site-association`. See [native apps](../guides/native-apps.md#passkeys).',
    accepts: '`none`, or apps separated by commas, each a team and a bundle: `ABCDE12345.com.example.app`',
    applies: '`PASSKEY_RP_ID` is not `none`',
  },
  PASSKEY_ANDROID_APPS: {
    section: 'Modes and origins',
    meaning:
      'Android apps that may use passkeys. Janus lists them in `/.well-known/assetlinks.json`, and accepts the origin that each fingerprint makes.',
    accepts:
      '`none`, or apps separated by commas, each a package and the SHA-256 fingerprint of the certificate that signs it: `com.example.app:AB:CD:…`, 32 pairs in capital letters',
    applies: '`PASSKEY_RP_ID` is not `none`',
  },
  REGISTRATION: {
    section: 'Accounts and mail',
    meaning:
      'Who may register. `open` signs people in at once. `verified` creates an account only when its address is proven, tells nobody which addresses have one, and needs a mailer. `closed` rejects registration.',
  },
  MAILER: {
    section: 'Accounts and mail',
    meaning:
      'Who carries mail. With `none`, routes that send mail return 404. `console` prints mail, works only on this machine, and is what `npm start` sets. `smtp` is for [Node](../operate/node.md). See [mail](../guides/mail.md).',
  },
  MAIL_FROM: {
    section: 'Accounts and mail',
    meaning: 'The sender of every mail. Without a name, it is the host of `ISSUER`.',
    accepts: 'an address, or `Name <address>`',
    applies: '`MAILER` is `cloudflare`, `resend` or `smtp`',
  },
  RESEND_API_KEY: {
    section: 'Accounts and mail',
    meaning: 'The API key of Resend. It is a secret: name it in `[secrets]` of `wrangler.toml`, too.',
    accepts: 'visible ASCII without spaces',
    applies: '`MAILER` is `resend`',
    secret: { sample: 'replace with the API key', how: 'https://resend.com/api-keys', always: false },
  },
  RESEND_URL: {
    section: 'Accounts and mail',
    meaning: 'The base URL of the API of Resend.',
    accepts: 'an `https://` URL without a trailing slash; `http://` only on this machine',
    applies: '`MAILER` is `resend`',
  },
  EMAIL_VERIFICATION: {
    section: 'Accounts and mail',
    meaning:
      '`required` accepts a password only for accounts with a verified address. It needs a mailer, and a `REGISTRATION` other than `open`.',
    default: '`required` with a mailer and a `REGISTRATION` other than `open`, otherwise `optional`',
  },
  ADMIN_ROLE: {
    section: 'Accounts and mail',
    meaning:
      'The role of administrators. The last account with it cannot be deleted by its owner, and calls of `janus/admin` take it unless the app names another.',
    accepts: 'the name of a role',
  },
  SECOND_FACTOR: {
    section: 'Accounts and mail',
    meaning:
      'Whose account must have a second factor: nobody’s (`optional`), everybody’s (`required`), or that of people with one of `SECOND_FACTOR_ROLES` (`roles`). A person without one sets it up at the next sign-in. Sessions of one factor are refused from then on.',
  },
  SECOND_FACTOR_ROLES: {
    section: 'Accounts and mail',
    meaning: 'The roles whose holders must have a second factor.',
    accepts: 'names of roles separated by commas: `admin, support`',
    applies: '`SECOND_FACTOR` is `roles`',
  },
  SECOND_FACTOR_RECOVERY_HOURS: {
    section: 'Accounts and mail',
    meaning:
      'How many hours pass before the second factors are removed of somebody who has lost all of them and asks by mail. Mail at the start and at half of it says how to stop it. `none`: only an operator removes them.',
    accepts: '`none`, or a whole number from 24 to 720',
    applies: 'mail is sent',
  },
  SESSION_IDLE_SECONDS: {
    section: 'Sessions',
    meaning: 'A session that is not used for this long ends.',
    applies: '`AUTH_MODE` is `session` or `both`',
  },
  SESSION_LIFETIME_SECONDS: {
    section: 'Sessions',
    meaning: 'A session ends this long after sign-in, used or not, in both modes.',
  },
  MAX_SESSIONS: {
    section: 'Sessions',
    meaning:
      'The most open sessions of one account. A sign-in beyond it ends the session that was used least recently, as far as `last_seen_at` knows.',
  },
  DATABASE: {
    section: 'Sessions',
    meaning:
      'The database of accounts, sessions and the audit trail: `d1`, `postgres` through Hyperdrive ([how to set it up](../operate/postgresql.md)), or `durable-object`, one [Durable Object](../operate/durable-object.md). On [Node](../operate/node.md): `sqlite`, `postgres` or `memory`.',
  },
  DATABASE_LOCATION: {
    section: 'Sessions',
    meaning:
      'Where the object is created, near the region that you name, if Cloudflare can. `eu`, `us`, `fedramp` and `fedramp-high` are jurisdictions: the object runs and stores there and nowhere else. An object stays where it was created. Another jurisdiction has another object, which is empty: move to it with `janus export` and `janus import`.',
    applies: '`DATABASE` is `durable-object`',
  },
  POSTGRES_PIPELINE: {
    section: 'Sessions',
    meaning:
      'Whether a Worker sends a transaction to PostgreSQL in one flight. A refresh then takes three round trips instead of five, connection included. It works through PgBouncer in transaction mode; try it with your Hyperdrive before you rely on it. `janus serve` always does so.',
    applies: '`DATABASE` is `postgres`',
  },
  SESSION_COPIES: {
    section: 'Sessions',
    meaning:
      'Where Janus caches copies of sessions, so that protected requests do not read the database. `kv` is Workers KV. `durable-object` is the class `SessionCopiesObject`, bound as `COPIES`. `redis` and `memcached` are a server of yours. `memory` is the memory of each isolate or process. With `none`, every request reads the database. [What each promises](../explain/session-copies.md).',
  },
  SESSION_COPY_SECONDS: {
    section: 'Sessions',
    meaning:
      'How long a copy of a session is accepted after it was written. It bounds what a store that lost a deletion can revive.',
    applies: '`SESSION_COPIES` is neither `kv` nor `none`',
  },
  REDIS_URL: {
    section: 'Sessions',
    meaning:
      'The Redis server, or one that speaks its protocol, such as Valkey. It is a secret: name it in `[secrets]` of `wrangler.toml`, too. One primary; no cluster that redirects, and no replica that only reads.',
    accepts:
      '`rediss://user:password@host:port/database`; user, password and database may be absent; `redis://`, without TLS, only on this machine and in a private network',
    applies: '`SESSION_COPIES` is `redis`',
    secret: {
      sample: 'replace with the URL of the server',
      how: 'rediss://user:password@host:6380',
      always: false,
      standIn: 'rediss://stand.in.example',
    },
  },
  MEMCACHED_ADDRESS: {
    section: 'Sessions',
    meaning:
      'The Memcached server. Its protocol has no password and no TLS, so only your own machines should reach it.',
    accepts: '`host:port`',
    applies: '`SESSION_COPIES` is `memcached`',
  },
  MEMO_SECONDS: {
    section: 'Sessions',
    meaning:
      'How long an isolate caches a session it has resolved. It adds to how stale an answer can be. 0 turns off the cache of verified tokens, too.',
  },
  SEAL_SECONDS: {
    section: 'Sessions',
    meaning:
      'How long a browser may use a session without Janus asking any storage: a signed cookie beside the session cookie says what storage said last. It adds to how stale an answer can be. 0 turns it off.',
    default: '30 with `SESSION_COPIES=kv`, else 0',
  },
  LIVE_CHECK: {
    section: 'Sessions',
    meaning:
      'Which protected routes ask D1 whether the session is still active: those that change credentials or sessions (`sensitive`), or all (`always`).',
  },
  ACCESS_TOKEN_LIFETIME_SECONDS: {
    section: 'Tokens',
    meaning: 'How long an access token is valid. Without a live check it cannot be revoked earlier.',
    applies: '`AUTH_MODE` is `token` or `both`',
  },
  REFRESH_IDLE_SECONDS: {
    section: 'Tokens',
    meaning:
      'A refresh token that is not used for this long ends its session. It must not be shorter than `ACCESS_TOKEN_LIFETIME_SECONDS`.',
    applies: '`AUTH_MODE` is `token` or `both`',
  },
  REFRESH_REUSE_SECONDS: {
    section: 'Tokens',
    meaning:
      'How long after its own rotation a used refresh token still returns the current one. Later it ends the session.',
    applies: '`AUTH_MODE` is `token` or `both`',
  },
  JWT_ALG: {
    section: 'Tokens',
    meaning: 'How access tokens are signed. `HS256` is for a closed system: it publishes no key set.',
    applies: '`AUTH_MODE` is `token` or `both`',
  },
  AUDIENCE: {
    section: 'Tokens',
    meaning:
      'The `aud` of access tokens. Set it to keep your APIs out of the routes of Janus, which then take the `account_token` alone ([why](../explain/decisions/0046-janus-is-an-audience-of-its-own.md)).',
    accepts: 'at most 512 bytes',
    applies: '`AUTH_MODE` is `token` or `both`',
    default: '`ISSUER`',
  },
  KEY_ROTATION_DAYS: {
    section: 'Tokens',
    meaning: 'A signing key gets a successor after this many days. With 0, age never rotates it.',
    applies: '`JWT_ALG` is `ES256` or `EdDSA`',
  },
  PASSWORD_MIN_LENGTH: {
    section: 'Passwords and attempts',
    meaning:
      'The least number of code points of a new password. NIST SP 800-63B-4 asks for 15 where a password is the only factor. Less than 15 takes `createShortPasswords`.',
  },
  PASSWORD_ITERATIONS: {
    section: 'Passwords and attempts',
    meaning:
      'The iterations of PBKDF2-HMAC-SHA-256 for each hash, which decide its CPU time. OWASP asks for 600,000.',
  },
  BREACH_CHECK: {
    section: 'Passwords and attempts',
    meaning:
      'Whether new passwords are looked up at Have I Been Pwned, which gets five digits of a hash and never the password. If it does not answer in 800 ms, the password is accepted and the failure is logged. See [passwords](../explain/passwords.md#breached-passwords).',
    default: '`on`; `off` where `ISSUER` is on this machine',
  },
  TURNSTILE_SITE_KEY: {
    section: 'Passwords and attempts',
    meaning:
      'Turns on Cloudflare Turnstile: registration, a forgotten password, a sign-in link and, after failures, a sign-in take the token of a [challenge](../guides/bots.md).',
    accepts: '`none`, or the site key of a widget',
  },
  TURNSTILE_SECRET_KEY: {
    section: 'Passwords and attempts',
    meaning: 'Verifies the tokens. It is a secret: name it in `[secrets]` of `wrangler.toml`, too.',
    accepts: "the secret key of the widget; Cloudflare's test keys only where `ISSUER` is on this machine",
    applies: '`TURNSTILE_SITE_KEY` is not `none`',
    secret: {
      sample: 'replace with the secret key of the widget',
      how: 'the dashboard of Cloudflare, under Turnstile',
      always: false,
    },
  },
  FREE_ATTEMPTS: {
    section: 'Passwords and attempts',
    meaning: 'How many failed attempts count at the same time before the first delay.',
  },
  MAX_ATTEMPTS: {
    section: 'Passwords and attempts',
    meaning:
      'How many failed attempts count at the same time before no more are let through. Each counts for a day.',
  },
  MAX_ATTEMPT_DELAY_SECONDS: {
    section: 'Passwords and attempts',
    meaning: 'The longest delay between attempts.',
  },
  BRAND_NAME: {
    section: 'Brand',
    meaning: 'The name of the service in mails and on pages.',
    accepts: 'at most 64 visible characters in one line',
    default: 'the host of `ISSUER`',
  },
  BRAND_LOGO_URL: {
    section: 'Brand',
    meaning:
      'An image that replaces the name on pages. Janus serves a path below its own (`/logo.svg`, `/auth/logo.svg`) from `ASSETS`; your site serves any other.',
    accepts: '`none`, an `https://` URL, or a path on this origin',
  },
  BRAND_ACCENT: {
    section: 'Brand',
    meaning:
      'The colour of links and main buttons, on pages and in mails. Janus refuses one with less contrast than WCAG AA asks for (4.5:1). Without a second one, dark pages have the first, lightened.',
    accepts: '`none`, a colour as `#rrggbb`, or two: `#0b6659 #6dcdb9` for light and for dark pages',
  },
  BRAND_TERMS_URL: {
    section: 'Brand',
    meaning: 'Your terms. Every page links to them.',
    accepts: '`none`, an `https://` URL, or a path on this origin',
  },
  BRAND_PRIVACY_URL: {
    section: 'Brand',
    meaning: 'Your privacy policy. Every page links to it.',
    accepts: '`none`, an `https://` URL, or a path on this origin',
  },
  OWN_PAGES: {
    section: 'Brand',
    meaning:
      'Pages of yours in place of those of Janus. Janus redirects browsers there, and links in mails lead there. See [pages of your own](../guides/customising-pages.md#pages-of-your-own).',
    accepts:
      '`none`, or pairs separated by commas: `/login=/sign-in, /password/reset=https://app.example.com/new-password#`. The URL is on the origin of `ISSUER`, `APP_URL` or `ALLOWED_ORIGINS`',
  },
  WEBHOOK_URL: {
    section: 'Operation',
    meaning: 'Where Janus sends [events](../guides/events.md), each as a signed `POST`.',
    accepts: '`none`, or an `https://` URL; `http://` only on this machine',
  },
  WEBHOOK_SECRET: {
    section: 'Operation',
    meaning:
      'Signs events. It is a secret: name it in `[secrets]` of `wrangler.toml`, too. To rotate it, put the new one in front: `new,old`.',
    accepts: 'one or more, newest first, separated by commas; each `whsec_` and the base64 of 24 to 64 bytes',
    applies: '`WEBHOOK_URL` is not `none`',
    secret: {
      sample: 'replace with whsec_ and 32 random bytes',
      how: 'echo "whsec_$(openssl rand -base64 32)"',
      always: false,
      standIn: 'whsec_c3RhbmQgaW4gZm9yIHRoZSBkb2N0b3IgYWxvbmUhISE=',
    },
  },
  AUDIT_RETENTION_DAYS: {
    section: 'Operation',
    meaning: 'How many whole days of the audit trail are kept.',
  },
  LOG_SUCCESS_PERCENT: {
    section: 'Operation',
    meaning:
      'The percentage of successful requests that are logged. Refusals and failures are always logged.',
  },
  PLAYGROUND: {
    section: 'Operation',
    meaning:
      '`on` serves `/playground`, which shows both modes side by side, what is stored and what each call costs. `npm start` sets it.',
    applies: '`ISSUER` is on this machine; elsewhere `on` is refused',
  },
} satisfies SettingTexts

/** Describes each binding. */
export const BINDING_TEXTS: Readonly<Record<keyof Bindings, string>> = {
  DB: 'A D1 database. Accounts, sessions and the audit trail. Required where `DATABASE` is `d1`.',
  HYPERDRIVE: 'A Hyperdrive configuration without caching. Required where `DATABASE` is `postgres`.',
  JANUS_DB:
    'The Durable Object class `JanusDatabase`, with SQLite. Accounts, sessions and the audit trail. Required where `DATABASE` is `durable-object`.',
  SESSIONS:
    'A KV namespace. Copies of sessions, for reads, and the mark by which a restored database is noticed. Required where `SESSION_COPIES` is `kv`.',
  LOGIN_LIMIT:
    'A rate limit. How many requests that concern credentials a client may make: `wrangler.toml` says 600 a minute.',
  COPIES:
    'The Durable Object class `SessionCopiesObject`, with SQLite. Copies of sessions. Required where `SESSION_COPIES` is `durable-object`.',
  EMAIL: 'A `send_email` binding. Required where `MAILER` is `cloudflare`.',
  JANUS_EVENTS: 'A queue. Janus sends [events](../guides/events.md) to it, if it is bound.',
  ASSETS: 'A folder of files. Only for a logo of yours, where `BRAND_LOGO_URL` is a path that Janus serves.',
}

/** The settings that must not stand in a file that is committed. */
export const SECRET_NAMES: readonly string[] = Object.entries(SETTING_TEXTS).flatMap(([name, { secret }]) =>
  secret ? [name] : [],
)
