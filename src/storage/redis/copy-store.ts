import type { RedisServer } from '../../config/servers'
import type { CopyStore } from '../../sessions/copy-store'
import type { Connect } from '../sockets/conversation'
import { askRedis, type RedisCommand, type RedisReply } from './redis-client'

/** Keeps texts in Redis, each with an expiry. Every call has a connection of its own. */
export function createRedisCopyStore(connect: Connect, server: RedisServer): CopyStore {
  return redisCopies((commands, signal) => askRedis(connect, server, commands, signal))
}

/** Sends commands, and returns a reply for each. */
export type AskRedis = (
  commands: readonly RedisCommand[],
  signal: AbortSignal,
) => Promise<readonly RedisReply[]>

/** Does the same by whatever client asks. */
export function redisCopies(ask: AskRedis): CopyStore {
  return {
    store: 'Redis',
    mostDeletes: 500,

    async get(key, signal) {
      const [text] = await ask([['GET', key]], signal)
      if (typeof text !== 'string' && text !== null) throw new Error('Redis did not answer GET with a text')
      return text
    },

    async set(key, text, seconds, signal) {
      const [reply] = await ask([['SET', key, text, 'EX', seconds]], signal)
      if (typeof reply !== 'object' || reply?.status !== 'OK') throw new Error('Redis did not confirm SET')
    },

    // One command for each key: a cluster behind one address may keep them apart.
    async delete(keys, signal) {
      const commands = keys.map((key) => ['DEL', key] as const)
      const counts = await ask(commands, signal)
      if (!counts.every((count) => typeof count === 'number')) throw new Error('Redis did not confirm DEL')
    },
  }
}
