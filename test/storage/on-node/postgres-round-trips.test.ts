import '../../../packages/node/platform'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type DelayingProxy, startDelayingProxy } from '../../../lab/bench/harness/delaying-proxy.ts'
import { migratePostgres } from '../../../packages/cli/migrate/migrate-postgres.ts'
import { type Connections, connectEachTime, createPool } from '../../../src/storage/postgres/connections'
import { createPostgresDatabase } from '../../../src/storage/postgres/postgres-database'
import { type PostgresServer, startPostgres } from '../../support/postgres-server'
import { describeWith } from '../../support/with-tools'
import { NOW, register, signIn, source, storesOn } from '../contracts/arrange'

describeWith(['postgres'], 'round trips to PostgreSQL', () => {
  let server: PostgresServer
  let proxy: DelayingProxy
  let url: URL

  beforeAll(async () => {
    server = await startPostgres()
    const database = await server.createDatabase('janus')
    await migratePostgres(database, 'src/storage/postgres/migrations')
    url = new URL(database)
    proxy = await startDelayingProxy({ host: url.hostname, port: Number(url.port) }, 0)
    url.port = `${proxy.port}`
  })

  afterAll(async () => {
    await proxy?.stop()
    await server?.stop()
  })

  const ways: readonly (readonly [
    string,
    () => Connections,
    boolean,
    { signIn: number; refresh: number },
  ])[] = [
    ['of a pool, in one flight', () => createPool(`${url}`), true, { signIn: 1, refresh: 1 }],
    // Of three, one opens the connection and one says who connects.
    [
      'of a connection for each call, in one flight',
      () => connectEachTime(() => `${url}`, { pipeline: true }),
      true,
      { signIn: 3, refresh: 3 },
    ],
    [
      'of a connection for each call, one statement after another',
      () => connectEachTime(() => `${url}`, { pipeline: false }),
      false,
      { signIn: 13, refresh: 5 },
    ],
  ]

  it.each(ways)('PLT-01: are few, %s', async (_, open, pipeline, most) => {
    const connections = open()
    const stores = storesOn(createPostgresDatabase(connections, { pipeline }))
    const ada = await register(stores.users, 'token')
    const counted = async (work: () => Promise<unknown>) => {
      const before = proxy.roundTrips()
      await work()
      return proxy.roundTrips() - before
    }
    const signedIn = await counted(() => signIn(stores.users, ada))
    const terms = { now: NOW, idleExpiresAt: NOW + 700, reuseSeconds: 10, source }
    const refreshed = await counted(async () => {
      expect((await stores.sessions.rotate(ada.prepared.session.id, 0, terms)).outcome).toBe('rotated')
    })
    await connections.close()
    expect({ signIn: signedIn, refresh: refreshed }).toEqual(most)
  })
})
