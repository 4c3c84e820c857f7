import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { migratePostgres } from '../../packages/cli/migrate/migrate-postgres.ts'
import { run as exportTo } from '../../packages/cli/transfer/export.ts'
import { run as importFrom } from '../../packages/cli/transfer/import.ts'
import { ask, type PostgresServer, startPostgres } from '../support/postgres-server'
import { runCommand as janus } from '../support/run-command.ts'
import { describeWith } from '../support/with-tools'
import { execute, type LocalService, startService, startWorker } from './local-service.ts'

const AUTH_SECRET = 'Xr7VhmM0v3dEWdC1sPpT6uJqgB9oYkZfLwNaQ2iHtE4'
const PASSWORD = 'correct horse battery staple 9'
const folder = mkdtempSync(join(tmpdir(), 'janus-transfer-'))
const at = (name: string) => join(folder, name)

afterAll(() => rmSync(folder, { recursive: true }))

/** Returns the rows of an export, in an order of no account. */
function rowsOf(file: string): readonly string[] {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(1, -1).sort()
}

describeWith(['postgres'], 'from D1 to PostgreSQL to a SQLite file', () => {
  let server: PostgresServer
  let d1: LocalService

  beforeAll(async () => {
    server = await startPostgres()
    d1 = await startWorker([`AUTH_SECRET:${AUTH_SECRET}`])
  })

  afterAll(async () => {
    await d1?.stop()
    await server?.stop()
  })

  it('people stay signed in, and every row is what it was', async () => {
    const post = (path: string, body: object, headers: Record<string, string> = {}) =>
      fetch(`${d1.url}${path}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...headers },
        body: JSON.stringify(body),
      })
    const ada = { email: 'ada@example.com', password: PASSWORD, name: "Ada ?1 'Müller' 🦊" }
    const registered = await post('/register', { ...ada, mode: 'token' })
    expect(registered.status).toBe(201)
    const { access_token, refresh_token } = (await registered.json()) as Record<string, string>
    const signedIn = await post('/login', { email: ada.email, password: PASSWORD, mode: 'session' })
    const cookie = signedIn.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ')
    expect((await post('/login', { email: ada.email, password: 'a wrong one' })).status).toBe(401)
    await d1.kill()
    execute(d1.state, `INSERT INTO mail_attempts (attempt_key, made_at) VALUES ('${'m'.repeat(43)}', 1)`)

    const first = at('d1.ndjson')
    const written = await janus(exportTo, first, '--state', d1.state)
    expect(written.code, written.printed).toBe(0)

    const url = await server.createDatabase('moved')
    expect((await janus(importFrom, first, '--postgres', url)).printed).toContain(
      'Run: npm run migrate -- --postgres URL',
    )
    await migratePostgres(url, 'src/storage/postgres/migrations')
    const imported = await janus(importFrom, first, '--postgres', url)
    expect(imported.code, imported.printed).toBe(0)
    const second = at('postgres.ndjson')
    expect((await janus(exportTo, second, '--postgres', url)).code).toBe(0)
    expect(rowsOf(second)).toEqual(rowsOf(first))
    // Numbers go on where they were.
    await ask(url, `INSERT INTO audit_events (at, event, outcome) VALUES (1, 'signed-in', 'success')`)

    const file = at('moved.sqlite')
    const third = await janus(importFrom, second, '--sqlite', file)
    expect(third.code, third.printed).toBe(0)
    const { port } = new URL(d1.url)
    const service = await startService(() => ({
      command: [
        process.execPath,
        '--import',
        './packages/cli/require-node.js',
        'packages/cli/janus.ts',
        'serve',
      ],
      variables: {
        ISSUER: d1.url,
        AUTH_SECRET,
        HOST: 'localhost',
        PORT: port,
        DATABASE_PATH: file,
        PASSWORD_ITERATIONS: '100000',
      },
      ready: /Janus is ready: /,
    }))
    try {
      const me = await fetch(`${d1.url}/me`, { headers: { Cookie: cookie } })
      expect(await me.json()).toMatchObject({ user: { email: ada.email, name: ada.name } })
      expect(
        (await fetch(`${d1.url}/sessions`, { headers: { Authorization: `Bearer ${access_token}` } })).status,
      ).toBe(200)
      expect((await post('/refresh', { refresh_token })).status).toBe(200)
      expect((await post('/login', { email: ada.email, password: PASSWORD })).status).toBe(200)
    } finally {
      await service.stop()
    }
  })
})
