import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'

/** `npm start` with settings, on a free port, with its state in a folder of its own. */
export interface MailingService {
  readonly url: string
  readonly state: string
  /** The first match in what it has printed or prints yet, from a place on. @throws If there is none in time. */
  printed(pattern: RegExp, from?: number): Promise<RegExpExecArray>
  /** How much it has printed. */
  readonly end: () => number
  /** Kills every process of it, and removes its state. */
  stop(): Promise<void>
}

/** How long a start may take, and a line that is waited for. */
const PATIENCE_MS = 100_000

/**
 * @param settings As in `NAME:value`.
 * @param basePath The path of its issuer, as in `/auth`.
 */
export async function startMailingService(
  settings: readonly string[],
  basePath = '',
): Promise<MailingService> {
  const folder = mkdtempSync(join(tmpdir(), 'janus-mail-'))
  const state = join(folder, 'state')
  const port = await freePort()
  const url = `http://localhost:${port}${basePath}`
  const vars = [...(basePath === '' ? [] : [`ISSUER:${url}`]), ...settings].flatMap((pair) => ['--var', pair])
  const options = ['--port', String(port), '--state', state, ...vars]
  // In a process group of its own, so that all of it can be killed and nothing else.
  const child = spawn('npm', ['start', '--', ...options], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  const readers = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += stripVTControlCharacters(chunk)
      for (const read of readers) read()
    })
  }

  function printed(pattern: RegExp, from = 0): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => end(new Error(`Not printed: ${pattern}\n${text.slice(from)}`)),
        PATIENCE_MS,
      )
      const exited = () => end(new Error(`npm start has ended:\n${text}`))
      function end(result: Error | RegExpExecArray) {
        clearTimeout(timer)
        readers.delete(read)
        child.off('exit', exited)
        if (result instanceof Error) reject(result)
        else resolve(result)
      }
      function read() {
        const found = pattern.exec(text.slice(from))
        if (found) end(found)
      }
      readers.add(read)
      child.once('exit', exited)
      read()
    })
  }

  await printed(/Janus is ready/).catch(async (error) => {
    await kill(child)
    throw error
  })
  return {
    url,
    state,
    printed,
    end: () => text.length,
    async stop() {
      await kill(child)
      rmSync(folder, { recursive: true })
    },
  }
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null) return
  const exited = new Promise((resolve) => child.once('exit', resolve))
  process.kill(-child.pid, 'SIGKILL')
  await exited
}

function freePort(): Promise<number> {
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
