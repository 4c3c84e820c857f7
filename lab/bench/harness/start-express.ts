import { type ChildProcess, fork, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { Running } from './start-worker.ts'

const SERVER = join(import.meta.dirname, '../rivals/express-redis.ts')

/** @throws If there is no Redis to measure with. */
export function requireRedis(): void {
  if (spawnSync('redis-server', ['--version']).status === 0) return
  throw new Error('--redis needs redis-server. On Debian: apt-get install redis-server')
}

/** Starts a Redis that keeps nothing on disk, and the Express app in a Node of its own. Both count as its CPU. */
export async function startExpress(): Promise<Running> {
  const redisPort = await freePort()
  const flags = ['--port', String(redisPort), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
  const redis = spawn('redis-server', flags, { stdio: ['ignore', 'pipe', 'pipe'] })
  const server = fork(SERVER, [], {
    env: { ...process.env, NODE_ENV: 'production', REDIS_PORT: String(redisPort) },
    silent: true,
  })
  const killBoth = () => [server, redis].map((child) => child.kill())
  process.once('exit', killBoth)
  let printed = ''
  for (const stream of [redis.stdout, redis.stderr, server.stdout, server.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      printed = `${printed}${text}`.slice(-4000)
    })
  }
  const ended = once(server, 'exit').then(() => {
    throw new Error(`Express does not start: ${printed}`)
  })
  try {
    const [port] = await Promise.race([once(server, 'message'), ended])
    ended.catch(() => {})
    return {
      port,
      processes: [redis.pid, server.pid].filter((id) => id !== undefined),
      printed: () => printed,
      stop: async () => {
        await stop(server)
        await stop(redis)
        process.off('exit', killBoth)
      },
    }
  } catch (error) {
    killBoth()
    throw error
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill()
  await exit
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  if (address === null || typeof address === 'string') throw new Error('No port is free')
  return address.port
}
