import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { startNodeServer } from './start-node-server.ts'
import type { Running } from './start-worker.ts'

const SERVER = join(import.meta.dirname, '../rivals/express-redis.ts')

/** @throws If there is no Redis to measure with. */
export function requireRedis(): void {
  if (spawnSync('redis-server', ['--version']).status === 0) return
  throw new Error('--redis needs redis-server. On Debian: apt-get install redis-server')
}

/** Starts a Redis that keeps nothing on disk, and the Express app in a Node of its own. Both count as its CPU. */
export async function startExpress(): Promise<Running> {
  const redisPort = String(await freePort())
  const flags = ['--port', redisPort, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
  return startNodeServer({
    name: 'Express',
    script: SERVER,
    environment: { REDIS_PORT: redisPort },
    beside: spawn('redis-server', flags, { stdio: ['ignore', 'pipe', 'pipe'] }),
  })
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  if (address === null || typeof address === 'string') throw new Error('No port is free')
  return address.port
}
