import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** `npm start` on a free port, with its state in a folder of its own. */
export interface LocalService {
  readonly url: string
  readonly folder: string
  /** What it has printed so far. */
  output(): string
  /** Kills every process of it at once, as a power cut would. */
  kill(): Promise<void>
  /** Starts it again on the same port and state. */
  restart(): Promise<void>
}

export async function startLocalService(): Promise<LocalService> {
  const folder = mkdtempSync(join(tmpdir(), 'janus-smoke-'))
  const port = await freePort()
  const url = `http://localhost:${port}`
  let printed = ''
  let running: ChildProcess | null = null

  async function start(): Promise<void> {
    printed = ''
    const command = ['start', '--', '--port', String(port), '--state', join(folder, 'state')]
    // In a process group of its own, so that all of it can be killed and nothing else.
    const child = spawn('npm', command, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
    running = child
    await new Promise<void>((resolve, reject) => {
      const read = (chunk: Buffer) => {
        printed += chunk
        if (printed.includes('Janus is ready')) resolve()
      }
      child.stdout.on('data', read)
      child.stderr.on('data', read)
      child.once('exit', (code) => reject(new Error(`npm start ended with ${code}:\n${printed}`)))
    })
  }

  async function kill(): Promise<void> {
    const child = running
    running = null
    if (child?.pid === undefined || child.exitCode !== null) return
    const exited = new Promise((resolve) => child.once('exit', resolve))
    process.kill(-child.pid, 'SIGKILL')
    await exited
  }

  await start()
  return { url, folder, output: () => printed, kill, restart: start }
}

/** Runs shell commands in a folder, and gives what they print. @throws If one fails. */
export function runShell(commands: string, folder: string): string {
  return execFileSync('bash', ['-euo', 'pipefail', '-c', commands], { cwd: folder, encoding: 'utf8' })
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
