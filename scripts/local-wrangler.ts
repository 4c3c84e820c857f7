// What `npm start` and `npm run example` share: the secret, the database, and a `wrangler dev` that ends with them.
import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { parseEnv, promisify } from 'node:util'

export const ROOT = dirname(import.meta.dirname)
const WRANGLER = join(ROOT, 'node_modules/wrangler/bin/wrangler.js')
const SECRETS = join(ROOT, '.dev.vars')

/** Prints why, and ends the process. */
export function fail(message: string): never {
  console.error(message)
  process.exit(1)
}

/** @throws If the text is not the number of a port. */
export function parsePort(text: string): number {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw new Error('--port must be from 1 to 65535')
  return port
}

/** Fails, saying what to do, if a port is taken: `wrangler dev` would quietly take another, which is not the issuer's. */
export function requireFreePort(port: number, command: string): Promise<void> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? 'is in use' : `cannot be used (${error.code})`
      fail(`Port ${port} ${reason}. Try another: ${command} -- --port ${port + 1}`)
    })
    probe.listen(port, 'localhost', () => probe.close(() => resolve()))
  })
}

/** Makes `.dev.vars` with a random AUTH_SECRET if there is none. */
export function makeSecret(): void {
  if (existsSync(SECRETS)) return
  // Only its owner may read it; `wx`: never write over one that appeared meanwhile.
  writeFileSync(SECRETS, `AUTH_SECRET="${randomBytes(32).toString('base64url')}"\n`, {
    mode: 0o600,
    flag: 'wx',
  })
  console.log('Made a random AUTH_SECRET in .dev.vars.')
}

/** The AUTH_SECRET of `.dev.vars`, for a Worker whose configuration lies elsewhere. */
export function readSecret(): string {
  return parseEnv(readFileSync(SECRETS, 'utf8')).AUTH_SECRET ?? fail('.dev.vars has no AUTH_SECRET.')
}

/** Brings a local database up to date. @param config Relative to the root. */
export async function migrate(binding: string, state: string, config = 'wrangler.toml'): Promise<void> {
  const command = ['d1', 'migrations', 'apply', binding, '--local', '-c', config, '--persist-to', state]
  const run = promisify(execFile)(process.execPath, [WRANGLER, ...command], {
    cwd: ROOT,
    env: environment(),
  })
  await run.catch(({ stdout, stderr }) => fail(`The migrations could not be applied:\n${stdout}\n${stderr}`))
}

/** Runs `wrangler dev` until this process or that one ends. @param variables For the environment of the process. */
export function serve(options: readonly string[], variables: Readonly<Record<string, string>> = {}): void {
  const wrangler = spawn(process.execPath, [WRANGLER, 'dev', '--inspector-port', '0', ...options], {
    cwd: ROOT,
    env: { ...environment(), ...variables },
    stdio: 'inherit',
  })
  let stopping = false
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      stopping = true
      wrangler.kill('SIGTERM')
    })
  }
  // Whatever ends this script ends what it started.
  process.on('exit', () => wrangler.kill())
  wrangler.on('exit', (code) => process.exit(stopping ? 0 : (code ?? 1)))
}

function environment() {
  return { ...process.env, WRANGLER_SEND_METRICS: 'false', CLOUDFLARE_CF_FETCH_ENABLED: 'false' }
}
