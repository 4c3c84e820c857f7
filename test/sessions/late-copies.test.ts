import { expect, it, onTestFinished, vi } from 'vitest'
import { StoreUnavailable } from '../../src/runtime/outage'
import type { CopyStore } from '../../src/sessions/copy-store'
import type { LiveSession } from '../../src/sessions/session'
import { createSessionCopies } from '../../src/sessions/session-copies'
import { waitAsInProduction } from '../support/patience'

waitAsInProduction()

type Answers = () => Promise<never> | Promise<null>

const NEVER: Answers = () => new Promise(() => {})
const REFUSES: Answers = () => Promise.reject(new Error('Connection refused'))
const HAS_NOTHING: Answers = () => Promise.resolve(null)

/** Copies in a store that answers as it is told, in time that passes by itself. */
function copiesIn(answer: Answers) {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] })
  onTestFinished(() => {
    vi.useRealTimers()
  })
  const asked: string[] = []
  const told = { answer }
  const answers = (call: string) => {
    asked.push(call)
    return told.answer()
  }
  const copyStore: CopyStore = {
    store: 'Redis',
    mostDeletes: 10,
    get: () => answers('get'),
    async set() {
      await answers('set')
    },
    async delete() {
      await answers('delete')
    },
  }
  const copies = createSessionCopies({
    copyStore,
    signedTexts: { sign: async (_, json) => json, open: async (_, text) => text },
    restores: { lastAt: async () => 0 } as never,
    copySeconds: 300,
    clock: () => 1_000,
    log: () => {},
  })
  /** Its answer, and how many milliseconds it took. */
  async function time(operation: () => Promise<unknown>) {
    const begun = Date.now()
    let ended = Number.NaN
    const result = operation()
      .catch((error: unknown) => error)
      .finally(() => {
        ended = Date.now()
      })
    await vi.advanceTimersByTimeAsync(2_000)
    return { result: await result, took: ended - begun }
  }
  const find = () => time(() => copies.find('id'))
  const save = () =>
    time(() => copies.save({ session: { id: 'id', idleExpiresAt: 2_000 } } as LiveSession, 1_000))
  const remove = () => time(() => copies.delete(['id']))
  return { asked, told, find, save, remove }
}

const LATE = { result: expect.any(StoreUnavailable), took: 2_000 }
const AT_ONCE = { result: expect.any(StoreUnavailable), took: 0 }

it('a store that gives no answer three times in a row is left alone for ten seconds, but for deletions', async () => {
  const { asked, told, find, save, remove } = copiesIn(NEVER)
  expect([await find(), await save(), await find()]).toEqual([LATE, LATE, LATE])
  // 8 of 10 seconds pass.
  expect([await find(), await save(), await find()]).toEqual([AT_ONCE, AT_ONCE, AT_ONCE])
  expect(asked).toEqual(['get', 'set', 'get'])
  expect(await remove()).toEqual(LATE)
  expect(asked).toEqual(['get', 'set', 'get', 'delete'])

  await vi.advanceTimersByTimeAsync(2_000)
  expect([await find(), await find()]).toEqual([LATE, AT_ONCE])
  await vi.advanceTimersByTimeAsync(10_000)
  told.answer = HAS_NOTHING
  expect(await find()).toEqual({ result: null, took: 0 })
  told.answer = NEVER
  expect([await find(), await find(), await find()]).toEqual([LATE, LATE, LATE])
})

it('while it is left alone one call tries again, and the others do not wait for it', async () => {
  const { asked, find } = copiesIn(NEVER)
  for (let each = 0; each < 3; each++) await find()
  await vi.advanceTimersByTimeAsync(10_000)
  asked.length = 0
  expect(await Promise.all([find(), find(), find()])).toEqual([LATE, AT_ONCE, AT_ONCE])
  expect(asked).toEqual(['get'])
})

it('a store that refuses, or is late now and then, is asked every time', async () => {
  const { asked, told, find } = copiesIn(REFUSES)
  for (let each = 0; each < 5; each++) expect(await find()).toEqual(AT_ONCE)
  for (const answer of [NEVER, NEVER, HAS_NOTHING, NEVER, NEVER, REFUSES, NEVER, NEVER]) {
    told.answer = answer
    await find()
  }
  expect(asked).toHaveLength(13)
})
