import type { Clock } from '../runtime/clock'
import type { SqlDatabase } from '../storage/sql/sql-database'
import { createUsedChallenges } from '../storage/sql/used-challenges'
import { FORGET_STEP } from './sweep'

/** Creates the part of the sweep that passkeys and social login share. It has one name, so it runs once, with either or both. */
export function sweepUsedChallenges(db: SqlDatabase, clock: Clock) {
  const used = createUsedChallenges(db)
  return { 'used-challenges': () => used.forget(clock(), FORGET_STEP) }
}
