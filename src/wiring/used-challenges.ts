import type { Clock } from '../runtime/clock'
import type { SqlDatabase } from '../storage/sql/sql-database'
import { createUsedChallenges } from '../storage/sql/used-challenges'
import { FORGET_STEP } from './sweep'

/** The part of the sweep that passkeys and social login share. It has one name, so that it runs once whichever of them there are. */
export function sweepUsedChallenges(db: SqlDatabase, clock: Clock) {
  const used = createUsedChallenges(db)
  return { 'used-challenges': () => used.forget(clock(), FORGET_STEP) }
}
