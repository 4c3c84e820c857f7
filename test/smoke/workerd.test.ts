import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run as users } from '../../packages/cli/users/users.ts'
import { freePort } from '../support/postgres-server'
import { runCommand as janus } from '../support/run-command.ts'

const ROOT = join(import.meta.dirname, '../..')
const PAGE = readFileSync(join(ROOT, 'docs/operate/workerd.md'), 'utf8')
const ADA = { email: 'ada@example.com', password: 'correct horse battery staple 9' }

/** Returns the code of the page in a language. */
function documented(language: string): string {
  return new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'ms').exec(PAGE)?.[1] ?? ''
}

// What docs/operate/workerd.md says, with the ports of this test.
describe('workerd alone', () => {
  const folder = mkdtempSync(join(tmpdir(), 'janus-workerd-'))
  let url: string
  let sweep: string
  let workerd: ChildProcess

  beforeAll(async () => {
    const [port, sweepPort] = [await freePort(), await freePort()]
    url = `http://localhost:${port}`
    sweep = `http://127.0.0.1:${sweepPort}/`
    await build({
      stdin: { contents: documented('ts'), resolveDir: ROOT, loader: 'ts' },
      alias: {
        janus: join(ROOT, 'packages/janus/index.ts'),
        'janus/durable-object-database': join(ROOT, 'packages/janus/durable-object-database.ts'),
      },
      bundle: true,
      format: 'esm',
      target: 'es2024',
      jsx: 'automatic',
      jsxImportSource: 'hono/jsx',
      external: ['cloudflare:*'],
      outfile: join(folder, 'worker.js'),
    })
    const config = documented('capnp')
      .replace('127.0.0.1:8787', `127.0.0.1:${port}`)
      .replace('127.0.0.1:8788', `127.0.0.1:${sweepPort}`)
      .replace('https://auth.example.com', url)
      .replace('bindings = [', 'bindings = [\n    (name = "PASSWORD_ITERATIONS", text = "100000"),')
    writeFileSync(join(folder, 'janus.capnp'), config)
    mkdirSync(join(folder, 'data'), { mode: 0o700 })
    await start()
  })

  afterAll(async () => {
    await kill()
    rmSync(folder, { recursive: true })
  })

  async function start(): Promise<void> {
    const env = { ...process.env, AUTH_SECRET: 'Xr7VhmM0v3dEWdC1sPpT6uJqgB9oYkZfLwNaQ2iHtE4' }
    const program = join(ROOT, 'node_modules/.bin/workerd')
    workerd = spawn(program, ['serve', 'janus.capnp'], { cwd: folder, env, detached: true, stdio: 'ignore' })
    for (;;) {
      const ready = await fetch(`${url}/readyz`).catch(() => null)
      if (ready?.ok) return
      if (workerd.exitCode !== null) throw new Error(`workerd ended with ${workerd.exitCode}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  async function kill(): Promise<void> {
    const { pid, exitCode } = workerd
    if (pid === undefined || exitCode !== null) return
    const exited = new Promise((resolve) => workerd.once('exit', resolve))
    process.kill(-pid, 'SIGKILL')
    await exited
  }

  function post(path: string, body: object): Promise<Response> {
    const headers = { 'Content-Type': 'application/json' }
    return fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  }

  it('signs in in both modes, sweeps, keeps all of it when it is killed, and lets an operator at the file', async () => {
    const registered = await post('/register', { ...ADA, mode: 'token' })
    expect(registered.status).toBe(201)
    const { refresh_token } = (await registered.json()) as { refresh_token: string }
    const signedIn = await post('/login', { ...ADA, mode: 'session' })
    expect(signedIn.status).toBe(200)
    const Cookie = signedIn.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ')
    expect((await fetch(sweep)).status).toBe(204)
    await kill()
    await start()
    expect((await fetch(`${url}/me`, { headers: { Cookie } })).status).toBe(200)
    expect((await post('/refresh', { refresh_token })).status).toBe(200)
    expect((await post('/login', { ...ADA, password: 'wrong' })).status).toBe(401)

    const data = join(folder, 'data/janus-database')
    const [file = ''] = readdirSync(data).filter((name) => /^[0-9a-f]{64}\.sqlite$/.test(name))
    expect(await janus(users, 'disable', ADA.email, '--sqlite', join(data, file))).toMatchObject({ code: 0 })
    expect((await fetch(`${url}/me`, { headers: { Cookie } })).status).toBe(401)
  })
})
