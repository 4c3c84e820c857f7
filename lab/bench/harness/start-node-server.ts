import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { Running } from './start-worker.ts'

/** A server that runs in a Node of its own, and sends its port when it listens. */
export interface NodeServer {
  readonly name: string
  readonly script: string
  readonly environment: Readonly<Record<string, string>>
  /** A database that runs for this server alone. It counts as the server's CPU, and ends with it. */
  readonly beside?: ChildProcess
  /** Deletes what the server leaves behind. */
  readonly cleanUp?: () => void
}

/** Starts a server, and returns when it listens. */
export async function startNodeServer(server: NodeServer): Promise<Running> {
  const { name, script, environment, beside, cleanUp } = server
  const child = fork(script, [], {
    env: { ...process.env, NODE_ENV: 'production', ...environment },
    silent: true,
  })
  const children = beside === undefined ? [child] : [beside, child]
  const kill = () => {
    for (const each of children) each.kill()
  }
  process.once('exit', kill)
  const printed = printedBy(children)
  const stop = async () => {
    // The server first: without its database it would print errors.
    for (const each of children.toReversed()) await end(each)
    process.off('exit', kill)
    cleanUp?.()
  }
  // Not "exit", which may come before the last that was printed.
  const failed = once(child, 'close').then(() => {
    throw new Error(`${name} does not start: ${printed()}`)
  })
  try {
    const [port] = await Promise.race([once(child, 'message'), failed])
    failed.catch(() => {})
    const processes = children.map(({ pid }) => pid).filter((pid) => pid !== undefined)
    return { port, processes, printed, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Returns a function that returns the last that the processes printed. */
function printedBy(children: readonly ChildProcess[]): () => string {
  let printed = ''
  for (const stream of children.flatMap(({ stdout, stderr }) => [stdout, stderr])) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      printed = `${printed}${text}`.slice(-4000)
    })
  }
  return () => printed
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill()
  await exit
}
