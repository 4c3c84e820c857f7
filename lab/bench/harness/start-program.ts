import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Contender } from './contender.ts'
import type { Running } from './start-worker.ts'

const BENCH = join(import.meta.dirname, '..')

/** Starts a program in a Node of its own, with a folder of its own. */
export async function startProgram({ name, server, settings = {} }: Contender): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), 'janus-bench-'))
  const child = fork(join(BENCH, server), [], {
    env: { ...process.env, NODE_ENV: 'production', ...settings, FOLDER: folder },
    silent: true,
  })
  const kill = () => child.kill()
  process.once('exit', kill)
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      printed = `${printed}${text}`.slice(-4000)
    })
  }
  const exited = once(child, 'exit')
  const stop = async () => {
    process.off('exit', kill)
    child.kill()
    await exited
    rmSync(folder, { recursive: true, force: true })
  }
  const failed = exited.then(() => {
    throw new Error(`${name} does not start: ${printed}`)
  })
  try {
    const [port] = await Promise.race([once(child, 'message'), failed])
    failed.catch(() => {})
    return { port, processes: child.pid === undefined ? [] : [child.pid], printed: () => printed, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
