import '../../../../packages/node/platform'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect as connectTcp, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Duplex } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { type DelayingProxy, startDelayingProxy } from '../../../../lab/bench/harness/delaying-proxy.ts'
import { type Address, parseRedisUrl, type RedisServer } from '../../../../src/config/servers'
import type { CopyStore } from '../../../../src/sessions/copy-store'
import { createMemcachedCopyStore } from '../../../../src/storage/memcached/copy-store'
import { createRedisCopyStore } from '../../../../src/storage/redis/copy-store'
import type { Connect, Connection } from '../../../../src/storage/sockets/conversation'
import { openMemcachedCopies } from '../../../../src/wiring/memcached-on-node'
import { openRedisCopies } from '../../../../src/wiring/redis-on-node'
import { type CopyServer, startCopyServer } from '../../../support/copy-server'
import { createAuthority } from '../../../support/smtp-server'
import { describeWith } from '../../../support/with-tools'

const { signal } = new AbortController()

/** Connects as `cloudflare:sockets` does, so that what Workers say over a connection is counted here. */
const connectOnce: Connect = ({ hostname, port }) =>
  connectionOf(connectTcp({ host: hostname, port, noDelay: true }), 'connect')

function connectionOf(socket: Socket, opening: 'connect' | 'secureConnect') {
  const { readable, writable } = Duplex.toWeb(socket) as unknown as Pick<Connection, 'readable' | 'writable'>
  return {
    readable,
    writable,
    opened: once(socket, opening),
    closed: once(socket, 'close'),
    close: async () => void socket.destroy(),
  }
}

type Opened = { readonly copyStore: CopyStore; close(): void }

// A database of its own is chosen in the write of the command.
const redis = (port: number) => parseRedisUrl(`redis://127.0.0.1:${port}/2`) as RedisServer
const memcached = (port: number): Address => ({ hostname: '127.0.0.1', port })
const eachTime = (copyStore: CopyStore): Opened => ({ copyStore, close: () => {} })

const STORES = {
  redis: {
    'over a connection that is kept': { open: (port: number) => openRedisCopies(redis(port)), trips: 1 },
    // One of two opens the connection.
    'over a connection for each call': {
      open: (port: number) => eachTime(createRedisCopyStore(connectOnce, redis(port))),
      trips: 2,
    },
  },
  memcached: {
    'over a connection that is kept': {
      open: (port: number) => openMemcachedCopies(memcached(port)),
      trips: 1,
    },
    'over a connection for each call': {
      open: (port: number) => eachTime(createMemcachedCopyStore(connectOnce, memcached(port))),
      trips: 2,
    },
  },
} as const

for (const tool of ['redis', 'memcached'] as const) {
  describeWith([tool], `round trips to ${tool}`, () => {
    let server: CopyServer
    let proxy: DelayingProxy

    beforeAll(async () => {
      server = await startCopyServer(tool)
      proxy = await startDelayingProxy({ host: '127.0.0.1', port: server.port }, 0)
    })

    afterAll(async () => {
      await proxy.stop()
      await server.kill()
    })

    it.each(Object.entries(STORES[tool]))('PLT-01: are few %s', async (_, { open, trips }) => {
      const { copyStore, close } = await open(proxy.port)
      onTestFinished(close)
      await copyStore.get('session:none', signal)
      expect(await roundTripsOf(copyStore, proxy)).toEqual({ write: trips, read: trips, deleteThree: trips })
    })
  })
}

describeWith(['redis', 'openssl'], 'round trips to redis over TLS', () => {
  it('PLT-01: are one more, over a connection for each call', async () => {
    const authority = createAuthority()
    const { cert, key } = authority.sign('localhost')
    const folder = mkdtempSync(join(tmpdir(), 'janus-redis-'))
    const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
    writeFileSync(certFile, cert)
    writeFileSync(keyFile, key)
    const server = await startCopyServer('redis', (port) => [
      ...['--port', '0', '--tls-port', `${port}`, '--tls-auth-clients', 'no'],
      ...['--tls-cert-file', certFile, '--tls-key-file', keyFile, '--tls-ca-cert-file', certFile],
    ])
    const proxy = await startDelayingProxy({ host: '127.0.0.1', port: server.port }, 0)
    onTestFinished(async () => {
      await proxy.stop()
      await server.kill()
      authority.remove()
      rmSync(folder, { recursive: true })
    })
    const connect: Connect = ({ port }) =>
      connectionOf(
        connectTls({ host: '127.0.0.1', port, servername: 'localhost', ca: authority.certificate }),
        'secureConnect',
      )
    const secured = parseRedisUrl(`rediss://127.0.0.1:${proxy.port}/2`) as RedisServer
    const trips = await roundTripsOf(createRedisCopyStore(connect, secured), proxy)
    expect(trips).toEqual({ write: 3, read: 3, deleteThree: 3 })
  })
})

async function roundTripsOf(copyStore: CopyStore, proxy: DelayingProxy) {
  const counted = async (work: () => Promise<unknown>) => {
    const before = proxy.roundTrips()
    await work()
    return proxy.roundTrips() - before
  }
  return {
    write: await counted(() => copyStore.set('session:a', 'a text', 300, signal)),
    read: await counted(async () => expect(await copyStore.get('session:a', signal)).toBe('a text')),
    deleteThree: await counted(() => copyStore.delete(['session:a', 'session:b', 'session:c'], signal)),
  }
}
