import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { request } from 'node:http'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { migratePostgres } from '../../packages/cli/migrate/migrate-postgres.ts'
import { checkNode } from '../../packages/cli/serve/serve.ts'
import { type CopyServer, startCopyServer } from '../support/copy-server'
import { type PgBouncer, startPgBouncer } from '../support/pgbouncer'
import { ask, type PostgresServer, startPostgres } from '../support/postgres-server'
import { type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts'
import { describeWith } from '../support/with-tools'
import { type LocalService, startService } from './local-service.ts'

const PASSWORD = 'correct horse battery staple 9'
const JANUS = ['--import', './packages/cli/require-node.js', 'packages/cli/janus.ts']

/** The settings of every service here: cheap hashes, and no memo, so that answers come from the stores. */
const SETTINGS = {
  AUTH_SECRET: 'Xr7VhmM0v3dEWdC1sPpT6uJqgB9oYkZfLwNaQ2iHtE4',
  PASSWORD_ITERATIONS: '100000',
  MEMO_SECONDS: '0',
}

function serve(settings: Readonly<Record<string, string>>): Promise<LocalService> {
  return startService(({ port, state }) => ({
    command: [process.execPath, ...JANUS, 'serve'],
    variables: {
      ...SETTINGS,
      ISSUER: `http://localhost:${port}`,
      HOST: 'localhost',
      PORT: String(port),
      DATABASE_PATH: `${state}.sqlite`,
      ...settings,
    },
    ready: /Janus is ready: /,
  }))
}

/** Returns the message of the command where it cannot serve. */
function refused(settings: Readonly<Record<string, string>>) {
  const { PATH = '' } = process.env
  const run = spawnSync(process.execPath, [...JANUS, 'serve'], {
    env: { PATH, ...settings },
    encoding: 'utf8',
  })
  return { code: run.status, said: run.stderr }
}

function post(
  { url }: Pick<LocalService, 'url'>,
  path: string,
  body: object,
  headers: Record<string, string> = {},
) {
  return fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
}

/** Begins a request, whose body is sent later. */
function begin({ url }: Pick<LocalService, 'url'>, path: string, body: object) {
  const text = JSON.stringify(body)
  const sent = request(`${url}${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Content-Length': text.length, Expect: '100-continue' },
  })
  const status = new Promise<number>((resolve, reject) => {
    sent.on('response', (response) => resolve(response.resume().statusCode ?? 0)).on('error', reject)
  })
  const hasBegun = new Promise((resolve) => sent.once('continue', resolve))
  sent.flushHeaders()
  return {
    hasBegun,
    finish: () => {
      sent.end(text)
      return status
    },
  }
}

async function signIn(service: Pick<LocalService, 'url'>, email: string, mode: string) {
  const response = await post(service, '/login', { email, password: PASSWORD, mode })
  expect(response.status).toBe(200)
  const cookie = response.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
  const { access_token: token, refresh_token: refreshToken = '' } = (await response.json()) as Record<
    string,
    string
  >
  const headers: Record<string, string> =
    mode === 'token' ? { Authorization: `Bearer ${token}` } : { Cookie: cookie }
  return {
    headers,
    refreshToken,
    me: async () => (await fetch(`${service.url}/me`, { headers })).status,
    signOut: async () => (await post(service, '/logout', {}, { ...headers, Origin: service.url })).status,
  }
}

describe('janus serve with a SQLite file', () => {
  let smtp: SmtpSink
  let service: LocalService
  const file = () => `${service.state}.sqlite`

  beforeAll(async () => {
    smtp = await startSmtpSink()
    service = await serve({
      REGISTRATION: 'verified',
      MAILER: 'smtp',
      MAIL_FROM: 'Janus <janus@example.com>',
      SMTP_URL: `smtp://ada:p%40ss@127.0.0.1:${smtp.port}`,
    })
  })

  afterAll(async () => {
    await service?.stop()
    await smtp.stop()
  })

  it('RL-03: registers by a mailed link, signs in, refreshes and signs out in both modes, and says which stores it has', async () => {
    expect(await (await fetch(`${service.url}/readyz`)).json()).toEqual({
      status: 'ready',
      checks: [
        { name: 'config', ok: true },
        { name: 'sqlite', ok: true },
        { name: 'memory', ok: true },
      ],
    })
    const email = 'ada@example.com'
    const spoofed = { 'CF-Connecting-IP': '203.0.113.9', 'X-Forwarded-For': '203.0.113.9' }
    const registration = { email, password: PASSWORD, mode: 'token' }
    const requested = await post(service, '/register', registration, spoofed)
    expect(requested.status).toBe(202)
    const { binding } = (await requested.json()) as { binding: string }
    const mail = await smtp.message(email)
    expect(mail).toMatch(/^From: Janus <janus@example\.com>\r$/m)
    expect(mail).toMatch(/^Message-ID: <[\w-]{22}@localhost>\r$/im)
    expect(smtp.signedIn).toEqual(['\0ada\0p@ss'])
    const [, token] = /\/email\/verify\?token=([\w-]{43})/.exec(mail) ?? []
    expect(
      (await post(service, '/email/verify', { token, binding, mode: 'token' }, spoofed)).status,
    ).toBeLessThan(300)

    for (const mode of ['session', 'token']) {
      const person = await signIn(service, email, mode)
      expect(await person.me()).toBe(200)
      if (mode === 'token')
        expect((await post(service, '/refresh', { refresh_token: person.refreshToken })).status).toBe(200)
      expect(await person.signOut()).toBe(204)
      expect((await fetch(`${service.url}/sessions`, { headers: person.headers })).status).toBe(401)
    }
    const page = await fetch(`${service.url}/login`, { headers: { Accept: 'text/html' } })
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('<form')])

    // RL-03: what a client writes itself is nobody's address.
    const database = new DatabaseSync(file())
    const addresses = database
      .prepare('SELECT DISTINCT address FROM audit_events WHERE address IS NOT NULL')
      .all()
    database.close()
    expect(addresses.map(({ address }) => address)).not.toContain('203.0.113.9')
    expect(addresses.every(({ address }) => /^(127\.0\.0\.1|::1)$/.test(String(address)))).toBe(true)
    expect(addresses).not.toEqual([])
    expect(statSync(file()).mode & 0o777).toBe(0o600)
  })

  it('gives up on a mail that the server refuses for good, and keeps what it refuses for now', async () => {
    smtp.refuseNext('550 no such user')
    await post(service, '/register', { email: 'nobody@example.com', password: PASSWORD })
    await service.printed(/"event":"mail-failed".*"error":"SMTP 550"/)
    smtp.refuseNext('451 try again')
    await post(service, '/register', { email: 'later@example.com', password: PASSWORD })
    await service.printed(/"event":"mail-not-sent".*"error":"SMTP 451"/)
  })

  it('refuses a second process on the file, and a port that is taken', async () => {
    const { port } = new URL(service.url)
    const settings = { ...SETTINGS, ISSUER: service.url, HOST: 'localhost', PORT: port }
    expect(refused({ ...settings, DATABASE_PATH: file() })).toEqual({
      code: 1,
      said: expect.stringContaining(`Another process serves from ${file()}.`),
    })
    expect(refused({ ...settings, DATABASE: 'memory' })).toEqual({
      code: 1,
      said: expect.stringContaining(`Port ${port} of localhost is in use.`),
    })
  })

  it('keeps people signed in over a stop in order, which finishes what has begun', async () => {
    const browser = await signIn(service, 'ada@example.com', 'session')
    const app = await signIn(service, 'ada@example.com', 'token')
    const running = begin(service, '/login', { email: 'ada@example.com', password: PASSWORD })
    await running.hasBegun
    const ended = service.end()
    while (
      await fetch(`${service.url}/healthz`).then(
        () => true,
        () => false,
      )
    )
      await new Promise(setImmediate)
    expect(await running.finish()).toBe(200)
    await ended
    const database = new DatabaseSync(file())
    database.exec(
      `INSERT INTO budgets (budget_key, kind, spent_until) VALUES ('${'b'.repeat(22)}', 'old', 1)`,
    )
    const old = database.prepare(`SELECT count(*) AS n FROM budgets WHERE kind = 'old'`)
    await service.restart()
    // The sweep runs at once.
    await expect.poll(() => old.get()).toEqual({ n: 0 })
    database.close()
    expect(await browser.me()).toBe(200)
    expect((await post(service, '/refresh', { refresh_token: app.refreshToken })).status).toBe(200)
  })
})

it('ends in order with the shell in which npx runs it, which hands no signal on', async () => {
  const shell = spawn('sh', ['-c', `"${process.execPath}" ${JANUS.join(' ')} serve; true`], {
    env: {
      PATH: process.env.PATH,
      ...SETTINGS,
      ISSUER: 'http://localhost:8080',
      DATABASE: 'memory',
      PORT: '0',
      npm_lifecycle_event: 'npx',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [printed] = await once(shell.stdout, 'data')
  const [, pid = ''] =
    /^(\d+)$/m.exec(
      spawnSync('ps', ['-o', 'pid=', '--ppid', String(shell.pid)], { encoding: 'utf8' }).stdout.trim(),
    ) ?? []
  try {
    expect(String(printed)).toContain('Janus is ready')
    // It is open for as long as anybody may write to it.
    const ended = once(shell.stdout, 'close', { signal: AbortSignal.timeout(5000) })
    shell.kill('SIGTERM')
    await ended
  } finally {
    spawnSync('kill', ['-9', pid])
  }
})

it('loses no account that it has acknowledged, killed in the middle of its work', async () => {
  const service = await serve({})
  try {
    const acknowledged: string[] = []
    let isUp = true
    let enough: () => void = () => {}
    const reached = new Promise<void>((resolve) => {
      enough = resolve
    })
    const clients = Array.from({ length: 4 }, async (_, client) => {
      for (let nth = 0; isUp; nth++) {
        const email = `p${client}-${nth}@example.com`
        const response = await post(service, '/register', { email, password: PASSWORD }).catch(() => null)
        if (response?.status === 201) acknowledged.push(email)
        if (acknowledged.length >= 12) enough()
      }
    })
    await reached
    await service.kill()
    isUp = false
    await Promise.all(clients)
    await service.restart()
    const database = new DatabaseSync(`${service.state}.sqlite`)
    const kept = database
      .prepare('SELECT email FROM users')
      .all()
      .map(({ email }) => email)
    expect(database.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }])
    database.close()
    expect(acknowledged.filter((email) => !kept.includes(email))).toEqual([])
    expect(acknowledged.length).toBeGreaterThanOrEqual(12)
  } finally {
    await service.stop()
  }
})

// As Hyperdrive and PgBouncer stand before Workers, one may stand before each process, or before some.
describeWith(
  ['postgres', 'pgbouncer'],
  'janus serve with PostgreSQL, two processes, one of them behind PgBouncer',
  () => {
    let server: PostgresServer
    let bouncer: PgBouncer
    let url: string
    let processes: LocalService[] = []

    beforeAll(async () => {
      server = await startPostgres()
      url = await server.createDatabase('janus')
      const settings = { DATABASE: 'postgres', DATABASE_URL: url, CLIENT_ADDRESS: 'X-Forwarded-For' }
      expect(refused({ ...SETTINGS, ...settings, ISSUER: 'http://localhost:8080', PORT: '0' })).toEqual({
        code: 1,
        said: expect.stringContaining('Run: npx janus migrate --postgres URL.'),
      })
      await migratePostgres(url, 'src/storage/postgres/migrations')
      // Its connections have the time-outs that the migration sets.
      bouncer = await startPgBouncer(url)
      const issuer = 'http://localhost:8080'
      processes = await Promise.all(
        [url, bouncer.through(url)].map((DATABASE_URL) =>
          serve({ ...settings, DATABASE_URL, ISSUER: issuer }),
        ),
      )
    })

    afterAll(async () => {
      await Promise.all(processes.map((service) => service.stop()))
      await bouncer?.stop()
      await server?.stop()
    })

    it('RL-01: share the limit of an account exactly, and the sessions', async () => {
      const [one, other] = processes as [LocalService, LocalService]
      expect(await (await fetch(`${one.url}/readyz`)).json()).toMatchObject({
        status: 'ready',
        checks: [{ name: 'config' }, { name: 'postgres' }],
      })
      const email = 'grace@example.com'
      expect((await post(one, '/register', { email, password: PASSWORD })).status).toBe(201)
      const grace = await signIn(one, email, 'session')
      expect((await fetch(`${other.url}/me`, { headers: grace.headers })).status).toBe(200)

      const guess = (nth: number) => {
        // The proxy appends what it saw; what is before it is the client's own.
        const headers = { 'X-Forwarded-For': `10.0.0.1, 198.51.100.${nth}` }
        return post(nth % 2 === 0 ? one : other, '/login', { email, password: `wrong guess ${nth}` }, headers)
      }
      const begun = Date.now()
      const guesses = await Promise.all(Array.from({ length: 24 }, (_, nth) => guess(nth)))
      const answers = guesses.map(({ status }) => status)
      const checked = answers.filter((status) => status === 401).length
      expect(answers.filter((status) => status === 429)).toHaveLength(24 - checked)
      // Each guess that was checked counts for a day, once: neither process lost what the other counted.
      const now = Math.floor(Date.now() / 1000)
      const [budget] = await ask(
        url,
        `SELECT max(spent_until)::int AS until FROM budgets WHERE kind = 'password'`,
      )
      expect(Math.round((Number(budget?.until) - now) / 86_400)).toBe(checked)
      // Five at once; where the machine is slow, one more after a second, after two, after four.
      const seconds = Math.ceil((Date.now() - begun) / 1000)
      expect(checked).toBeGreaterThanOrEqual(5)
      expect(checked).toBeLessThanOrEqual(5 + Math.floor(Math.log2(seconds + 1)))
      const seen = await ask(
        url,
        `SELECT DISTINCT address FROM audit_events WHERE event = 'signed-in' AND outcome = 'refused'`,
      )
      expect(seen.length).toBeGreaterThan(0)
      expect(seen.every(({ address }) => String(address).startsWith('198.51.100.'))).toBe(true)
    })

    it('stops in order, and leaves no connection to the server', async () => {
      await Promise.all(processes.map((service) => service.end()))
      await expect.poll(() => bouncer.clientsOf('janus')).toEqual([])
      // What is open now is PgBouncer's.
      await bouncer.stop()
      const open = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = 'janus' AND backend_type = 'client backend' AND pid <> pg_backend_pid()`
      await expect.poll(() => ask(url, open)).toEqual([{ n: 0 }])
    })
  },
)

describeWith(['redis', 'memcached'], 'janus serve with copies of sessions in a server', () => {
  it.each([
    ['redis', (port: number) => ({ REDIS_URL: `redis://127.0.0.1:${port}/1` })],
    ['memcached', (port: number) => ({ MEMCACHED_ADDRESS: `127.0.0.1:${port}` })],
  ] as const)(
    'OUT-02: %s: killed under load, it signs nobody out, and its copies are there again without a restart',
    async (name, where) => {
      let server: CopyServer | null = null
      let service: LocalService | null = null
      try {
        server = await startCopyServer(name)
        service = await serve({ SESSION_COPIES: name, ...where(server.port) })
        const here = service
        const readyz = async () => {
          const body = (await (await fetch(`${here.url}/readyz`)).json()) as { checks: readonly unknown[] }
          return body.checks.at(-1)
        }
        expect(await readyz()).toEqual({ name, ok: true })
        const email = 'ada@example.com'
        expect((await post(here, '/register', { email, password: PASSWORD })).status).toBe(201)
        const [ada, again] = [await signIn(here, email, 'session'), await signIn(here, email, 'session')]
        const asking = Promise.all(Array.from({ length: 40 }, () => ada.me()))
        await server.kill()
        expect(new Set(await asking)).toEqual(new Set([200]))
        // It is asked once in a while.
        await expect.poll(readyz).toMatchObject({ name, ok: false })
        expect(await (await signIn(here, email, 'session')).me()).toBe(200)
        // The session has ended, and its copy may be there.
        expect([await again.signOut(), await again.me()]).toEqual([503, 401])
        await server.start()
        await expect.poll(readyz).toEqual({ name, ok: true })
        expect([await ada.me(), await ada.signOut(), await ada.me()]).toEqual([200, 204, 401])
        await here.end()
        expect(here.output()).not.toMatch(/Error: |before everything was finished/)
      } finally {
        await service?.stop()
        await server?.kill()
      }
    },
  )
})

describe('janus serve says what is wrong', () => {
  const issuer = { ISSUER: 'http://localhost:8080' }
  const rows: readonly (readonly [what: string, settings: Record<string, string>, said: string])[] = [
    ['no settings', {}, 'ISSUER is missing, and has no default.\n  AUTH_SECRET is missing'],
    [
      'a database that is gone with its process',
      { ISSUER: 'https://auth.example.com', DATABASE: 'memory' },
      'DATABASE must not be memory here',
    ],
    ['D1', { ...issuer, DATABASE: 'd1' }, 'DATABASE cannot be d1 on Node'],
    ['copies in Redis without a URL', { ...issuer, SESSION_COPIES: 'redis' }, 'REDIS_URL is missing'],
    ['copies in KV', { ...issuer, SESSION_COPIES: 'kv' }, 'SESSION_COPIES cannot be kv on Node'],
    ['mail of Cloudflare', { ...issuer, MAILER: 'cloudflare' }, 'MAILER cannot be cloudflare on Node'],
    ['PostgreSQL without a URL', { ...issuer, DATABASE: 'postgres' }, 'DATABASE_URL is missing'],
    [
      'SMTP without a server',
      { ...issuer, MAILER: 'smtp', MAIL_FROM: 'janus@example.com' },
      'SMTP_URL is missing',
    ],
    ['a port that is none', { ...issuer, PORT: '70000' }, 'PORT must be a port'],
    ['a header that is none', { ...issuer, CLIENT_ADDRESS: 'X Real' }, 'CLIENT_ADDRESS must be socket, or'],
    [
      'PostgreSQL that is not there',
      { ...issuer, DATABASE: 'postgres', DATABASE_URL: 'postgres://nobody:secret@127.0.0.1:1/x' },
      'The database cannot be reached',
    ],
  ]

  // One after another would start nine processes.
  it('of every setting at once, without its value', async () => {
    const { serveJanus } = await (await import('../../packages/cli/serve/janus-on-node.ts')).loadJanusOnNode()
    for (const [what, settings, said] of rows) {
      const secret = what === 'no settings' ? {} : { AUTH_SECRET: SETTINGS.AUTH_SECRET }
      const fault = await serveJanus({ ...secret, ...settings }, []).then(
        () => 'it serves',
        (error: unknown) => String(error),
      )
      expect(fault, what).toContain(said)
      // wrangler.toml is of Workers alone.
      expect(fault, what).not.toMatch(/secret@|70000|X Real|wrangler/)
    }
  })

  it('of an older Node, and of a file of settings that is not there', () => {
    expect(() => checkNode('20.19.0')).toThrow('needs Node 22.16 or newer')
    expect(() => checkNode('22.15.1')).toThrow('This is Node 22.15.1')
    expect(() => checkNode('22.16.0')).not.toThrow()
    expect(() => checkNode('23.11.0')).toThrow('This is Node 23.11.0')
    expect(() => checkNode('24.0.0')).not.toThrow()
    const run = spawnSync(process.execPath, [...JANUS, 'serve', '--env', 'no-such-file'], {
      encoding: 'utf8',
    })
    expect([run.status, run.stderr]).toEqual([2, 'no-such-file cannot be read.\n'])
  })
})
