import { createClient, ErrorReply, RESP_TYPES } from '@redis/client'
import type { RedisServer } from '../../config/servers'
import { NoAnswer, PATIENCE_MS } from '../../runtime/outage'
import type { CopyStore } from '../../sessions/copy-store'
import { redisCopies } from './copy-store'
import { type RedisCommand, type RedisReply, refusalCode } from './redis-client'

/** Sets how long after a connection was given up the next is made. */
const AGAIN_MS = 500

/** Sets how long after a failed attempt to connect the next is made, at most. */
const MOST_AGAIN_MS = 2000

/** A status is not what a text is, as in our own client. */
const REPLIES = { typeMapping: { [RESP_TYPES.SIMPLE_STRING]: Buffer } }

/**
 * Keeps texts in Redis over one connection of a process, by node-redis, which sends what is asked at the same time in one flight and connects
 * again by itself. What is asked meanwhile fails at once: a copy that is late is worth nothing. Waits for the first attempt, whatever becomes of it.
 */
export async function keepRedis(
  server: RedisServer,
): Promise<{ readonly copyStore: CopyStore; close(): void }> {
  const tried = Promise.withResolvers<void>()
  let client: ReturnType<typeof open> | null = null
  let isClosed = false
  /** Holds why a command failed that Redis did not refuse. */
  let fault: Error = new Error('Redis is not connected yet')

  function begin(): void {
    if (isClosed) return
    const begun = open(server)
    client = begun
    let patience: ReturnType<typeof setTimeout> | undefined
    // Without a listener an error would end the process.
    // guard: a Redis that dies ends no process
    begun.on('error', (error: unknown) => {
      clearTimeout(patience)
      if (client === begun) fault = new Error(`Redis is not connected: ${reasonOf(error)}`)
      // The connection is there, and what came over it is no reply: the next might be taken for that of another command.
      if (begun.isReady) giveUp(begun)
      tried.resolve()
    })
    begun.on('connect', () => {
      patience = setTimeout(() => giveUp(begun), PATIENCE_MS.Redis).unref()
    })
    begun.on('ready', () => {
      clearTimeout(patience)
      // It was given up while it connected.
      if (client !== begun) begun.destroy()
      tried.resolve()
    })
    begun.connect().catch(() => {})
  }

  function giveUp(given: ReturnType<typeof open>): void {
    if (client !== given) return
    client = null
    given.destroy()
    tried.resolve()
    setTimeout(begin, AGAIN_MS).unref()
  }

  async function ask([name, ...parts]: RedisCommand, asked: ReturnType<typeof open>): Promise<RedisReply> {
    try {
      const reply = await asked.sendCommand<unknown>([name, ...parts.map(String)], REPLIES)
      return Buffer.isBuffer(reply) ? { status: `${reply}` } : (reply as RedisReply)
    } catch (error) {
      throw error instanceof ErrorReply
        ? new Error(`Redis refused ${name}: ${refusalCode(error.message)}`)
        : fault
    }
  }

  begin()
  await tried.promise
  return {
    copyStore: redisCopies(async (commands, signal) => {
      const asked = client
      if (!asked?.isReady) throw fault
      const late = () => {
        // Replies come in order, so whatever else waits is as late as this.
        if (client === asked) fault = new NoAnswer('Redis gave no answer, and is connected to anew')
        giveUp(asked)
      }
      // guard: a command that is given up gives up its connection
      signal.addEventListener('abort', late, { once: true })
      try {
        return await Promise.all(commands.map((command) => ask(command, asked)))
      } finally {
        signal.removeEventListener('abort', late)
      }
    }),
    close() {
      isClosed = true
      client?.destroy()
      client = null
    },
  }
}

function open({ hostname, port, tls, username, password, database }: RedisServer) {
  const host = hostname.replace(/^\[|\]$/g, '')
  return createClient({
    // What older servers and relatives of Redis speak, too.
    RESP: 2,
    maintNotifications: 'disabled',
    disableClientInfo: true,
    disableOfflineQueue: true,
    database,
    ...(username === null ? {} : { username }),
    ...(password === null ? {} : { password }),
    socket: {
      host,
      port,
      connectTimeout: PATIENCE_MS.Redis,
      reconnectStrategy: (attempts) => Math.min(50 * 2 ** attempts, MOST_AGAIN_MS),
      ...(tls ? { tls: true, servername: host } : {}),
    },
  })
}

/** Returns why a connection failed, without what was sent. */
function reasonOf(error: unknown): string {
  if (error instanceof ErrorReply) return refusalCode(error.message)
  if (!(error instanceof Error)) return 'no reason was given'
  return 'code' in error ? String(error.code) : error.message
}
