import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import { createDurableObjectCopyStore } from '../../src/storage/durable-object/copy-store'
import { copiesOn, newLiveSession, now, sessionCopiesContract } from './session-copies-contract'

const { signal } = new AbortController()

sessionCopiesContract('Durable Objects', () => copiesOn(createDurableObjectCopyStore(env.COPIES)))

/** Returns an object that no other test uses, and what lies in it. */
function ownObject() {
  const stub = env.COPIES.getByName(crypto.randomUUID())
  const rows = () =>
    runInDurableObject(stub, (_, { storage }) =>
      storage.sql.exec('SELECT key FROM copies ORDER BY key').toArray(),
    )
  const alarm = () => runInDurableObject(stub, (_, { storage }) => storage.getAlarm())
  return { stub, rows, alarm }
}

describe('an object that holds copies', () => {
  it('OUT-02: keeps a deletion that it has confirmed, and a copy, when it is evicted', async () => {
    const { stub } = ownObject()
    await stub.set('session:a', 'a', 300)
    await stub.set('session:b', 'b', 300)
    await stub.delete(['session:a', 'session:unknown'])
    await evictDurableObject(stub)
    expect([await stub.get('session:a'), await stub.get('session:b')]).toEqual([null, 'b'])
  })

  it('gives no copy that is over', async () => {
    const { stub } = ownObject()
    await stub.set('session:a', 'a', -1)
    expect(await stub.get('session:a')).toBeNull()
  })

  it('deletes by its alarm what is over, and sleeps once nothing is left', async () => {
    const { stub, rows, alarm } = ownObject()
    expect(await alarm()).toBeNull()
    await stub.set('session:over', 'a', -1)
    await stub.set('session:valid', 'b', 300)
    expect(await alarm()).toBeGreaterThan(Date.now())
    expect(await runDurableObjectAlarm(stub)).toBe(true)
    expect(await rows()).toEqual([{ key: 'session:valid' }])
    expect(await alarm()).toBeGreaterThan(Date.now())
    await stub.set('session:valid', 'b', -1)
    expect(await runDurableObjectAlarm(stub)).toBe(true)
    expect([await rows(), await alarm()]).toEqual([[], null])
  })
})

describe('copies in Durable Objects', () => {
  it('are spread over 64 objects by the first character of the id, one call for each', async () => {
    const calls: string[] = []
    const object = { get: async () => null, set: async () => {}, delete: vi.fn(async () => {}) }
    const getByName = (name: string) => {
      calls.push(name)
      return object
    }
    const store = createDurableObjectCopyStore({ getByName })
    const { session } = newLiveSession({ id: `x${'a'.repeat(21)}` })
    await copiesOn(store).save({ session, roles: [], secretHash: null }, now())
    await copiesOn(store).find('-one')
    await store.delete(['session:a1', 'session:b1', 'session:a2'], signal)
    expect(calls).toEqual(['copies-x', 'copies--', 'copies-a', 'copies-b'])
    expect(object.delete.mock.calls).toEqual([[['session:a1', 'session:a2']], [['session:b1']]])
  })
})
