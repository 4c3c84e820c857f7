import type { Address } from '../../config/servers'
import type { CopyStore } from '../../sessions/copy-store'
import { type Connect, type Converse, converse } from '../sockets/conversation'

/** Memcached reads a larger number as a date, and forgets the text at once. */
const MOST_SECONDS = 30 * 24 * 60 * 60

/** Keeps texts in Memcached, each with an expiry, by its text protocol. Every call has a connection of its own. */
export function createMemcachedCopyStore(connect: Connect, address: Address): CopyStore {
  return memcachedCopies((signal, talk) => converse(connect(address, { tls: false }), signal, talk))
}

/** Does the same over conversations of any kind, each of which begins with its one write. */
export function memcachedCopies(ask: Converse): CopyStore {
  return {
    store: 'Memcached',
    mostDeletes: 500,

    async get(key, signal) {
      const command = `get ${checked(key)}\r\n`
      return ask(signal, async (conversation) => {
        await conversation.write(command)
        const line = await conversation.line()
        if (line === 'END') return null
        const [, name, bytes] = /^VALUE (\S+) \d+ (\d{1,9})$/.exec(line) ?? []
        // guard: Memcached answers for the key that was asked for
        if (name !== key) throw refused('get', line)
        const text = await conversation.text(Number(bytes))
        if ((await conversation.line()) !== 'END') throw refused('get', line)
        return text
      })
    },

    async set(key, text, seconds, signal) {
      const { byteLength } = new TextEncoder().encode(text)
      const command = `set ${checked(key)} 0 ${Math.min(seconds, MOST_SECONDS)} ${byteLength}\r\n${text}\r\n`
      await ask(signal, async (conversation) => {
        await conversation.write(command)
        const line = await conversation.line()
        if (line !== 'STORED') throw refused('set', line)
      })
    },

    async delete(keys, signal) {
      const commands = keys.map((key) => `delete ${checked(key)}\r\n`).join('')
      await ask(signal, async (conversation) => {
        await conversation.write(commands)
        for (const _ of keys) {
          const line = await conversation.line()
          if (line !== 'DELETED' && line !== 'NOT_FOUND') throw refused('delete', line)
        }
      })
    },
  }
}

/** Refuses a key with a blank or a line break, which would end it and begin a command. */
function checked(key: string): string {
  // guard: a key of Memcached is no command
  if (!/^[\w:-]{1,200}$/.test(key)) throw new Error('The key is not one of Memcached')
  return key
}

/** Returns an error with the first word of a reply, a code such as SERVER_ERROR. The rest may repeat what was sent. */
function refused(command: string, line: string): Error {
  return new Error(
    `Memcached refused ${command}: ${/^[A-Z_]{1,20}(?= |$)/.exec(line)?.[0] ?? 'malformed reply'}`,
  )
}
