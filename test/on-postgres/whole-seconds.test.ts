import { expect, it } from 'vitest'
import { connections } from './database'

it.each([
  ['01.0', 1],
  ['01.4', 1],
  ['01.5', 1],
  ['01.999999', 1],
])('unixepoch() at %s seconds is %d, as in SQLite: what is due now is not due ahead', async (at, seconds) => {
  const { rows } = await connections.use(async (client) => {
    const source = await client.query<{ prosrc: string }>(
      "SELECT prosrc FROM pg_proc WHERE oid = 'unixepoch'::regproc",
    )
    const body = source.rows[0]?.prosrc ?? ''
    expect(body).toContain('now()')
    return client.query<{ floor: string }>(body.replace('now()', `timestamptz '1970-01-01 00:00:${at}Z'`))
  })
  expect(Object.values(rows[0] ?? {}).map(Number)).toEqual([seconds])
})
