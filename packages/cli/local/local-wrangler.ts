// What `npm start` and `npm run example` share: the secret, the database, and a `wrangler dev` that ends with them.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { appendFileSync, chmodSync, existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { readEnvFiles } from '../environment.ts'
import { stopWithNpm } from '../npm.ts'
import { parseUrl } from '../parse-url.ts'
import { commandLine, findWrangler, ROOT } from '../place.ts'
import { localFile, moveUrl, readLocalFile } from './local-vars.ts'
import { describeHolder, releaseState, takeState } from './state-lock.ts'

/** Says where `wrangler dev` serves by default. */
const LOCAL_ISSUER = 'http://localhost:8787'

/** Prints why, and ends the process. */
export function fail(message: string): never {
  console.error(message)
  process.exit(1)
}

/** Returns the number of a port. @throws If the text is none. */
export function parsePort(text: string): number {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw new Error('--port must be from 1 to 65535')
  return port
}

/** Stops and says what to do if a port is taken: `wrangler dev` would quietly take another, which is not the issuer's. */
export function requireFreePort(port: number, command: string): Promise<void> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? 'is in use' : `cannot be used (${error.code})`
      fail(`Port ${port} ${reason}. Try another: ${commandLine(command, `--port ${port + 1}`)}`)
    })
    probe.listen(port, 'localhost', () => probe.close(() => resolve()))
  })
}

/** Set where packages/cli/prepare-local.ts has nothing to do, because whoever starts wrangler has done it. */
export const IS_PREPARED = 'JANUS_IS_PREPARED'

/** Takes a folder of state for this process until it ends. Fails, saying who has it. */
export function holdState(folder: string, what: string, ownState: string): void {
  const state = resolve(ROOT, folder)
  const other = takeState(state, { pid: process.pid, what })
  if (other) fail(describeHolder(state, other, ownState))
  process.on('exit', () => releaseState(state, process.pid))
}

/**
 * Makes the file of this machine's settings ({@link localFile}), or adds what it lacks: a random AUTH_SECRET, and the issuer of a plain
 * `npx wrangler dev`. Returns whether anything was written.
 *
 * @param folder Where the configuration of wrangler is.
 * @param appUrl The APP_URL to write, which is moved to the origin of the issuer; `null` writes none.
 * @param others Settings that are added where they are not named.
 */
export function makeLocalVars(
  folder = ROOT,
  issuer = LOCAL_ISSUER,
  appUrl: string | null = null,
  others: Readonly<Record<string, string>> = {},
): boolean {
  const name = localFile(folder)
  const named = readLocalFile(folder)
  // One in `.env` may be that of another provider. This one wins over it.
  const { ISSUER } = readEnvFiles(folder, [name])
  const lines: string[] = []
  if (!named.AUTH_SECRET) {
    lines.push(`AUTH_SECRET="${randomBytes(32).toString('base64url')}"`)
    console.log(`Created a random AUTH_SECRET in ${name}.`)
  }
  if (!ISSUER) {
    lines.push('# In place of what the wrangler configuration has, on this machine.', `ISSUER="${issuer}"`)
  }
  const origin = parseUrl(ISSUER || issuer)?.origin
  if (appUrl !== null && origin !== undefined && !named.APP_URL) {
    lines.push(`APP_URL="${moveUrl(appUrl, origin)}"`)
  }
  for (const [setting, value] of Object.entries(others)) {
    if (!named[setting]) lines.push(`${setting}="${value}"`)
  }
  if (lines.length === 0) return false
  const file = join(folder, name)
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const start = text === '' || text.endsWith('\n') ? '' : '\n'
  // Only its owner may read it.
  appendFileSync(file, `${start}${lines.join('\n')}\n`, { mode: 0o600 })
  chmodSync(file, 0o600)
  return true
}

/** Returns the AUTH_SECRET of this machine, for a Worker whose configuration lies elsewhere. */
export function readSecret(): string {
  return readLocalFile(ROOT).AUTH_SECRET ?? fail(`${localFile(ROOT)} has no AUTH_SECRET.`)
}

/**
 * Runs `wrangler dev` until this process or that one ends. Returns what ends both, with an exit code.
 *
 * @param variables For the environment of the process.
 * @param folder Where it runs.
 * @param whenFailed Is called where it ends by itself, with an error.
 */
export function serve(
  options: readonly string[],
  variables: Readonly<Record<string, string>> = {},
  folder = ROOT,
  whenFailed: () => void = () => {},
): (code: number) => void {
  const command = [findWrangler(folder), 'dev', '--inspector-port', '0', ...options]
  const wrangler = spawn(process.execPath, command, {
    cwd: folder,
    env: { ...environment(folder), ...variables },
    stdio: 'inherit',
  })
  let exitCode: number | null = null
  function stop(code: number) {
    exitCode ??= code
    wrangler.kill('SIGTERM')
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(0))
  stopWithNpm(() => stop(0))
  // Whatever ends this script ends what it started.
  process.on('exit', () => wrangler.kill())
  wrangler.on('exit', (code) => {
    if (exitCode === null && code !== 0) whenFailed()
    process.exit(exitCode ?? code ?? 1)
  })
  return stop
}

function environment(folder: string) {
  return {
    // Wrangler is megabytes of source. Compiled once and not at every start, it is ready half a second sooner.
    NODE_COMPILE_CACHE: join(folder, '.wrangler/compile-cache'),
    ...process.env,
    WRANGLER_SEND_METRICS: 'false',
    CLOUDFLARE_CF_FETCH_ENABLED: 'false',
    [IS_PREPARED]: 'yes',
  }
}
