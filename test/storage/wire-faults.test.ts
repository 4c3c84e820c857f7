import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { CopyStore } from '../../src/sessions/copy-store'
import { createMemcachedCopyStore } from '../../src/storage/memcached/copy-store'
import { createRedisCopyStore } from '../../src/storage/redis/copy-store'
import type { Connect } from '../../src/storage/sockets/conversation'
import { refusedConnect, type Script, scriptedConnect } from '../support/faulty-connection'
import { waitAsInProduction, waitForStores } from '../support/patience'
import { copiesOn, newLiveSession, now } from './session-copies-contract'

/** A machine that does other work needs longer than the second that is the default. */
const PATIENCE_MS = 60_000

const SERVER = {
  hostname: 'redis.example',
  port: 6380,
  tls: true,
  username: 'janus',
  password: 'hush',
  database: 0,
}

const STORES = {
  Redis: {
    open: (connect: Connect): CopyStore =>
      createRedisCopyStore(connect, { ...SERVER, password: null, username: null }),
    // What the server answers to get, set and delete of one key.
    good: { get: '$4\r\ntext\r\n', absent: '$-1\r\n', set: '+OK\r\n', delete: ':1\r\n' },
    bad: {
      'a status where a text belongs': '+OK\r\n',
      'a number where a text belongs': ':7\r\n',
      'a list': '*1\r\n$4\r\ntext\r\n',
      'a map of RESP3': '%1\r\n+a\r\n+b\r\n',
      'a push of RESP3': '>1\r\n+a\r\n',
      'a length that is no number': '$four\r\ntext\r\n',
      'a negative length': '$-2\r\n',
      'a length beyond all bounds': '$999999999\r\n',
      'a length that is too short': '$3\r\ntext\r\n',
      'a full server': '-OOM command not allowed when used memory > maxmemory.\r\n',
      'a server that is loading': '-LOADING Redis is loading the dataset in memory\r\n',
      'a cluster': '-MOVED 3999 127.0.0.1:6381\r\n',
      'a replica': "-READONLY You can't write against a read only replica.\r\n",
    },
  },
  Memcached: {
    open: (connect: Connect): CopyStore =>
      createMemcachedCopyStore(connect, { hostname: '127.0.0.1', port: 11211 }),
    good: {
      get: 'VALUE session:id 0 4\r\ntext\r\nEND\r\n',
      absent: 'END\r\n',
      set: 'STORED\r\n',
      delete: 'DELETED\r\n',
    },
    bad: {
      'the value of another key': 'VALUE session:other 0 4\r\ntext\r\nEND\r\n',
      'a length that is no number': 'VALUE session:id 0 four\r\ntext\r\nEND\r\n',
      'a length beyond all bounds': 'VALUE session:id 0 999999999\r\n',
      'a length that is too short': 'VALUE session:id 0 3\r\ntext\r\nEND\r\n',
      'two values': 'VALUE session:id 0 4\r\ntext\r\nVALUE session:id 0 4\r\ntext\r\nEND\r\n',
      'a full server': 'SERVER_ERROR out of memory storing object\r\n',
      'a server that does not know the command': 'ERROR\r\n',
      'a value that was not stored': 'NOT_STORED\r\n',
    },
  },
} as const

const NEVER = { signal: new AbortController().signal }

/** The three calls of a store, on one key. */
const CALLS: readonly ((store: CopyStore) => Promise<unknown>)[] = [
  (store) => store.get('session:id', NEVER.signal),
  (store) => store.set('session:id', 'text', 300, NEVER.signal),
  (store) => store.delete(['session:id'], NEVER.signal),
]

describe.each(Object.entries(STORES))('PLT-01: the connection to %s', (_, { open, good, bad }) => {
  it.each([
    ['in one piece', (text: string) => [text]],
    ['byte by byte', (text: string) => [...text]],
  ])('reads a reply that comes %s, and is closed after each call', async (_, pieces) => {
    const answers = [
      [good.get, CALLS[0], 'text'],
      [good.absent, CALLS[0], null],
      [good.set, CALLS[1], undefined],
      [good.delete, CALLS[2], undefined],
    ] as const
    for (const [reply, call, result] of answers) {
      const { connect, count } = scriptedConnect({ sends: pieces(reply), closes: false })
      expect(await call?.(open(connect))).toEqual(result)
      expect(count).toEqual({ opened: 1, closed: 1 })
    }
  })

  /** More than is read of any reply. */
  const ENDLESS: Script = { sends: Array.from({ length: 40 }, () => 'x'.repeat(8192)), closes: true }

  const CUT: readonly [string, Script][] = [
    ['closes without a word', { sends: [], closes: true }],
    ['closes in the middle of a line', { sends: [good.get.slice(0, 2)], closes: true }],
    ['closes in the middle of a text', { sends: [good.get.slice(0, -6)], closes: true }],
    ['sends a line without an end', ENDLESS],
    ['sends bytes that are no text', { sends: [new Uint8Array([0, 255, 254, 13, 10])], closes: false }],
    ['sends an empty line', { sends: ['\r\n'], closes: false }],
    ['ends lines in another way', { sends: [good.get.replaceAll('\r\n', '\n')], closes: true }],
    ['speaks HTTP', { sends: ['HTTP/1.1 400 Bad Request\r\n\r\n'], closes: true }],
  ]
  const BAD = Object.entries(bad).map(([what, sent]): [string, Script] => [
    `sends ${what}`,
    { sends: [sent], closes: false },
  ])

  it.each([...CUT, ...BAD])('%s: a read fails at once, and the connection is closed', async (_, script) => {
    for (const call of CALLS) {
      const { connect, count } = scriptedConnect(script)
      // What is nonsense to a read may be right for a write.
      const isDone = await call(open(connect)).then(
        () => true,
        () => false,
      )
      expect(isDone && call === CALLS[0]).toBe(false)
      expect(count).toEqual({ opened: 1, closed: 1 })
    }
  })

  it.each([...CUT, ...BAD.filter(([what]) => /server|replica|cluster|stored/.test(what))])(
    '%s: a write and a deletion are not confirmed',
    async (_, script) => {
      for (const call of CALLS) await expect(call(open(scriptedConnect(script).connect))).rejects.toThrow()
    },
  )

  it('sends a line without an end: it is not read to where the server closes', async () => {
    for (const call of CALLS)
      await expect(call(open(scriptedConnect(ENDLESS).connect))).rejects.toThrow('The reply is too long')
  })

  it('cannot be made: every call fails at once', async () => {
    for (const call of CALLS) await expect(call(open(refusedConnect))).rejects.toThrow('Connection refused')
  })

  it('says nothing: it is closed after two seconds', async () => {
    vi.useFakeTimers()
    waitAsInProduction()
    onTestFinished(waitForStores)
    onTestFinished(() => void vi.useRealTimers())
    const { connect, count } = scriptedConnect({ sends: [], closes: false })
    const cache = copiesOn(open(connect))
    const settled = Promise.allSettled([
      cache.find('id'),
      cache.save(newLiveSession(), now()),
      cache.delete(['id', 'other']),
    ])
    await vi.waitFor(async () => {
      await vi.advanceTimersByTimeAsync(100)
      expect(count.opened).toBe(3)
    }, PATIENCE_MS)
    expect(count.closed).toBe(0)
    await vi.advanceTimersByTimeAsync(2000)
    for (const result of await settled) expect(result).toMatchObject({ reason: { name: 'StoreUnavailable' } })
    expect(count).toEqual({ opened: 3, closed: 3 })
  })

  it('deletes five hundred copies over one', async () => {
    const { connect, count } = scriptedConnect({ sends: [good.delete.repeat(500)], closes: false })
    await copiesOn(open(connect)).delete(Array.from({ length: 500 }, (_, n) => `id${n}`))
    expect(count).toEqual({ opened: 1, closed: 1 })
  })
})

describe('what Redis is sent', () => {
  it('is the password, the database and the command in one write, each with its length in bytes', async () => {
    const { connect, written } = scriptedConnect({ sends: ['+OK\r\n+OK\r\n+OK\r\n'], closes: false })
    const addresses: unknown[] = []
    const server = { ...SERVER, password: 'hü\r\nsh', database: 3 }
    const store = createRedisCopyStore((address, options) => {
      addresses.push([address.hostname, address.port, options.tls])
      return connect(address, options)
    }, server)
    await store.set('session:id', 'Ünï 🦊', 300, NEVER.signal)
    expect(addresses).toEqual([['redis.example', 6380, true]])
    expect(written).toEqual([
      '*3\r\n$4\r\nAUTH\r\n$5\r\njanus\r\n$7\r\nhü\r\nsh\r\n' +
        '*2\r\n$6\r\nSELECT\r\n$1\r\n3\r\n' +
        '*5\r\n$3\r\nSET\r\n$10\r\nsession:id\r\n$10\r\nÜnï 🦊\r\n$2\r\nEX\r\n$3\r\n300\r\n',
    ])
  })

  it.each([
    ['-WRONGPASS invalid username-password pair: hush\r\n', 'Redis refused AUTH: WRONGPASS'],
    ['-hush\r\n', 'Redis refused AUTH: ERR'],
    ['+hush', 'The connection was closed in the middle of a reply'],
  ])('AUD-02: a refusal of the password is named without it: %j', async (sent, message) => {
    const { connect } = scriptedConnect({ sends: [sent], closes: true })
    const store = createRedisCopyStore(connect, SERVER)
    await expect(store.get('session:id', NEVER.signal)).rejects.toThrow(new Error(message))
  })
})

describe('what Memcached is sent', () => {
  it.each(['', 'a b', 'a\r\nflush_all', 'ä', 'x'.repeat(251)])(
    'is no key that is a command as well: %j',
    async (key) => {
      const { connect, count } = scriptedConnect({ sends: ['END\r\n'], closes: false })
      const store = createMemcachedCopyStore(connect, { hostname: '127.0.0.1', port: 11211 })
      await expect(store.get(key, NEVER.signal)).rejects.toThrow('key')
      await expect(store.set(key, 'text', 300, NEVER.signal)).rejects.toThrow('key')
      await expect(store.delete([key], NEVER.signal)).rejects.toThrow('key')
      expect(count.opened).toBe(0)
    },
  )

  it('is no expiry that it would read as a date', async () => {
    const { connect, written } = scriptedConnect({ sends: ['STORED\r\n'], closes: false })
    const store = createMemcachedCopyStore(connect, { hostname: '127.0.0.1', port: 11211 })
    await store.set('session:id', 'Ünï', 400 * 86_400, NEVER.signal)
    expect(written).toEqual(['set session:id 0 2592000 5\r\nÜnï\r\n'])
  })
})
