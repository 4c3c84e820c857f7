import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify, stripVTControlCharacters } from 'node:util'

/** A service on a free port, with its state in a folder of its own. */
export interface LocalService {
  readonly url: string
  readonly folder: string
  /** Says where the database and KV are. */
  readonly state: string
  /** Returns the output so far. */
  output(): string
  /** The first match in what it has printed or prints yet, from a place in its output on. @throws If there is none in time. */
  printed(pattern: RegExp, from?: number): Promise<RegExpExecArray>
  /** Kills every process of it at once, as a power cut would. */
  kill(): Promise<void>
  /** Ends its first process alone and in order, as `kill PID` does, and waits for that. What the process does with the rest is its own affair. */
  end(): Promise<void>
  /** Starts it again on the same port and state. */
  restart(): Promise<void>
  /** Kills it, and removes its folder. */
  stop(): Promise<void>
}

/** Says how long a start may take, and a line that is waited for. */
const PATIENCE_MS = 240_000

/** Says how a service is started, on a port and with a folder for what it keeps. */
type Launch = (place: { readonly port: number; readonly state: string }) => {
  readonly command: readonly [string, ...string[]]
  readonly variables?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** Matches the line that says that it serves. */
  readonly ready: RegExp
}

/** 256 random bits that open nothing. */
const SECRET = 'Xr7VhmM0v3dEWdC1sPpT6uJqgB9oYkZfLwNaQ2iHtE4'

/** The lowest cost that can be configured. What a hash costs by default is tested elsewhere. */
const CHEAP_HASHES = 'PASSWORD_ITERATIONS:100000'

/**
 * `npm start`, with hashes that cost little.
 *
 * @param settings As in `NAME:value`.
 * @param basePath The path of its issuer, as in `/auth`.
 */
export function startLocalService(settings: readonly string[] = [], basePath = ''): Promise<LocalService> {
  return startService(launchJanus(settings, basePath), { basePath })
}

/**
 * Starts the Worker of `npm start`, with the same settings, without the command: its start takes a seventh of the CPU time. What is said of the
 * command itself is tried with {@link startLocalService}.
 *
 * @param settings As in `NAME:value`.
 * @param basePath The path of its issuer, as in `/auth`.
 */
export async function startWorker(settings: readonly string[] = [], basePath = ''): Promise<LocalService> {
  building ??= buildWorker()
  const built = await building
  return startService(
    ({ port, state }) => {
      cpSync(join(built, 'state'), state, { recursive: true })
      const issuer = `http://localhost:${port}${basePath}`
      const script = ['--import', './packages/cli/require-node.js', 'test/smoke/serve-worker.ts']
      const place = [built, String(port), state, issuer]
      return {
        command: [process.execPath, ...script, ...place, `AUTH_SECRET:${SECRET}`, CHEAP_HASHES, ...settings],
        ready: /Janus is ready/,
      }
    },
    { basePath },
  )
}

let building: Promise<string> | null = null

/**
 * Returns the folder of what test/smoke/build-worker.ts builds. Temporary files are those of this run, so it is of this version. Of
 * processes that begin at once one builds it, and the others wait.
 */
async function buildWorker(): Promise<string> {
  const built = join(tmpdir(), 'built-worker')
  const lock = `${built}.lock`
  while (!existsSync(built)) {
    if (!makeFolder(lock)) await sleep(100)
    else if (!existsSync(built)) {
      try {
        const folder = mkdtempSync(`${built}-`)
        const script = ['--import', './packages/cli/require-node.js', 'test/smoke/build-worker.ts']
        await promisify(execFile)(process.execPath, [...script, folder])
        renameSync(folder, built)
      } finally {
        rmSync(lock, { recursive: true })
      }
    }
  }
  return built
}

/** Makes a folder. Returns `false` if it was there. */
function makeFolder(path: string): boolean {
  try {
    mkdirSync(path)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

/** `npm start -- --https`. */
export function startHttpsService(settings: readonly string[]): Promise<LocalService> {
  return startService(launchJanus(settings, '', '--https'), { protocol: 'https' })
}

/**
 * `janus dev`, with hashes that cost little.
 *
 * @param settings As in `NAME:value`.
 */
export function startDev(settings: readonly string[]): Promise<LocalService> {
  return startService(({ port, state }) => ({
    command: ['npm', 'run', 'dev', '--', ...placeAndSettings(port, state, settings)],
    ready: /Janus is ready/,
  }))
}

function placeAndSettings(port: number, state: string, settings: readonly string[]): readonly string[] {
  return [
    ...['--port', String(port), '--state', state],
    ...[CHEAP_HASHES, ...settings].flatMap((pair) => ['--var', pair]),
  ]
}

function launchJanus(settings: readonly string[], basePath: string, ...options: string[]): Launch {
  return ({ port, state }) => {
    const issuer = basePath === '' ? [] : [`ISSUER:http://localhost:${port}${basePath}`]
    return {
      command: ['npm', 'start', '--', ...options, ...placeAndSettings(port, state, [...issuer, ...settings])],
      ready: /Janus is ready/,
    }
  }
}

interface Address {
  readonly protocol?: 'http' | 'https'
  /** Says where its routes begin. */
  readonly basePath?: string
}

export async function startService(
  launch: Launch,
  { protocol = 'http', basePath = '' }: Address = {},
): Promise<LocalService> {
  const folder = mkdtempSync(join(tmpdir(), 'janus-smoke-'))
  const state = join(folder, 'state')
  const port = await freePort()
  const url = `${protocol}://localhost:${port}${basePath}`
  const { command, variables, cwd, ready } = launch({ port, state })
  const [program, ...given] = command
  const readers = new Set<() => void>()
  let text = ''
  let running: ChildProcess | null = null

  async function start(): Promise<void> {
    text = ''
    // In a process group of its own, so that all of it can be killed and nothing else.
    const child = spawn(program, given, {
      cwd,
      env: { ...process.env, ...variables },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    running = child
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        text += stripVTControlCharacters(chunk)
        for (const read of readers) read()
      })
    }
    await printed(ready)
  }

  function printed(pattern: RegExp, from = 0): Promise<RegExpExecArray> {
    const child = running
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => end(new Error(`Not printed: ${pattern}\n${text.slice(from)}`)),
        PATIENCE_MS,
      )
      const exited = () => end(new Error(`${command.join(' ')} has ended:\n${text}`))
      function end(result: Error | RegExpExecArray) {
        clearTimeout(timer)
        readers.delete(read)
        child?.off('exit', exited)
        if (result instanceof Error) reject(result)
        else resolve(result)
      }
      function read() {
        const found = pattern.exec(text.slice(from))
        if (found) end(found)
      }
      readers.add(read)
      child?.once('exit', exited)
      read()
    })
  }

  async function kill(): Promise<void> {
    const child = running
    running = null
    if (child?.pid === undefined) return
    const hasEnded = child.exitCode !== null || child.signalCode !== null
    const exited = hasEnded ? null : new Promise((resolve) => child.once('exit', resolve))
    try {
      // What it has started may outlive it.
      process.kill(-child.pid, 'SIGKILL')
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
    }
    await exited
  }

  async function end(): Promise<void> {
    const exited = new Promise((resolve) => running?.once('exit', resolve))
    running?.kill('SIGTERM')
    await exited
  }

  async function stop(): Promise<void> {
    await kill()
    rmSync(folder, { recursive: true })
  }

  try {
    await start()
  } catch (error) {
    await stop()
    throw error
  }
  return { url, folder, state, output: () => text, printed, kill, end, restart: start, stop }
}

/** Returns the file of the local D1 of a service. */
export function databaseFile(state: string): string {
  const folder = join(state, 'v3/d1/miniflare-D1DatabaseObject')
  const files = readdirSync(folder).filter((name) => /^[0-9a-f]{64}\.sqlite$/.test(name))
  const [file] = files
  if (file === undefined || files.length > 1) throw new Error(`Not one database in ${folder}: ${files}`)
  return join(folder, file)
}

/** Runs SQL in the local D1 of a service, which may be running. @throws If the SQL is refused. */
export function execute(state: string, sql: string): void {
  const database = new DatabaseSync(databaseFile(state), { timeout: PATIENCE_MS })
  try {
    database.exec(sql)
  } finally {
    database.close()
  }
}

/** Runs shell commands in a folder, and gives what they print. @throws If one fails. */
export function runShell(commands: string, folder: string): string {
  return execFileSync('bash', ['-euo', 'pipefail', '-c', commands], { cwd: folder, encoding: 'utf8' })
}

/** Returns a port that nothing listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, 'localhost', () => {
      const address = probe.address()
      if (address === null || typeof address === 'string') return reject(new Error('No port'))
      probe.close(() => resolve(address.port))
    })
  })
}
