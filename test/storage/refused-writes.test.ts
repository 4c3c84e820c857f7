import { expect, it } from 'vitest'
import { NotDone, reachToDo, StoreUnavailable } from '../../src/runtime/outage'

const withCode = (code: string) => Object.assign(new Error('what the database says'), { code })

it.each<[string, Error, boolean]>([
  ['a statement that D1 refuses', new Error('D1_ERROR: no such table: users: SQLITE_ERROR'), false],
  ['whatever SQLite says on Node', withCode('ERR_SQLITE_ERROR'), true],
  ['what was rolled back', new NotDone('no such table: users'), false],
  ['a collision on PostgreSQL', withCode('40001'), false],
  ['a transaction of which PostgreSQL does not know', withCode('40003'), true],
  ['a connection that was lost', withCode('ECONNRESET'), true],
])('API-02: tells what is known of a write after %s', async (_, cause, mayBeDone) => {
  const write = reachToDo('D1', async () => {
    throw cause
  })
  const error = await write.catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(StoreUnavailable)
  expect(/This may have been done/.test((error as StoreUnavailable).detail ?? '')).toBe(mayBeDone)
})
