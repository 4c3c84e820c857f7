import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { run as verify } from '../../packages/cli/audit/verify.ts'
import { readTarget, withDatabase } from '../../packages/cli/database.ts'
import { run as doctor } from '../../packages/cli/doctor/doctor.ts'
import { run as rotate } from '../../packages/cli/keys/rotate.ts'
import { run as migrate } from '../../packages/cli/migrate/migrate.ts'
import { run as restored } from '../../packages/cli/restored/restored.ts'
import { run as exportAll } from '../../packages/cli/transfer/export.ts'
import { run as importAll } from '../../packages/cli/transfer/import.ts'
import { run as users } from '../../packages/cli/users/users.ts'
import { runCommand as janus } from '../support/run-command.ts'
import { type LocalService, startService } from './local-service.ts'

const ROOT = join(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'janus-durable-object-'))
const ADA = { email: 'ada@example.com', password: 'correct horse battery staple 9' }

/** Returns the lines of wrangler.toml that the guide shows. */
function documentedLines(): string {
  const [, toml = ''] =
    /^```toml\n(.*?)^```/ms.exec(readFileSync('docs/operate/durable-object.md', 'utf8')) ?? []
  return toml
}

/** Writes the configuration of a Worker with the object of its own. */
function writeConfig(name: string): string {
  const path = join(folder, `${name}.toml`)
  const settings = [
    'ISSUER = "https://auth.example.com"',
    'SESSION_COPIES = "none"',
    'PASSWORD_ITERATIONS = 100000',
  ]
  const top = [
    `name = "janus-${name}-${process.pid}"`,
    `main = "${ROOT}/test/smoke/durable-object-worker.ts"`,
  ]
  const lines = documentedLines().replace('[vars]\n', `[vars]\n${settings.join('\n')}\n`)
  writeFileSync(
    path,
    `${top.join('\n')}\ncompatibility_date = "2026-10-15"\n${lines}
[[ratelimits]]
name = "LOGIN_LIMIT"
namespace_id = "1"
simple = { limit = 600, period = 60 }
`,
  )
  return path
}

/** `janus dev`, with the lines of the guide. @param at The port; unless given, a free one. */
function startDev(config: string, at?: string): Promise<LocalService> {
  return startService(({ port: free, state }) => ({
    command: ['npm', 'run', 'dev', '--', '--config', config, '--port', at ?? String(free), '--state', state],
    ready: /Janus is ready/,
    cwd: ROOT,
  }))
}

// The Worker as wrangler serves it, with its database in a Durable Object, and the commands of an operator beside it.
describe('a Worker with DATABASE=durable-object', () => {
  const config = writeConfig('truth')
  const file = join(folder, 'all.ndjson')
  let service: LocalService
  let url: string

  beforeAll(async () => {
    // Workers that are served on this machine find each other there.
    process.env.WRANGLER_REGISTRY_PATH = join(folder, 'registry')
    service = await startDev(config)
    url = service.url
  })

  afterAll(async () => {
    await service?.stop()
    delete process.env.WRANGLER_REGISTRY_PATH
    rmSync(folder, { recursive: true })
  })

  async function post(path: string, body: object, headers: Record<string, string> = {}) {
    const json = { 'Content-Type': 'application/json', ...headers }
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: json,
      body: JSON.stringify(body),
    })
    const cookie = response.headers.getSetCookie().map((line) => line.split(';')[0])
    return {
      status: response.status,
      body: (response.status === 204 ? {} : await response.json()) as Record<string, string>,
      cookie: cookie.join('; '),
    }
  }

  const me = async (headers: Record<string, string>) => (await fetch(`${url}/me`, { headers })).status

  it('is reached by the commands of an operator, and by nobody from outside', async () => {
    expect((await post('/register', { ...ADA, mode: 'token' })).status).toBe(201)
    const at = ['--config', config]
    expect(await janus(migrate, ...at)).toMatchObject({
      code: 0,
      printed: expect.stringContaining('migrates itself'),
    })
    expect(await janus(users, 'roles', ADA.email, 'admin', ...at)).toEqual({
      code: 0,
      printed: expect.any(String),
    })
    expect(await janus(users, 'show', ADA.email, ...at)).toMatchObject({
      code: 0,
      printed: expect.stringContaining('admin'),
    })
    // A receiver that fails is a row of the database, so the doctor has looked into it.
    await withDatabase(readTarget(at), ({ run }) =>
      run(`INSERT INTO event_receivers (name, place, attempts) VALUES ('app', 0, 3)`),
    )
    const found = await janus(doctor, '--json', ...at)
    const checks = (JSON.parse(found.printed) as { findings: { check: string; level: string }[] }).findings
    const levelOf = (name: string) => checks.find(({ check }) => check === name)?.level
    expect({
      binding: levelOf('settings.DATABASE'),
      schema: levelOf('database.migrations'),
      events: levelOf('events.receivers'),
    }).toEqual({ binding: 'ok', schema: 'ok', events: 'warning' })
    expect(await janus(rotate, ...at)).toEqual({ code: 0, printed: expect.any(String) })
    expect(await janus(verify, ...at)).toEqual({ code: 0, printed: expect.any(String) })
    expect(await janus(restored, ...at)).toEqual({
      code: 0,
      printed: expect.stringContaining('1 session has ended'),
    })
    // The default entry point takes no statements.
    const statements = JSON.stringify([{ text: 'SELECT 1', values: [] }])
    for (const path of ['/', '/run', '/JanusOperator']) {
      const response = await fetch(`${url}${path}`, { method: 'POST', body: statements })
      expect(response.status).toBeGreaterThanOrEqual(400)
    }
  })

  it('moves to a SQLite file and back into an empty object, with everybody signed in', async () => {
    const { cookie } = await post('/login', { ...ADA, mode: 'session' })
    expect(await janus(exportAll, file, '--config', config)).toEqual({ code: 0, printed: expect.any(String) })
    const sqlite = join(folder, 'moved.sqlite')
    expect(await janus(importAll, file, '--sqlite', sqlite)).toEqual({ code: 0, printed: expect.any(String) })
    const [row] = await withDatabase(readTarget(['--sqlite', sqlite]), ({ run }) =>
      run<{ roles: string }>('SELECT roles FROM users'),
    )
    expect(row?.roles).toBe('["admin"]')

    const filled = await janus(importAll, file, '--config', config)
    expect(filled).toMatchObject({ code: -1, printed: expect.stringContaining('The database is not empty') })

    await service.stop()
    // Beside the same .dev.vars, and so with the same secret; at the same issuer.
    const other = writeConfig('moved')
    service = await startDev(other, new URL(url).port)
    expect(await janus(importAll, file, '--config', other)).toEqual({ code: 0, printed: expect.any(String) })
    expect(await me({ Cookie: cookie })).toBe(200)
  })

  it('signs in in both modes, and still knows everybody after it was killed', async () => {
    const ready = await fetch(`${url}/readyz`)
    expect(await ready.json()).toMatchObject({
      status: 'ready',
      checks: [{ name: 'config' }, { name: 'durable-object' }],
    })
    const signedIn = await post('/login', { ...ADA, mode: 'token' })
    expect(signedIn.status).toBe(200)
    const { cookie } = await post('/login', { ...ADA, mode: 'session' })
    expect(await me({ Cookie: cookie })).toBe(200)
    await service.kill()
    await service.restart()
    expect(await me({ Cookie: cookie })).toBe(200)
    expect(await me({ Authorization: `Bearer ${signedIn.body.access_token}` })).toBe(200)
    const refreshed = await post('/refresh', { refresh_token: signedIn.body.refresh_token })
    expect(refreshed.status).toBe(200)
    expect((await post('/login', { ...ADA, password: 'wrong' })).status).toBe(401)
    const origin = { Cookie: cookie, Origin: url }
    expect((await post('/logout', {}, origin)).status).toBe(204)
    expect(await me({ Cookie: cookie })).toBe(401)
  })

  it('--remote: asks nobody without a login, and says what the Worker and wrangler need', async () => {
    vi.stubEnv('XDG_CONFIG_HOME', join(folder, 'nobody'))
    vi.stubEnv('CLOUDFLARE_API_TOKEN', undefined)
    onTestFinished(() => void vi.unstubAllEnvs())
    const remote = await janus(users, 'show', ADA.email, '--remote', '--config', config)
    const said = 'The Worker must be deployed and export JanusOperator (docs/operate/durable-object.md).'
    expect(remote).toEqual({ code: -1, printed: expect.stringContaining(said) })
    expect(remote.printed).toContain('CLOUDFLARE_API_TOKEN')
    // What it has not to do needs no login.
    expect(await janus(migrate, '--remote', '--config', config)).toMatchObject({
      code: 0,
      printed: expect.stringContaining('migrates itself'),
    })
  })

  it('says that nothing serves it, where nothing does', async () => {
    const stopped = await janus(users, 'show', ADA.email, '--config', config)
    expect(stopped).toMatchObject({ code: -1, printed: expect.stringContaining('must be served here') })
  })
})
