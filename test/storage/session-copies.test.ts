import { env } from 'cloudflare:workers'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createKvCopyStore } from '../../src/storage/kv/copy-store'
import { createMemoryCopyStore } from '../../src/storage/memory/copy-store'
import { waitAsInProduction, waitForStores } from '../support/patience'
import { stopTime } from '../support/stop-time'
import { copiesOn, newLiveSession, now, sessionCopiesContract, signedTexts } from './session-copies-contract'

/** A machine that does other work needs longer than the second that is the default. */
const PATIENCE_MS = 60_000

sessionCopiesContract('Workers KV', () => copiesOn(createKvCopyStore(env.SESSIONS)))
sessionCopiesContract('memory', () => copiesOn(createMemoryCopyStore(now)))

it('a record of another version counts as absent', async () => {
  const cache = copiesOn(createKvCopyStore(env.SESSIONS))
  await env.SESSIONS.put(
    'session:older',
    await signedTexts.sign('session:older', '{"session":{"id":"older"},"writtenAt":9999999999}'),
  )
  expect(await cache.find('older')).toBeNull()
})

describe('OUT-02: the age of a copy', () => {
  it.each([
    ['just written', 0, true],
    ['a second before its end', 299, true],
    ['at its end', 300, false],
    ['from the future, so that its age is unknown', -300, false],
  ])('a copy %s', async (_, age, accepted) => {
    stopTime()
    // KV forgets nothing here, as a store that was put back to a snapshot would not.
    const cache = copiesOn(createKvCopyStore(env.SESSIONS), { copySeconds: 300 })
    const live = newLiveSession()
    await cache.save(live, now() - age)
    expect(await cache.find(live.session.id)).toEqual(accepted ? live : null)
  })

  it('has no bound of its own in KV', async () => {
    const cache = copiesOn(createKvCopyStore(env.SESSIONS), { copySeconds: null })
    const live = newLiveSession()
    await cache.save(live, now() - 20 * 24 * 60 * 60)
    expect(await cache.find(live.session.id)).toEqual(live)
  })
})

describe('copies in memory', () => {
  it('go away by themselves', async () => {
    const clock = vi.fn(now)
    const store = createMemoryCopyStore(clock)
    const { signal } = new AbortController()
    await store.set('key', 'text', 30, signal)
    clock.mockReturnValue(now() + 29)
    expect(await store.get('key', signal)).toBe('text')
    clock.mockReturnValue(now() + 31)
    expect(await store.get('key', signal)).toBeNull()
  })

  it('are bounded: the copy written first makes room', async () => {
    const store = createMemoryCopyStore(now, 2)
    const { signal } = new AbortController()
    for (const key of ['a', 'b', 'a', 'c']) await store.set(key, `text of ${key}`, 30, signal)
    const texts = await Promise.all(['a', 'b', 'c'].map((key) => store.get(key, signal)))
    expect(texts).toEqual(['text of a', null, 'text of c'])
  })
})

it('a store that takes too long is told to close what it holds', async () => {
  vi.useFakeTimers()
  waitAsInProduction()
  onTestFinished(waitForStores)
  onTestFinished(() => void vi.useRealTimers())
  const aborted: unknown[] = []
  const never = (signal: AbortSignal) =>
    new Promise<never>(() => signal.addEventListener('abort', () => aborted.push(signal.reason)))
  const cache = copiesOn({
    store: 'Redis',
    mostDeletes: 100,
    get: (_, signal) => never(signal),
    set: (_key, _text, _seconds, signal) => never(signal),
    delete: (_, signal) => never(signal),
  })
  const settled = Promise.allSettled([
    cache.find('id'),
    cache.save(newLiveSession(), now()),
    cache.delete(['id']),
  ])
  await vi.waitFor(async () => {
    await vi.advanceTimersByTimeAsync(2000)
    expect(aborted).toHaveLength(3)
  }, PATIENCE_MS)
  for (const result of await settled) {
    expect(result).toMatchObject({ status: 'rejected', reason: { name: 'StoreUnavailable', store: 'Redis' } })
  }
})
