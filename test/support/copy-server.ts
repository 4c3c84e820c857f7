import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { freePort } from './postgres-server.ts'
import { findTool } from './tools.ts'

/** A Redis or a Memcached of one's own, which holds its data in memory. */
export interface CopyServer {
  readonly port: number
  /** Kills it, as a power cut would. */
  kill(): Promise<void>
  /** Starts it again on its port, without its data. */
  start(): Promise<void>
  /** Lets it hang, or go on. */
  pause(): Promise<void>
  goOn(): void
}

const ARGUMENTS = {
  redis: (port: number) => ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--dir', '/tmp'],
  memcached: (port: number) => ['-l', '127.0.0.1', '-p', `${port}`, '-U', '0', '-m', '16', '-u', 'nobody'],
}

/** Starts one. `more` are arguments after the usual ones, of which the last of a name counts. */
export async function startCopyServer(
  tool: keyof typeof ARGUMENTS,
  more: (port: number) => readonly string[] = () => [],
): Promise<CopyServer> {
  const command = findTool(tool)
  if (command === null) throw new Error(`reasonToSkip(["${tool}"]) says what is missing`)
  const port = await freePort()
  let running: ChildProcess | null = null

  async function start(): Promise<void> {
    const child = spawn(command as string, [...ARGUMENTS[tool](port), ...more(port)], { stdio: 'ignore' })
    running = child
    while (!(await listens(port))) {
      if (child.exitCode !== null) throw new Error(`${tool} ended with ${child.exitCode}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  await start()
  return {
    port,
    start,
    async kill() {
      const child = running
      running = null
      if (!child || child.exitCode !== null || child.signalCode !== null) return
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await gone
    },
    async pause() {
      const child = running
      child?.kill('SIGSTOP')
      // The signal comes later than it is sent, and until then it answers.
      while (child?.pid && !isStopped(child.pid)) await new Promise((resolve) => setTimeout(resolve, 5))
    },
    goOn: () => void running?.kill('SIGCONT'),
  }
}

/** Tells whether every thread of a process has stopped. */
function isStopped(pid: number): boolean {
  const tasks = `/proc/${pid}/task`
  return readdirSync(tasks).every((task) => /\) T /.test(readFileSync(`${tasks}/${task}/stat`, 'utf8')))
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => resolve(false))
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
  })
}
