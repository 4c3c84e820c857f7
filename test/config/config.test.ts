import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import type { Config } from '../../src/config/config'
import { parseConfig } from '../../src/config/parse-config'
import { createAuthCookies } from '../../src/http/auth-cookies'
import { configOf, faultsOf, MINIMAL } from '../support/minimal-config'

function faultySettings(settings: Record<string, unknown>): readonly string[] {
  return faultsOf(settings).map(({ setting }) => setting)
}

describe('parseConfig', () => {
  it('has a default for everything but ISSUER and AUTH_SECRET', () => {
    const { secrets, ...config } = configOf({})
    expect(secrets).toEqual([MINIMAL.AUTH_SECRET])
    const day = 24 * 60 * 60
    expect(config).toEqual({
      issuer: 'https://auth.example.com',
      basePath: '',
      origin: 'https://auth.example.com',
      audience: 'https://auth.example.com',
      modes: ['session', 'token'],
      cookies: createAuthCookies(''),
      registration: 'open',
      emailVerification: 'optional',
      sessionIdleSeconds: 7 * day,
      sessionLifetimeSeconds: 30 * day,
      maxSessions: 100,
      accessTokenLifetimeSeconds: 900,
      refreshIdleSeconds: 14 * day,
      refreshReuseSeconds: 30,
      jwtAlg: 'ES256',
      allowedOrigins: [],
      appUrl: null,
      passwordMinLength: 15,
      passwordIterations: 600_000,
      breachCheck: true,
      turnstileSiteKey: null,
      turnstileSecretKey: undefined,
      liveCheck: 'sensitive',
      memoSeconds: 5,
      database: 'd1',
      databaseLocation: undefined,
      postgresPipeline: undefined,
      sessionCopies: 'kv',
      sessionCopySeconds: undefined,
      redisUrl: undefined,
      memcachedAddress: undefined,
      freeAttempts: 5,
      maxAttempts: 100,
      maxAttemptDelaySeconds: 900,
      webhookUrl: null,
      webhookSecret: undefined,
      auditRetentionDays: 365,
      keyRotationDays: 90,
      logSuccessPercent: 10,
      brandName: 'auth.example.com',
      mail: { carrier: 'none' },
      brandLogoUrl: null,
      brandAccent: null,
      ownPages: new Map(),
      brandTermsUrl: null,
      brandPrivacyUrl: null,
      passkeyRpId: 'auth.example.com',
      passkeyOrigins: [],
      passkeyAppleApps: [],
      passkeyAndroidApps: [],
      sealSeconds: 30,
      adminRole: 'admin',
      secondFactor: 'optional',
      secondFactorRoles: undefined,
      recoveryHours: 72,
      playground: false,
    } satisfies Omit<Config, 'secrets'>)
  })

  it('KEY-05: names what is missing, and no more', () => {
    const parsed = parseConfig({})
    const names = parsed.ok ? [] : parsed.faults.map(({ setting }) => setting)
    expect(names.sort()).toEqual(['AUTH_SECRET', 'DB', 'ISSUER', 'LOGIN_LIMIT', 'SESSIONS'])
  })

  const EVERY_SETTING = [
    'ISSUER',
    'AUDIENCE',
    'AUTH_MODE',
    'REGISTRATION',
    'EMAIL_VERIFICATION',
    'SESSION_IDLE_SECONDS',
    'SESSION_LIFETIME_SECONDS',
    'MAX_SESSIONS',
    'ACCESS_TOKEN_LIFETIME_SECONDS',
    'REFRESH_IDLE_SECONDS',
    'REFRESH_REUSE_SECONDS',
    'JWT_ALG',
    'ALLOWED_ORIGINS',
    'APP_URL',
    'PASSKEY_RP_ID',
    'PASSKEY_ORIGINS',
    'PASSKEY_APPLE_APPS',
    'PASSKEY_ANDROID_APPS',
    'PASSWORD_MIN_LENGTH',
    'PASSWORD_ITERATIONS',
    'BREACH_CHECK',
    'TURNSTILE_SITE_KEY',
    'SECOND_FACTOR',
    'SECOND_FACTOR_RECOVERY_HOURS',
    'LIVE_CHECK',
    'SESSION_COPIES',
    'MEMO_SECONDS',
    'SEAL_SECONDS',
    'FREE_ATTEMPTS',
    'MAX_ATTEMPTS',
    'MAX_ATTEMPT_DELAY_SECONDS',
    'AUDIT_RETENTION_DAYS',
    'KEY_ROTATION_DAYS',
    'LOG_SUCCESS_PERCENT',
    'MAILER',
    'BRAND_NAME',
    'BRAND_LOGO_URL',
    'BRAND_ACCENT',
    'BRAND_TERMS_URL',
    'BRAND_PRIVACY_URL',
    'OWN_PAGES',
    'WEBHOOK_URL',
    'PLAYGROUND',
    'AUTH_SECRET',
  ]

  it('KEY-05: names every fault at once, and never the value', () => {
    const bad = Object.fromEntries(EVERY_SETTING.map((name) => [name, `canary ${name}`]))
    const faults = faultsOf({
      ...bad,
      AUDIENCE: '',
      BRAND_NAME: '',
      DB: 'canary',
      SESSIONS: 7,
      LOGIN_LIMIT: null,
    })
    // While SESSION_COPIES is at fault, nobody knows whether SESSIONS is required.
    const bindings = ['DB', 'LOGIN_LIMIT']
    expect(faults.map(({ setting }) => setting).sort()).toEqual([...EVERY_SETTING, ...bindings].sort())
    for (const { setting, message } of faults) expect(message).toMatch(new RegExp(`^${setting} .{10}`))
    expect(JSON.stringify(faults)).not.toContain('canary')
  })

  it.each(EVERY_SETTING)('%s: refuses what is empty or no text', (name) => {
    for (const value of ['', true, {}, []]) {
      expect(faultySettings({ [name]: value }), JSON.stringify(value)).toContain(name)
    }
  })

  it.each([
    ['AUTH_MODE', 'modes', { session: ['session'], token: ['token'], both: ['session', 'token'] }],
    ['REGISTRATION', 'registration', { open: 'open', closed: 'closed' }],
    ['JWT_ALG', 'jwtAlg', { ES256: 'ES256', EdDSA: 'EdDSA', HS256: 'HS256' }],
    ['SECOND_FACTOR', 'secondFactor', { optional: 'optional', required: 'required' }],
    ['LIVE_CHECK', 'liveCheck', { sensitive: 'sensitive', always: 'always' }],
    ['DATABASE', 'database', { d1: 'd1' }],
    [
      'SESSION_COPIES',
      'sessionCopies',
      { kv: 'kv', 'durable-object': 'durable-object', memory: 'memory', none: 'none' },
    ],
  ] as const)('%s is one of its words', (name, member, words) => {
    for (const [word, value] of Object.entries(words)) {
      expect(configOf({ COPIES: env.COPIES, [name]: word })[member]).toEqual(value)
      for (const near of [
        word.toUpperCase() === word ? word.toLowerCase() : word.toUpperCase(),
        ` ${word}`,
        `${word},`,
      ]) {
        expect(faultySettings({ [name]: near })).toEqual([name])
      }
    }
    for (const other of ['off', 'RS256', 'constructor', '__proto__', 'toString']) {
      expect(faultySettings({ [name]: other })).toEqual([name])
    }
    const [fault] = faultsOf({ [name]: 'x' })
    for (const word of Object.keys(words)) expect(fault?.message).toContain(word)
  })

  const days400 = 400 * 24 * 60 * 60
  it.each([
    ['SESSION_IDLE_SECONDS', 'sessionIdleSeconds', 120, days400],
    ['SESSION_LIFETIME_SECONDS', 'sessionLifetimeSeconds', 120, days400],
    ['MAX_SESSIONS', 'maxSessions', 1, 1000],
    ['ACCESS_TOKEN_LIFETIME_SECONDS', 'accessTokenLifetimeSeconds', 30, 3600],
    ['REFRESH_IDLE_SECONDS', 'refreshIdleSeconds', 120, days400],
    ['REFRESH_REUSE_SECONDS', 'refreshReuseSeconds', 0, 300],
    ['MEMO_SECONDS', 'memoSeconds', 0, 30],
    ['SEAL_SECONDS', 'sealSeconds', 0, 300],
    ['SESSION_COPY_SECONDS', 'sessionCopySeconds', 30, 3600],
    ['PASSWORD_MIN_LENGTH', 'passwordMinLength', 8, 64],
    ['PASSWORD_ITERATIONS', 'passwordIterations', 100_000, 3_000_000],
    ['FREE_ATTEMPTS', 'freeAttempts', 1, 20],
    ['MAX_ATTEMPTS', 'maxAttempts', 20, 100],
    ['MAX_ATTEMPT_DELAY_SECONDS', 'maxAttemptDelaySeconds', 1, 24 * 60 * 60],
    ['AUDIT_RETENTION_DAYS', 'auditRetentionDays', 1, 3650],
    ['KEY_ROTATION_DAYS', 'keyRotationDays', 0, 3650],
    ['LOG_SUCCESS_PERCENT', 'logSuccessPercent', 0, 100],
  ] as const)('%s is a whole number within its bounds', (name, member, min, max) => {
    // The shortest there is, so that REFRESH_IDLE_SECONDS may be as short as its own bound says.
    // And where SESSION_COPY_SECONDS applies.
    const shortest = { ACCESS_TOKEN_LIFETIME_SECONDS: '30', SESSION_COPIES: 'memory' }
    for (const value of [min, max]) {
      expect(configOf({ ...shortest, [name]: String(value) })[member]).toBe(value)
      // As `[vars]` of wrangler.toml may have it.
      expect(configOf({ ...shortest, [name]: value })[member]).toBe(value)
    }
    const odd = [
      `${min}.0`,
      `${min} `,
      ` ${min}`,
      `+${min}`,
      `${min}s`,
      '1e4',
      '0x1000',
      '1_000',
      'NaN',
      'Infinity',
      '٣٠٠',
    ]
    for (const value of [
      min - 1,
      max + 1,
      String(min - 1),
      String(max + 1),
      min + 0.5,
      -min - 1,
      '9'.repeat(400),
      ...odd,
    ]) {
      const [fault, ...others] = faultsOf({ SESSION_COPIES: 'memory', [name]: value })
      expect([fault?.setting, others], String(value)).toEqual([name, []])
      expect(fault?.message).toContain(`from ${min} to ${max}`)
    }
  })

  it('REFRESH_IDLE_SECONDS: is never shorter than an access token lives', () => {
    const settings = { ACCESS_TOKEN_LIFETIME_SECONDS: '900' }
    expect(configOf({ ...settings, REFRESH_IDLE_SECONDS: '900' }).refreshIdleSeconds).toBe(900)
    const [fault, ...others] = faultsOf({ ...settings, REFRESH_IDLE_SECONDS: '899' })
    expect([fault?.setting, others]).toEqual(['REFRESH_IDLE_SECONDS', []])
    expect(fault?.message).toContain('ACCESS_TOKEN_LIFETIME_SECONDS')
  })

  it.each([
    ['none', null],
    ['https://app.example.com', 'https://app.example.com/'],
    ['https://app.example.com/', 'https://app.example.com/'],
    [
      'https://app.example.com:8443/start?from=janus#top',
      'https://app.example.com:8443/start?from=janus#top',
    ],
    ['http://localhost:5173', 'http://localhost:5173/'],
  ])('APP_URL: accepts %s', (APP_URL, appUrl) => {
    expect(configOf({ APP_URL }).appUrl).toBe(appUrl)
  })

  it.each([
    '/start',
    'app.example.com',
    '//app.example.com',
    'http://app.example.com',
    'https://user:password@app.example.com',
    'https://app.example.com:443',
    'https://APP.example.com',
    'https://app.example.com/a/../b',
    'https://app.example.com/a b',
    'https:\\\\app.example.com',
    'javascript:alert(1)',
    'data:text/html,x',
    'https://app.example.com\n',
  ])('APP_URL: refuses %o', (APP_URL) => {
    expect(faultySettings({ APP_URL })).toEqual(['APP_URL'])
  })

  it.each([
    ['https://auth.example.com', '', 'https://auth.example.com'],
    ['https://example.com/auth', '/auth', 'https://example.com'],
    ['https://example.com/a/b-c/~d.e', '/a/b-c/~d.e', 'https://example.com'],
    ['https://example.com:8443', '', 'https://example.com:8443'],
    ['https://xn--bcher-kva.example', '', 'https://xn--bcher-kva.example'],
    ['http://localhost:8787', '', 'http://localhost:8787'],
    ['http://localhost:8787/auth', '/auth', 'http://localhost:8787'],
    ['http://127.0.0.1:8787', '', 'http://127.0.0.1:8787'],
    ['http://[::1]:8787', '', 'http://[::1]:8787'],
    ['http://auth.localhost:8787', '', 'http://auth.localhost:8787'],
    ['http://a.b.localhost/auth', '/auth', 'http://a.b.localhost'],
  ])('ISSUER: accepts %s', (ISSUER, basePath, origin) => {
    expect(configOf({ ISSUER })).toMatchObject({ issuer: ISSUER, basePath, origin, audience: ISSUER })
    expect(configOf({ ISSUER, AUDIENCE: 'api' })).toMatchObject({ issuer: ISSUER, audience: 'api' })
  })

  it('TOK-05: ISSUER and AUDIENCE leave room in a token: 512 bytes each, as JSON has them', () => {
    const longest = `https://auth.example.com/${'a'.repeat(485)}`
    expect(configOf({ ISSUER: longest })).toMatchObject({ issuer: longest, audience: longest })
    for (const AUDIENCE of ['a'.repeat(510), 'ä'.repeat(255), '\n'.repeat(255)]) {
      expect(configOf({ AUDIENCE }).audience).toBe(AUDIENCE)
      expect(faultySettings({ AUDIENCE: `${AUDIENCE}a` })).toEqual(['AUDIENCE'])
    }
  })

  it.each([
    ['http://localhost:8787', '__Host-session-8787'],
    ['http://localhost:8788/auth', '__Host-session-8788'],
    ['http://127.0.0.1:8787', '__Host-session-8787'],
    ['http://[::1]:8787', '__Host-session-8787'],
    ['https://localhost:8787', '__Host-session-8787'],
    ['http://auth.localhost:8787', '__Host-session-8787'],
    ['http://localhost', '__Host-session'],
    ['https://auth.example.com', '__Host-session'],
    ['https://auth.example.com:8443', '__Host-session'],
  ])('SES-02: names the cookies of %s after its port if it is on this machine', (ISSUER, name) => {
    const { cookies } = configOf({ ISSUER })
    expect(cookies.session.name).toBe(name)
    const others = Object.values(cookies).map((cookie) => cookie.name.replace(cookie.purpose, 'session'))
    expect(others).toEqual(others.map(() => name))
  })

  it.each([
    'auth.example.com',
    '//auth.example.com',
    'http://auth.example.com',
    'http://localhost.example.com',
    'http://authlocalhost',
    'http://.localhost',
    'http://localhost.',
    'http://127.0.0.1.example.com',
    'http://127.0.0.2',
    'http://10.0.0.1',
    'ftp://auth.example.com',
    'javascript:alert(1)',
    'https://',
    'https://auth.example.com/',
    'https://example.com/auth/',
    'https://example.com//auth',
    'https://example.com/auth//v1',
    'https://example.com/./auth',
    'https://example.com/a/../auth',
    'https://example.com/%61uth',
    'https://example.com/a b',
    'https://example.com/:id',
    'https://example.com/*',
    'https://example.com/auth;v=1',
    'https://example.com/auth?',
    'https://example.com?tenant=1',
    'https://example.com/auth#x',
    'https://user@example.com',
    'https://user:password@example.com',
    'https://auth.example.com:443',
    'https://Auth.example.com',
    'HTTPS://auth.example.com',
    'https://bücher.example',
    'https:/auth.example.com',
    'https:\\\\auth.example.com',
    ' https://auth.example.com',
    'https://auth.example.com\n',
    '*',
    `https://auth.example.com/${'a'.repeat(486)}`,
  ])('ISSUER: refuses %o', (ISSUER) => {
    const faults = faultsOf({ ISSUER })
    expect(faults.map(({ setting }) => setting)).toEqual(['ISSUER'])
    expect(faults[0]?.message).not.toContain('example')
  })

  it.each([
    ['none', []],
    ['https://app.example.com', ['https://app.example.com']],
    ['https://a.example, http://localhost:3000', ['https://a.example', 'http://localhost:3000']],
    ['http://app.localhost:5173', ['http://app.localhost:5173']],
    [
      'capacitor://localhost,ionic://localhost,tauri://localhost',
      ['capacitor://localhost', 'ionic://localhost', 'tauri://localhost'],
    ],
    [
      'chrome-extension://abcdefghijklmnopabcdefghijklmnop, app://obsidian.md, com.example.app://Host_1:80',
      [
        'chrome-extension://abcdefghijklmnopabcdefghijklmnop',
        'app://obsidian.md',
        'com.example.app://Host_1:80',
      ],
    ],
  ])('ALLOWED_ORIGINS: reads %o', (ALLOWED_ORIGINS, allowedOrigins) => {
    expect(configOf({ ALLOWED_ORIGINS })).toMatchObject({ allowedOrigins })
  })

  it.each([
    '*',
    'null',
    'app.example.com',
    'https://app.example.com/',
    'https://app.example.com/path',
    'https://App.example.com',
    'https://app.example.com:443',
    'https://*.example.com',
    'https://user@app.example.com',
    'https://a.example https://b.example',
    'https://a.example,',
    ',https://a.example',
    'https://a.example,none',
    'file:///etc/hosts',
    'file://localhost',
    'data:text/html,x',
    'data://localhost',
    'javascript://localhost',
    'blob://localhost',
    'ws://app.example.com',
    'ftp://app.example.com',
    'http://app.example.com',
    'http://localhost.example.com',
    'capacitor://',
    'capacitor:localhost',
    'capacitor://localhost/',
    'capacitor://localhost?x',
    'capacitor://user@localhost',
    'capacitor://*',
    'Capacitor://localhost',
    'chrome-extension://*',
  ])('ALLOWED_ORIGINS: refuses %o', (ALLOWED_ORIGINS) => {
    expect(faultySettings({ ALLOWED_ORIGINS })).toEqual(['ALLOWED_ORIGINS'])
  })

  it.each([
    'javascript:alert(1)',
    'data:image/svg+xml,x',
    'http://images.example.com/logo.png',
    'file:///logo.png',
    'blob:https://example.com/x',
    '/../logo.png',
    '/brand/./logo.png',
    '//images.example.com/logo.png',
    'logo.png',
  ])('HTM-01: BRAND_LOGO_URL %s is refused: only a path or https:// may stand on a page', (url) => {
    expect(faultySettings({ BRAND_LOGO_URL: url })).toEqual(['BRAND_LOGO_URL'])
  })

  it.each(['DB', 'SESSIONS', 'LOGIN_LIMIT'])('%s: names the binding that is not there', (name) => {
    for (const value of [undefined, null, '', 'janus', 1]) {
      const [fault, ...others] = faultsOf({ [name]: value })
      expect([fault?.setting, others]).toEqual([name, []])
      expect(fault?.message).toContain(`${name} is not bound, and must be bound to `)
    }
  })
})

const FINGERPRINT = `${'0A:'.repeat(31)}FF`

describe('native apps that may use passkeys', () => {
  it('are read', () => {
    const config = configOf({
      PASSKEY_APPLE_APPS: 'ABCDE12345.com.example.app , 1234567890.org.Example-2',
      PASSKEY_ANDROID_APPS: `com.example.app:${FINGERPRINT},org.example_2.App:${FINGERPRINT}`,
    })
    expect(config.passkeyAppleApps).toEqual(['ABCDE12345.com.example.app', '1234567890.org.Example-2'])
    expect(config.passkeyAndroidApps).toEqual([
      `com.example.app:${FINGERPRINT}`,
      `org.example_2.App:${FINGERPRINT}`,
    ])
  })

  it.each([
    'com.example.app',
    'abcde12345.com.example.app',
    'ABCDE1234.com.example.app',
    'ABCDE12345',
    'ABCDE12345.',
    'ABCDE12345.com..app',
    'ABCDE12345.com.example.*',
    'ABCDE12345.com.example.app,',
    'ABCDE12345.com.example.app com.example.b',
  ])('refuses %s as an Apple app', (value) => {
    expect(faultySettings({ PASSKEY_APPLE_APPS: value })).toEqual(['PASSKEY_APPLE_APPS'])
  })

  it.each([
    'com.example.app',
    `app:${FINGERPRINT}`,
    `com.example.app:${FINGERPRINT.slice(3)}`,
    `com.example.app:${FINGERPRINT}:00`,
    `com.example.app:${FINGERPRINT.toLowerCase()}`,
    `com.example.app:${FINGERPRINT.replaceAll(':', '')}`,
    `com.example.app:${FINGERPRINT.replace('FF', 'FG')}`,
    `com.1example.app:${FINGERPRINT}`,
    `com.example."app:${FINGERPRINT}`,
    `com.example.app:${FINGERPRINT};com.example.b:${FINGERPRINT}`,
  ])('refuses %s as an Android app', (value) => {
    expect(faultySettings({ PASSKEY_ANDROID_APPS: value })).toEqual(['PASSKEY_ANDROID_APPS'])
  })
})
