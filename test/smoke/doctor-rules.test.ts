import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Plan } from '../../packages/cli/doctor/check-plan.ts'
import { renderFindings } from '../../packages/cli/doctor/finding.ts'
import { both, type Edit, examine, first, set, without, wrong } from './examine-config.ts'
import {
  documentedToml,
  makeFolder,
  rewriteAsJson,
  SAMPLE_SECRET,
  writeOwnToml,
  writeToml,
} from './sample-config.ts'

const OWN_HOST = documentedToml('own-host')

/** Matches what only a file in TOML says: a table, or a line of its own form. */
const IN_TOML = /\[(?:vars|secrets|triggers|observability|assets|limits)\b|\w = (?:["'[{\d]|true|false)/

const onWorkersDev = (issuer: string) =>
  both(
    set('ISSUER', `"${issuer}"`),
    without('routes = [{ pattern = "auth.example.com", custom_domain = true }]\n'),
    without('workers_dev = false\n'),
    set('ALLOWED_ORIGINS', '"none"'),
  )

const under = (path: string, routes: string) =>
  both(set('ISSUER', `"https://example.com${path}"`), set('routes', routes))

/** Returns the lines of wrangler.toml that a page shows, without the head of their settings. */
function documentedClass(page = 'explain/session-copies'): string {
  const [, toml = ''] = /^```toml\n(.*?)^```/ms.exec(readFileSync(`docs/${page}.md`, 'utf8')) ?? []
  return toml.replace(/^\[vars\]\n.*\n/, '')
}

const withDatabaseObject: Edit = (toml) => `${toml}\n${documentedClass('operate/durable-object')}`
const onDatabaseObject = both(set('DATABASE', '"durable-object"'), withDatabaseObject)

const onPostgres = both(
  set('DATABASE', '"postgres"'),
  (toml) => `${toml}\n[[hyperdrive]]\nbinding = "HYPERDRIVE"\nid = "${'0'.repeat(32)}"\n`,
)

describe('the doctor, of a deployed configuration', () => {
  const MALFORMED = ['warning settings.rest']
  const rows: readonly (readonly [name: string, edit: Edit, expected: readonly string[], plan?: Plan])[] = [
    // What parseConfig refuses, and what must not be deployed all the same.
    ['a setting that is wrong', set('JWT_ALG', '"none"'), ['error settings.JWT_ALG', ...MALFORMED]],
    ['no issuer', without('ISSUER = "https://auth.example.com"'), ['error settings.ISSUER', ...MALFORMED]],
    [
      'an issuer without TLS',
      set('ISSUER', '"http://auth.example.com"'),
      ['error settings.ISSUER', ...MALFORMED],
    ],
    [
      'mail that is printed',
      set('MAILER', '"console"'),
      ['error settings.MAILER', 'warning settings.MAIL_FROM', ...MALFORMED],
    ],
    [
      'a secret that is committed',
      both(set('AUTH_SECRET', `"${SAMPLE_SECRET}"`), without('required = ["AUTH_SECRET"]')),
      ['error settings.AUTH_SECRET', 'warning worker.secrets'],
    ],
    [
      'passkeys for a public suffix',
      both(
        set('ISSUER', '"https://auth.example.co.uk"'),
        set('routes', '[{ pattern = "auth.example.co.uk", custom_domain = true }]'),
        set('ALLOWED_ORIGINS', '"none"'),
        set('PASSKEY_RP_ID', '"co.uk"'),
      ),
      ['error settings.PASSKEY_RP_ID'],
    ],
    ['a misspelt setting', set('AUTH_MODES', '"token"'), ['warning settings.AUTH_MODES']],
    [
      'no mailer',
      both(
        set('MAILER', '"none"'),
        without('MAIL_FROM = "Example <login@example.com>"\n'),
        set('REGISTRATION', '"open"'),
      ),
      ['warning settings.MAILER'],
    ],
    ['open registration with a mailer', set('REGISTRATION', '"open"'), ['warning settings.REGISTRATION']],
    [
      'an audience without tokens',
      both(set('AUTH_MODE', '"session"'), set('AUDIENCE', '"api"')),
      ['warning settings.AUDIENCE'],
    ],
    // Bindings.
    ['no database', set('binding', '"OTHER"'), ['error settings.DB']],
    ['no KV', without('[[kv_namespaces]]\nbinding = "SESSIONS"\n'), ['error settings.SESSIONS']],
    ['no copies, and KV for the mark', set('SESSION_COPIES', '"none"'), []],
    [
      'no copies, and no KV',
      both(set('SESSION_COPIES', '"none"'), without('[[kv_namespaces]]\nbinding = "SESSIONS"\n')),
      ['warning settings.SESSION_COPIES'],
    ],
    [
      'copies in Durable Objects, not bound',
      set('SESSION_COPIES', '"durable-object"'),
      ['error settings.COPIES'],
    ],
    [
      'copies in Durable Objects',
      both(set('SESSION_COPIES', '"durable-object"'), (toml) => `${toml}\n${documentedClass()}`),
      [],
    ],
    ['a Durable Object as the database', onDatabaseObject, []],
    ['a Durable Object that is not bound', set('DATABASE', '"durable-object"'), ['error settings.JANUS_DB']],
    ['a Durable Object that is bound, and D1', withDatabaseObject, ['warning settings.DATABASE']],
    [
      'the class of copies as the database',
      both(onDatabaseObject, (toml) =>
        toml.replace('class_name = "JanusDatabase"', 'class_name = "SessionCopiesObject"'),
      ),
      ['error settings.DATABASE'],
    ],
    [
      'a Durable Object without SQLite',
      both(onDatabaseObject, (toml) => toml.replace(/\[exports.JanusDatabase\][^[]*/, '')),
      ['error settings.DATABASE'],
    ],
    [
      'the Durable Object of another Worker',
      both(onDatabaseObject, (toml) =>
        toml.replace('class_name = "JanusDatabase"', 'class_name = "JanusDatabase"\nscript_name = "other"'),
      ),
      ['warning settings.DATABASE'],
    ],
    ['PostgreSQL', onPostgres, []],
    ['PostgreSQL that is not bound', set('DATABASE', '"postgres"'), ['error settings.HYPERDRIVE']],
    ['copies in memory', set('SESSION_COPIES', '"memory"'), ['warning settings.SESSION_COPIES']],
    [
      'copies in Memcached',
      both(set('SESSION_COPIES', '"memcached"'), set('MEMCACHED_ADDRESS', '"cache.example.com:11211"')),
      ['warning settings.SESSION_COPIES'],
    ],
    [
      'copies in Memcached, nobody says where',
      set('SESSION_COPIES', '"memcached"'),
      ['error settings.MEMCACHED_ADDRESS', 'warning settings.rest'],
    ],
    ['copies in Redis, without its secret', set('SESSION_COPIES', '"redis"'), ['error settings.REDIS_URL']],
    [
      'a bound on the age of copies in KV',
      set('SESSION_COPY_SECONDS', '60'),
      ['warning settings.SESSION_COPY_SECONDS'],
    ],
    [
      'no rate limit',
      (toml) => toml.replace('name = "LOGIN_LIMIT"', 'name = "OTHER"'),
      ['error settings.LOGIN_LIMIT'],
    ],
    ['no mail binding', without('[[send_email]]\nname = "EMAIL"\n'), ['error settings.EMAIL']],
    [
      'a logo, and no files',
      both(without('binding = "ASSETS"'), set('MAILER', '"cloudflare"\nBRAND_LOGO_URL = "/janus.css"')),
      ['warning worker.ASSETS'],
    ],
    [
      'a logo that is not among the files',
      set('MAILER', '"cloudflare"\nBRAND_LOGO_URL = "/logo.svg"'),
      ['warning worker.ASSETS'],
    ],
    ['a logo that is', set('MAILER', '"cloudflare"\nBRAND_LOGO_URL = "/janus.css"'), []],
    ['no files', without('binding = "ASSETS"'), []],
    ['files before the Worker', without('run_worker_first = true'), ['warning worker.ASSETS']],
    ['another period', (toml) => toml.replace('period = 60', 'period = 10'), ['warning worker.LOGIN_LIMIT']],
    ['a secret that is not required', without('required = ["AUTH_SECRET"]'), ['warning worker.secrets']],
    [
      'other migrations',
      (toml) => toml.replace('"src/storage/d1/migrations"', '"migrations"'),
      ['error worker.migrations'],
    ],
    // The Worker.
    ['no cron', without('crons = ["* * * * *"]'), ['error worker.cron']],
    ['a slow cron', set('crons', '["*/5 * * * *"]'), ['warning worker.cron']],
    ['URLs in the log', without('[observability.logs]\ninvocation_logs = false\n'), ['error worker.logs']],
    [
      'no log',
      without('[observability]\nenabled = true\n\n[observability.logs]\ninvocation_logs = false\n'),
      ['warning worker.logs'],
    ],
    ['a log that is sent on', first('logpush = true'), ['warning worker.logpush']],
    ['previews', set('preview_urls', 'true'), ['error worker.previews']],
    ['previews, not said', without('preview_urls = false\n'), ['warning worker.previews']],
    ['a cache', (toml) => `${toml}\n[cache]\nenabled = true\n`, ['error worker.cache']],
    ['no date', without('compatibility_date = "2026-10-15"'), ['error worker.compatibility_date']],
    ['an old date', set('compatibility_date', '"2026-01-01"'), ['warning worker.compatibility_date']],
    ['a date to come', set('compatibility_date', '"2999-01-01"'), ['error worker.compatibility_date']],
    // The address.
    [
      'this machine',
      onWorkersDev('http://localhost:8787'),
      ['error site.host', 'warning site.route', 'warning site.workers_dev'],
    ],
    [
      'an IP address',
      onWorkersDev('https://203.0.113.5'),
      ['error site.host', 'warning site.route', 'warning site.workers_dev'],
    ],
    [
      'a public suffix',
      onWorkersDev('https://co.uk'),
      ['error site.host', 'warning site.route', 'warning site.workers_dev'],
    ],
    [
      'a suffix of a company',
      onWorkersDev('https://github.io'),
      ['error site.host', 'warning site.route', 'warning site.workers_dev'],
    ],
    [
      'a name of no public suffix',
      onWorkersDev('https://auth.internal'),
      ['error site.host', 'warning site.route', 'warning site.workers_dev'],
    ],
    [
      'pages.dev',
      onWorkersDev('https://janus.pages.dev'),
      ['warning site.host', 'warning site.route', 'warning site.workers_dev'],
    ],
    [
      'a shared domain',
      onWorkersDev('https://me.github.io'),
      ['warning site.host', 'warning site.route', 'warning site.workers_dev'],
    ],
    ['workers.dev', onWorkersDev('https://janus.acme.workers.dev'), ['warning site.host']],
    ['workers.dev of another Worker', onWorkersDev('https://other.acme.workers.dev'), ['error site.host']],
    ['workers.dev without an account', onWorkersDev('https://janus.workers.dev'), ['error site.host']],
    [
      'workers.dev, switched off',
      both(onWorkersDev('https://janus.acme.workers.dev'), first('workers_dev = false')),
      ['error site.host'],
    ],
    ['workers.dev beside a domain', set('workers_dev', 'true'), ['warning site.workers_dev']],
    [
      'a route to another host',
      set('routes', '[{ pattern = "login.example.com", custom_domain = true }]'),
      ['error site.route', 'warning site.route'],
    ],
    [
      'a second door',
      set('routes', '[{ pattern = "auth.example.com", custom_domain = true }, "login.example.com/*"]'),
      ['warning site.route'],
    ],
    ['a route to the root alone', set('routes', '["auth.example.com/"]'), ['error site.route']],
    ['a route that takes the whole site', under('/auth', '["example.com/*"]'), ['warning site.route']],
    ['a route without the path itself', under('/auth', '["example.com/auth/*"]'), ['error site.route']],
    ['a route without what is below', under('/auth', '["example.com/auth"]'), ['error site.route']],
    [
      'a route for plain HTTP',
      under('/auth', '["http://example.com/auth*"]'),
      ['error site.route', 'warning site.route'],
    ],
    [
      'a route to what apps look for at the root',
      under('/auth', '["example.com/auth*", "example.com/.well-known/openid-configuration/auth"]'),
      [],
    ],
    ['two routes that do it together', under('/auth', '["example.com/auth", "example.com/auth/*"]'), []],
    [
      'one route instead of a list',
      both(
        without('routes = [{ pattern = "auth.example.com", custom_domain = true }]\n'),
        first('route = "*auth.example.com/*"'),
      ),
      [],
    ],
    // Other origins.
    ['its own origin', set('ALLOWED_ORIGINS', '"https://auth.example.com"'), ['warning origins.site']],
    [
      'another site, both modes',
      set('ALLOWED_ORIGINS', '"https://app.example.net"'),
      ['warning origins.site'],
    ],
    [
      'another site, sessions alone',
      both(set('ALLOWED_ORIGINS', '"https://app.example.net"'), set('AUTH_MODE', '"session"')),
      ['error origins.site'],
    ],
    [
      'another site, tokens alone',
      both(set('ALLOWED_ORIGINS', '"https://app.example.net"'), set('AUTH_MODE', '"token"')),
      [],
    ],
    ['a web view, both modes', set('ALLOWED_ORIGINS', '"capacitor://localhost"'), ['warning origins.site']],
    [
      'a web view, sessions alone',
      both(set('ALLOWED_ORIGINS', '"capacitor://localhost"'), set('AUTH_MODE', '"session"')),
      ['error origins.site'],
    ],
    [
      'the same name without TLS',
      set('ALLOWED_ORIGINS', '"http://localhost:3000"'),
      ['warning origins.site'],
    ],
    [
      'neighbours on a suffix',
      both(
        onWorkersDev('https://janus.acme.workers.dev'),
        set('ALLOWED_ORIGINS', '"https://shop.acme.workers.dev, https://shop.other.workers.dev"'),
      ),
      ['warning site.host', 'warning origins.site'],
    ],
    // The plan.
    ['a hash that does not fit', set('cpu_ms', '400'), ['error plan.cpu']],
    [
      'Workers Free',
      both(without('[limits]\ncpu_ms = 5000\n'), set('AUTH_MODE', '"token"'), set('MAILER', '"resend"')),
      ['error settings.RESEND_API_KEY', 'error plan.cpu'],
      'free',
    ],
    [
      'Workers Free at the lowest cost',
      both(
        without('[limits]\ncpu_ms = 5000\n'),
        set('AUTH_MODE', '"token"'),
        set('PASSWORD_ITERATIONS', '100000'),
        without('MAIL_FROM = "Example <login@example.com>"\n'),
        set('MAILER', '"none"'),
        set('REGISTRATION', '"closed"'),
      ),
      ['warning plan.cpu'],
      'free',
    ],
    [
      'all that Workers Free does not do',
      (toml) => toml,
      ['error plan.cpu', 'error plan.limits', 'warning plan.kv', 'error plan.mail'],
      'free',
    ],
    ['a plan that is not known', without('[limits]\ncpu_ms = 5000\n'), ['warning plan.unknown'], 'unknown'],
    ['a plan that shows', (toml) => toml, [], 'unknown'],
  ]

  it.each(rows.map(([name, edit, expected, plan = 'paid']) => ({ name, edit, expected, plan })))(
    'finds: $name',
    async ({ edit, expected, plan }) => {
      const config = writeOwnToml(edit(OWN_HOST))
      const findings = await examine(config, {}, plan)
      expect(wrong(findings)).toEqual(expected)
      const inJson = await examine(rewriteAsJson(config), {}, plan)
      expect(wrong(inJson)).toEqual(expected)
      for (const { what, fix } of inJson) {
        expect(`${what} ${fix}`).not.toMatch(IN_TOML)
        expect(`${what} ${fix}`).not.toContain('wrangler.toml')
      }
      for (const { level, fix, what } of findings) {
        expect(what).not.toContain('undefined')
        expect(fix === null).toBe(level === 'ok')
      }
    },
  )

  it('leaves alone what belongs to the app that Janus is mounted in', async () => {
    const own = both(set('SHOP_NAME', '"Acme"'), set('routes', '["example.com/*", "shop.example.com/*"]'))
    expect(wrong(await examine(writeToml(own(documentedToml('add-to-your-worker')))))).toEqual([])
  })

  it.each([
    [
      'no list of secrets, because wrangler reads no others once there is one',
      without('[secrets]\nrequired = ["AUTH_SECRET"]\n'),
      'Add to wrangler.toml: required = ["AUTH_SECRET"] in [secrets]. Name every other secret of this machine there, too, because wrangler then reads no others.',
    ],
    [
      'a list without the secret of Janus',
      set('required', '["STRIPE_KEY"]'),
      'Set in wrangler.toml: required = ["STRIPE_KEY", "AUTH_SECRET"] in [secrets].',
    ],
  ])('says what hides no secret of an app with %s', async (_, edit, fix) => {
    const findings = await examine(writeToml(edit(documentedToml('add-to-your-worker'))))
    expect(findings.find(({ check }) => check === 'worker.secrets')?.fix).toBe(fix)
  })

  it.each<[name: string, edit: Edit, expected: readonly string[]]>([
    ['is not set', without('APP_URL = "https://example.com/"\n'), ['warning settings.APP_URL']],
    ['is none, as somebody has decided', set('APP_URL', '"none"'), []],
    ['is elsewhere', set('APP_URL', '"https://app.example.com/"'), []],
    [
      'is the example that janus init writes',
      both(
        set('ISSUER', '"https://shop.example.co.uk/auth"'),
        set('routes', '["shop.example.co.uk/*"]'),
        set('MAIL_FROM', '"a@shop.example.co.uk"'),
      ),
      ['error settings.APP_URL'],
    ],
  ])('looks where a sign-in to an app leads: APP_URL %s', async (_, edit, expected) => {
    expect(wrong(await examine(writeToml(edit(documentedToml('add-to-your-worker')))))).toEqual(expected)
  })

  it('does not say that APP_URL is not set where it is a secret', async () => {
    const config = writeToml(
      without('APP_URL = "https://example.com/"\n')(documentedToml('add-to-your-worker')),
    )
    const findings = await examine(config, { secretNames: ['AUTH_SECRET', 'APP_URL'] })
    expect(findings.filter(({ check }) => check === 'settings.APP_URL')).toEqual([
      expect.objectContaining({ what: expect.stringContaining('APP_URL is a secret of the Worker') }),
    ])
  })

  it('finds a secret that is not there, and not one that is', async () => {
    const config = writeOwnToml(set('MAILER', '"resend"')(OWN_HOST))
    expect(wrong(await examine(config, { secretNames: [] }))).toEqual([
      'error settings.RESEND_API_KEY',
      'error settings.AUTH_SECRET',
    ])
    expect(wrong(await examine(config, { secretNames: ['AUTH_SECRET', 'RESEND_API_KEY'] }))).toEqual([])
    // Where nobody could be asked, that is what is said, and not that they are missing.
    expect(wrong(await examine(config, { secretNames: null }))).toEqual([])
  })

  it('judges the secrets that are to go along', async () => {
    const secrets = { AUTH_SECRET: 'secret-secret-secret-secret-secret-secret-secret' }
    const findings = await examine(writeOwnToml(OWN_HOST), { secretNames: [], secrets })
    expect(wrong(findings)).toEqual(['error settings.AUTH_SECRET'])
    expect(JSON.stringify(findings)).not.toContain(secrets.AUTH_SECRET)
  })

  it('says of a setting that is a secret that it cannot be read', async () => {
    const config = writeOwnToml(without('ISSUER = "https://auth.example.com"')(OWN_HOST))
    const findings = await examine(config, { secretNames: ['AUTH_SECRET', 'ISSUER'] })
    expect(wrong(findings)).toEqual(['warning settings.ISSUER', 'warning settings.rest'])
  })

  it('says which origins cookies reach', async () => {
    const [finding] = (await examine(writeOwnToml(OWN_HOST))).filter(({ check }) => check === 'origins.site')
    expect(finding).toMatchObject({ level: 'ok', what: expect.stringContaining("credentials: 'include'") })
  })

  it.each<[assets: string, finding: object | null]>([
    [
      '',
      {
        level: 'warning',
        what: expect.stringContaining('opens /auth/login gets a page of the app'),
        fix: expect.stringMatching(
          /a list of "\/auth" and "\/auth\/\*", and of every other path .*"\/api\/\*"/,
        ),
      },
    ],
    [
      'run_worker_first = ["/auth/*"]',
      {
        level: 'warning',
        what: expect.stringContaining('opens /auth gets'),
        fix: 'Add to run_worker_first in assets of wrangler.toml: "/auth".',
      },
    ],
    [
      'run_worker_first = ["/api/*", "/auth/login"]',
      {
        level: 'warning',
        fix: 'Replace "/auth/login" by "/auth" and "/auth/*" in run_worker_first in assets of wrangler.toml.',
      },
    ],
    [
      'run_worker_first = ["/auth", "/auth/*", "!/auth/*"]',
      {
        level: 'error',
        fix: 'Remove "!/auth/*" from run_worker_first in assets of wrangler.toml, or make it narrower.',
      },
    ],
    ['run_worker_first = ["/auth", "/auth/*", "!/auth/logo.svg"]', { level: 'warning' }],
    ['run_worker_first = ["/auth", "/auth/*"]', null],
    ['run_worker_first = true', null],
  ])('finds a single-page app that answers for Janus: %s', async (assets, finding) => {
    const app = `[assets]\ndirectory = "."\nnot_found_handling = "single-page-application"\n${assets}\n\n[vars]\n`
    const toml = documentedToml('add-to-your-worker').replace('[vars]\n', app)
    const findings = await examine(writeToml(toml))
    expect(findings.filter(({ level }) => level !== 'ok')).toEqual(
      finding === null ? [] : [expect.objectContaining({ check: 'worker.run_worker_first', ...finding })],
    )
  })

  it.each(['deployed', 'local'] as const)('names the file that there is: %s', async (target) => {
    const configPath = join(makeFolder(), 'wrangler.jsonc')
    const vars = { AUTH_SECRET: SAMPLE_SECRET, ISSUER: 'https://shop.example.com/auth' }
    writeFileSync(configPath, JSON.stringify({ name: 'shop', main: 'worker.ts', vars }))
    const text = (await examine({ configPath }, { target }))
      .map(({ what, fix }) => `${what} ${fix}`)
      .join('\n')
    expect(text).toContain('"vars" of wrangler.jsonc')
    expect(text).toContain('Add to wrangler.jsonc: "secrets": { "required": ["AUTH_SECRET"] }.')
    expect(text).toContain('"triggers": { "crons": ["* * * * *"] }')
    if (target === 'deployed')
      expect(text).toContain('"routes": [{ "pattern": "shop.example.com/auth*", "zone_name": "…" }]')
    expect(text).not.toContain('wrangler.toml')
    expect(text).not.toMatch(IN_TOML)
  })

  it('says everything in 80 columns', async () => {
    const edits = both(
      set('ALLOWED_ORIGINS', '"https://app.example.net"'),
      set('routes', '["example.com/auth"]'),
    )
    const text = renderFindings(await examine(writeOwnToml(edits(OWN_HOST)), {}, 'free'))
    for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80)
    expect(text).toContain('Fix: ')
  })
})
