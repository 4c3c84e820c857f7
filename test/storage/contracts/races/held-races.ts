import { expect, it } from 'vitest'
import type { Connections } from '../../../../src/storage/postgres/connections'
import { createPostgresDatabase } from '../../../../src/storage/postgres/postgres-database'
import { NOW, storesOn } from '../arrange'
import { SIGN_IN } from './beginnings'
import { CHANGE, END_OF_ALL, SIGN_OUT_AFTER_RENEWAL } from './endings'
import { REDEMPTION } from './grant-beginnings'
import { holdableConnections } from './holdable-connections'
import { RACES, type SessionRace } from './session-races'

/** Of every beginning that loses a race at READ COMMITTED, one that it loses. The locks of rows save the others. */
const LOST_AT_READ_COMMITTED = [
  [CHANGE, SIGN_IN],
  ['a reset of the password', SIGN_IN],
  [END_OF_ALL, 'a renewal by password, session mode'],
  ['the removal of the passkey', 'a sign-in by passkey'],
  [CHANGE, 'a renewal by passkey'],
  ['the removal of the passkey', 'a second step by passkey'],
  [CHANGE, 'a renewal by code'],
  [CHANGE, 'the setting up of a second factor'],
  [CHANGE, 'the removal of a second factor'],
  [CHANGE, REDEMPTION],
  [SIGN_OUT_AFTER_RENEWAL, REDEMPTION],
  [CHANGE, 'a code that is redeemed for offline access'],
] as const

/** A race in which one of the two has done everything but commit while the other runs. */
interface HeldRace {
  readonly first: 'the beginning' | 'the ending'
  /** Which transaction of the first is held. */
  readonly nth: number
}

interface Outcome {
  readonly begun: boolean
  readonly ended: boolean
  readonly survived: boolean
  /** Says how many transactions the first has made. */
  readonly transactions: number
}

/**
 * Races everything that begins a session, or goes on with one, against everything that takes away what it rests on, in the orders in which a
 * database loses: each of the two has read and written all it will, and commits when the other has committed, or waits for it. Neither
 * sees what the other has done, unless the database makes it.
 *
 * @param connections To a database that nobody else uses, and as many as a race needs, which is three.
 */
export function heldRaces(connections: () => Connections): void {
  it.each(RACES)(
    'PostgreSQL: $ending leaves no session of $beginning that commits right before or after it',
    async (race) => {
      const outcomes = await runAll(race, connections())
      expect(outcomes.filter(({ survived }) => survived)).toEqual([])
      expect(outcomes.filter(({ begun, ended }) => !begun && !ended)).toEqual([])
      expect(outcomes.some(({ ended }) => ended)).toBe(true)
    },
  )

  // What the races above are worth: the same ones are lost where the database does not look after the order.
  it.each(LOST_AT_READ_COMMITTED)(
    'PostgreSQL at READ COMMITTED: %s leaves a session of %s, and this test would see it',
    async (ending, beginning) => {
      const race = RACES.find((one) => one.ending === ending && one.beginning === beginning)
      if (!race) throw new Error('There is no such race')
      const outcomes = await runAll(race, connections(), 'BEGIN ISOLATION LEVEL READ COMMITTED')
      expect(outcomes.filter(({ survived }) => survived)).not.toEqual([])
    },
  )
}

/** Runs a race for each transaction of either side, held in turn. */
async function runAll(race: SessionRace, connections: Connections, level?: string): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (const first of ['the beginning', 'the ending'] as const) {
    for (let nth = 1, most = 1; nth <= most; nth++) {
      const outcome = await run(race, { first, nth }, connections, level)
      most = outcome.transactions
      outcomes.push(outcome)
    }
  }
  return outcomes
}

async function run(
  { arrange, end }: SessionRace,
  { first, nth }: HeldRace,
  connections: Connections,
  level?: string,
): Promise<Outcome> {
  const [ofBeginning, ofEnding] = [courseOn(connections, level), courseOn(connections, level)]
  const { ada, next } = await arrange(ofBeginning)
  const begins = await next()
  const ends = await end(ofEnding, ada)
  const [leader, leads, follows] =
    first === 'the beginning' ? [ofBeginning, begins, ends] : [ofEnding, ends, begins]

  const hold = leader.connections.hold(nth)
  const leading = leads()
  await Promise.race([hold.reached, leading])
  const following = follows()
  await untilDoneOrWaiting(following, connections)
  hold.release()
  const [led, followed] = await Promise.all([leading, following])

  const [id, ended] = (first === 'the beginning' ? [led, followed] : [followed, led]) as [
    string | null,
    boolean,
  ]
  const survived = ended && id !== null && (await ofEnding.stores.sessions.findLive(id, NOW)) !== null
  return { begun: id !== null, ended, survived, transactions: leader.connections.transactions() }
}

function courseOn(shared: Connections, level?: string) {
  const connections = holdableConnections(shared, level)
  const db = createPostgresDatabase(connections, { pipeline: true })
  return { connections, db, stores: storesOn(db) }
}

/** Waits until somebody is done, or some transaction waits for the lock of another: with nobody else there, his for the one that is held. */
async function untilDoneOrWaiting(work: Promise<unknown>, connections: Connections): Promise<void> {
  let isDone = false
  work.then(
    () => (isDone = true),
    () => (isDone = true),
  )
  while (!isDone && !(await connections.use(isSomebodyWaiting))) {
    // Looks again.
  }
}

async function isSomebodyWaiting(client: {
  query(text: string): Promise<{ rows: unknown[] }>
}): Promise<boolean> {
  return (await client.query('SELECT 1 FROM pg_locks WHERE NOT granted LIMIT 1')).rows.length > 0
}
