import '../../../../packages/node/platform'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { type Address, parseRedisUrl, type RedisServer } from '../../../../src/config/servers'
import { NoAnswer, reach, StoreUnavailable } from '../../../../src/runtime/outage'
import { type OpenCopies, openMemcachedCopies } from '../../../../src/wiring/memcached-on-node'
import { openRedisCopies } from '../../../../src/wiring/redis-on-node'
import { type CopyServer, startCopyServer } from '../../../support/copy-server'
import { describeWith } from '../../../support/with-tools'
import { copiesOn, newLiveSession, now, sessionCopiesContract } from '../../session-copies-contract'

const NEVER = new AbortController().signal

const STORES = {
  redis: {
    open: (port: number) => openRedisCopies(parseRedisUrl(`redis://127.0.0.1:${port}`) as RedisServer),
    // What the server answers to get, set and delete of one key.
    good: { get: '$4\r\ntext\r\n', delete: ':1\r\n' },
    bad: {
      'speaks HTTP': 'HTTP/1.1 400 Bad Request\r\n\r\n',
      'sends a number where a text belongs': ':7\r\n',
      'sends a status where a text belongs': '+OK\r\n',
      'sends a list': '*1\r\n$4\r\ntext\r\n',
      'sends bytes that are no text': '\0\xff\r\n',
      'is full': '-OOM command not allowed: session:id\r\n',
    },
  },
  memcached: {
    open: async (port: number) => openMemcachedCopies({ hostname: '127.0.0.1', port } satisfies Address),
    good: { get: 'VALUE session:id 0 4\r\ntext\r\nEND\r\n', delete: 'DELETED\r\n' },
    bad: {
      'speaks HTTP': 'HTTP/1.1 400 Bad Request\r\n\r\n',
      'sends the value of another key': 'VALUE session:other 0 4\r\ntext\r\nEND\r\n',
      'sends a length beyond all bounds': 'VALUE session:id 0 999999999\r\n',
      'sends bytes that are no text': '\0\xff\r\n',
      'is full': 'SERVER_ERROR out of memory: session:id\r\n',
    },
  },
} as const

/** Returns a server that answers each piece that it receives, and counts who is connected. */
async function scriptedServer(answer: (received: string) => string) {
  const sockets = new Set<Socket>()
  const count = { made: 0, open: () => sockets.size }
  const server = createServer((socket) => {
    count.made++
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    socket.on('data', (bytes) => socket.write(answer(bytes.toString()), 'latin1'))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port, count, sockets }
}

for (const tool of ['redis', 'memcached'] as const) {
  const { open, good, bad } = STORES[tool]

  describeWith([tool], `copies in ${tool} from Node`, () => {
    let server: CopyServer
    let copies: OpenCopies

    beforeAll(async () => {
      server = await startCopyServer(tool)
      copies = await open(server.port)
    })

    afterAll(async () => {
      copies.close()
      await server.kill()
    })

    sessionCopiesContract(tool, () => copiesOn(copies.copyStore))

    it('OUT-02: killed while it serves, and started again: every call ends, and copies are there again by themselves', async () => {
      const [cache, live] = [copiesOn(copies.copyStore), newLiveSession()]
      await cache.save(live, now())
      const asking = Promise.allSettled(Array.from({ length: 30 }, () => cache.find(live.session.id)))
      await server.kill()
      await asking
      for (const call of [() => cache.find('id'), () => cache.save(live, now()), () => cache.delete(['id'])])
        await expect(call()).rejects.toThrow(StoreUnavailable)
      await server.start()
      await expect.poll(() => cache.find(live.session.id).catch(() => 'down')).toBeNull()
      await cache.save(live, now())
      expect(await cache.find(live.session.id)).toEqual(live)
    })

    it('OUT-02: hangs: whoever waits gets no answer in two seconds, and copies are there again when it goes on', async () => {
      const { copyStore } = copies
      await copyStore.set('session:id', 'text', 300, NEVER)
      await server.pause()
      const waits = Array.from({ length: 15 }, () =>
        reach(copyStore.store, (signal) => copyStore.get('session:id', signal)),
      )
      for (const wait of await Promise.allSettled(waits))
        expect(wait).toMatchObject({ reason: { cause: expect.any(NoAnswer) } })
      server.goOn()
      await expect.poll(() => copyStore.get('session:id', NEVER).catch(() => 'down')).toBe('text')
    })
  })

  describe(`the connections to ${tool} from Node`, () => {
    it('are kept between calls, and closed at the end', async () => {
      const { port, count } = await scriptedServer(() => good.get)
      const { copyStore, close } = await open(port)
      for (let call = 0; call < 20; call++) expect(await copyStore.get('session:id', NEVER)).toBe('text')
      expect(count.made).toBe(1)
      close()
      await expect.poll(count.open).toBe(0)
      await expect(copyStore.get('session:id', NEVER)).rejects.toThrow()
    })

    it('are ten at most, and a command that is given up closes its own', async () => {
      const { port, count } = await scriptedServer(() => '')
      const { copyStore, close } = await open(port)
      onTestFinished(close)
      const givenUp = new AbortController()
      // Counted rather than awaited: without its end a call would wait for ever.
      let [answered, rejected] = [0, 0]
      for (let call = 0; call < 40; call++) {
        copyStore.get('session:id', givenUp.signal).then(
          () => answered++,
          () => rejected++,
        )
      }
      await expect.poll(count.open).toBe(tool === 'redis' ? 1 : 10)
      givenUp.abort(new NoAnswer('late'))
      await expect.poll(() => [answered, rejected]).toEqual([0, 40])
      await expect.poll(count.open).toBeLessThanOrEqual(tool === 'redis' ? 1 : 0)
      expect(count.made).toBeLessThanOrEqual(10)
    })

    it.each(Object.entries(bad))('%s: a read fails, and the next one is right', async (_, reply) => {
      let answers = 0
      const { port } = await scriptedServer(() => (answers++ === 0 ? reply : good.get))
      const { copyStore, close } = await open(port)
      onTestFinished(close)
      const failure = await copyStore.get('session:id', NEVER).catch((error: Error) => error.message)
      expect(failure).not.toBe('text')
      // AUD-02: a refusal may repeat what was sent.
      expect(failure).not.toContain('session:id')
      await expect.poll(() => copyStore.get('session:id', NEVER).catch(() => 'down')).toBe('text')
    })

    it('a reply that nobody asked for confirms no deletion', async () => {
      const { port, count, sockets } = await scriptedServer((received) =>
        received.includes('DEL') || received.includes('delete') ? '' : good.get,
      )
      const { copyStore, close } = await open(port)
      onTestFinished(close)
      expect(await copyStore.get('session:id', NEVER)).toBe('text')
      for (const socket of sockets) socket.write(good.delete)
      // By itself an idle connection is closed after 30 seconds.
      await expect.poll(() => count.made - count.open(), { timeout: 20_000 }).toBe(1)
      const givenUp = new AbortController()
      const deletion = copyStore.delete(['session:id'], givenUp.signal).catch(() => 'not confirmed')
      setImmediate(() => {
        givenUp.abort(new NoAnswer('late'))
      })
      expect(await deletion).toBe('not confirmed')
    })
  })
}
