import '../../../../packages/node/platform'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type DelayingProxy, startDelayingProxy } from '../../../../lab/bench/harness/delaying-proxy.ts'
import { migratePostgres } from '../../../../packages/cli/migrate/migrate-postgres.ts'
import { type Connections, connectEachTime, createPool } from '../../../../src/storage/postgres/connections'
import { createPostgresDatabase } from '../../../../src/storage/postgres/postgres-database'
import { createDeviceGrantStore } from '../../../../src/storage/sql/device-grant-store'
import { createMachineStore } from '../../../../src/storage/sql/machine-store'
import { createOpenIdStore } from '../../../../src/storage/sql/openid-store'
import { createTokenStatusStore } from '../../../../src/storage/sql/token-status-store'
import { type PostgresServer, startPostgres } from '../../../support/postgres-server'
import { describeWith } from '../../../support/with-tools'
import { MAX_SESSIONS, NOW, random, register, signIn, source, storesOn } from '../../contracts/arrange'
import { ALL, addClient, addDeviceClient, codeFor, presented } from '../../contracts/oauth-store-contract'

/** Says how often each operation waits for the server. */
type Trips = Readonly<Record<string, number>>

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

  /** The ways to a server, and how often each operation waits: where a connection is opened for a call, that is two of them. */
  const ways: readonly (readonly [string, () => Connections, boolean, Trips])[] = [
    [
      'of a pool, in one flight',
      () => createPool(`${url}`),
      true,
      {
        ...{ signIn: 1, refresh: 1 },
        ...{ ask: 1, code: 1, exchange: 1, refreshGrant: 1, userInfo: 1, introspect: 1, revoke: 1 },
        ...{ machine: 1, device: 1, pending: 1, enter: 1, allow: 1, connect: 1 },
      },
    ],
    // Of three, one opens the connection and one says who connects.
    [
      'of a connection for each call, in one flight',
      () => connectEachTime(() => `${url}`, { pipeline: true }),
      true,
      {
        ...{ signIn: 3, refresh: 3 },
        ...{ ask: 3, code: 3, exchange: 3, refreshGrant: 3, userInfo: 3, introspect: 3, revoke: 3 },
        ...{ machine: 3, device: 3, pending: 3, enter: 3, allow: 3, connect: 3 },
      },
    ],
    [
      'of a connection for each call, one statement after another',
      () => connectEachTime(() => `${url}`, { pipeline: false }),
      false,
      {
        ...{ signIn: 12, refresh: 5 },
        ...{ ask: 8, code: 6, exchange: 12, refreshGrant: 8, userInfo: 3, introspect: 7, revoke: 6 },
        ...{ machine: 3, device: 6, pending: 13, enter: 6, allow: 5, connect: 13 },
      },
    ],
  ]

  it.each(ways)('PLT-01: are few, %s', async (_, open, pipeline, most) => {
    const connections = open()
    const db = createPostgresDatabase(connections, { pipeline })
    const stores = storesOn(db)
    const { oauth } = stores
    const ada = await register(stores.users, 'token')
    const { id: sessionId } = ada.prepared.session
    const terms = { now: NOW, idleExpiresAt: NOW + 700, reuseSeconds: 10, source }
    const trips: Record<string, number> = {}
    async function counted<T>(name: string, work: () => Promise<T>): Promise<T> {
      const before = proxy.roundTrips()
      const result = await work()
      trips[name] = proxy.roundTrips() - before
      return result
    }
    await counted('signIn', () => signIn(stores.users, ada))
    const { outcome } = await counted('refresh', () => stores.sessions.rotate(sessionId, 0, terms))
    expect(outcome).toBe('rotated')

    // What apps ask for.
    const clientId = await addClient(db)
    const issued = codeFor(clientId, ada, 'openid')
    const code = presented(issued)
    const { client, grantId } = code
    const asked = { clientId, sessionId, resource: null, now: NOW }
    expect((await counted('ask', () => oauth.findAsked(asked))).client?.id).toBe(clientId)
    expect(await counted('code', () => oauth.issueCode(issued))).toBe(true)
    expect((await counted('exchange', () => oauth.redeem(code))).outcome).toBe('redeemed')
    const token = { id: grantId, counter: 0 }
    const rotated = await counted('refreshGrant', () => oauth.rotate(client, token, ALL, terms))
    expect(rotated.outcome).toBe('rotated')
    const person = { id: grantId, clientId, now: NOW }
    const told = await counted('userInfo', () => createOpenIdStore(db).findPerson(person))
    expect(told?.subject).toBe(ada.user.id)
    const status = createTokenStatusStore(db)
    const place = { clientId, sessionId: grantId, spent: null }
    const found = await counted('introspect', () => status.find(client, place, NOW))
    expect(found.grant?.clientId).toBe(clientId)
    expect(await counted('revoke', () => status.revoke(client, place, { source, now: NOW }))).toBe(true)
    const machines = createMachineStore(db)
    expect((await counted('machine', () => machines.findProven(client)))?.id).toBe(clientId)

    // And devices.
    const devices = createDeviceGrantStore(db, { maxSessions: MAX_SESSIONS })
    const tv = { clientId: await addDeviceClient(db), secretHash: null }
    const [codeHash, userCodeHash] = [random(32), random(32)]
    const request = { codeHash, userCodeHash, scope: 'read', resource: null, expiresAt: NOW + 600 }
    expect((await counted('device', () => devices.start(tv, request)))?.id).toBe(tv.clientId)
    const newGrant = {
      ...{ grantId: random(16), newSubject: random(32), idleExpiresAt: NOW + 600, expiresAt: NOW + 6000 },
      ...{ closedTo: { everybody: false, roles: [] }, source, now: NOW },
    }
    const poll = () => devices.poll(tv, { codeHash, resource: null, served: [] }, newGrant)
    expect((await counted('pending', poll)).outcome).toBe('pending')
    const owner = { userId: ada.user.id, sessionId }
    expect(await counted('enter', () => devices.claim(userCodeHash, owner, NOW))).not.toBeNull()
    const decision = { allowed: true, scope: 'read', resource: null }
    expect(await counted('allow', () => devices.decide(userCodeHash, owner, decision, NOW))).toBe(true)
    expect((await counted('connect', poll)).outcome).toBe('granted')
    await connections.close()
    expect(trips).toEqual(most)
  })
})
