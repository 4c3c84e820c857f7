import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { migratePostgres } from '../../packages/cli/migrate/migrate-postgres.ts'
import { ask, freePort, type PostgresServer, startPostgres } from '../support/postgres-server'
import { describeWith } from '../support/with-tools'

const ROOT = join(import.meta.dirname, '../..')

// The Worker as `janus dev` serves it, with PostgreSQL behind a Hyperdrive binding.
describeWith(['postgres'], 'a Worker with DATABASE=postgres', () => {
  let server: PostgresServer
  let database: string
  let worker: ChildProcess
  let url: string
  const folder = mkdtempSync(join(tmpdir(), 'janus-postgres-worker-'))

  beforeAll(async () => {
    server = await startPostgres()
    database = await server.createDatabase('janus')
    await migratePostgres(database, join(ROOT, 'src/storage/postgres/migrations'))
    const port = await freePort()
    url = `http://localhost:${port}`
    const config = join(folder, 'wrangler.json')
    writeFileSync(config, JSON.stringify(wranglerConfig(url, database)))
    const command = [join(ROOT, 'packages/cli/janus.ts'), 'dev']
    const options = ['--config', config, '--port', `${port}`, '--state', join(folder, 'state')]
    worker = spawn(process.execPath, [...command, ...options], {
      cwd: folder,
      stdio: 'ignore',
      detached: true,
    })
    await answersAt(`${url}/healthz`, worker)
  })

  afterAll(async () => {
    // After SIGTERM wrangler went on running here.
    if (worker?.pid !== undefined) process.kill(-worker.pid, 'SIGKILL')
    await server?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it('is ready, signs in, refreshes and ends sessions in both modes, and leaves no connection open', async () => {
    const ready = await fetch(`${url}/readyz`)
    expect(await ready.json()).toMatchObject({
      status: 'ready',
      checks: [{ name: 'config' }, { name: 'postgres' }],
    })

    const ada = { email: 'ada@example.com', password: 'correct horse battery staple 9' }
    const registered = await post('/register', { ...ada, mode: 'token' })
    expect(registered.status).toBe(201)
    const tokens = (await registered.json()) as { access_token: string; refresh_token: string }
    const refreshed = await post('/refresh', { refresh_token: tokens.refresh_token })
    expect(refreshed.status).toBe(200)
    const { access_token: token } = (await refreshed.json()) as { access_token: string }

    const signedIn = await post('/login', { ...ada, mode: 'session' })
    expect(signedIn.status).toBe(200)
    const cookie = signedIn.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ')
    const me = await fetch(`${url}/me`, { headers: { Cookie: cookie } })
    expect(await me.json()).toMatchObject({ user: { email: ada.email } })
    expect((await post('/login', { ...ada, password: 'wrong' })).status).toBe(401)

    // No id has a NUL, and PostgreSQL takes no text with one: it is asked for none.
    const headers = { Authorization: `Bearer ${token}` }
    expect((await fetch(`${url}/sessions`, { headers })).status).toBe(200)
    const strange = await fetch(`${url}/sessions/${'%00'.repeat(3)}`, { method: 'DELETE', headers })
    expect(strange.status).toBe(404)

    expect((await post('/logout', {}, { Cookie: cookie, Origin: url })).status).toBe(204)
    expect((await fetch(`${url}/me`, { headers: { Cookie: cookie } })).status).toBe(401)
    expect(
      await ask(database, 'SELECT mode, end_reason FROM sessions ORDER BY created_at, mode DESC'),
    ).toEqual([
      { mode: 'token', end_reason: null },
      { mode: 'session', end_reason: 'signed-out' },
    ])
    const open = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = 'janus' AND backend_type = 'client backend' AND pid <> pg_backend_pid()`
    await expect.poll(() => ask(database, open)).toEqual([{ n: 0 }])
  })

  it('answers 503 while PostgreSQL is down', async () => {
    await server.stop()
    expect((await post('/login', { email: 'ada@example.com', password: 'any password at all' })).status).toBe(
      503,
    )
  })

  function post(path: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
    const json = { 'Content-Type': 'application/json', ...headers }
    return fetch(`${url}${path}`, { method: 'POST', headers: json, body: JSON.stringify(body) })
  }
})

function wranglerConfig(issuer: string, database: string): object {
  return {
    name: 'janus-on-postgres',
    main: join(ROOT, 'test/smoke/postgres-worker.ts'),
    compatibility_date: '2026-10-15',
    vars: {
      ISSUER: issuer,
      DATABASE: 'postgres',
      SESSION_COPIES: 'none',
      MEMO_SECONDS: '0',
      PASSWORD_ITERATIONS: '100000',
      AUTH_SECRET: 'Xr7VhmM0v3dEWdC1sPpT6uJqgB9oYkZfLwNaQ2iHtE4',
    },
    hyperdrive: [
      { binding: 'HYPERDRIVE', id: '0'.repeat(32), localConnectionString: `${database}?sslmode=disable` },
    ],
    ratelimits: [{ name: 'LOGIN_LIMIT', namespace_id: '1', simple: { limit: 600, period: 60 } }],
  }
}

async function answersAt(address: string, process: ChildProcess): Promise<void> {
  while (process.exitCode === null) {
    const response = await fetch(address).catch(() => null)
    if (response?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Error(`wrangler ended with ${process.exitCode}`)
}
