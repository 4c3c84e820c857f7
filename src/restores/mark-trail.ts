import type { Log } from '../runtime/log'
import type { Mark, MarkStore } from './mark'
import type { RestoreStore } from './restore-store'

/** KV's free plan has 1,000 writes a day: this takes at most 144 of them. */
const MARK_SECONDS = 600

export interface MarkTrailServices {
  readonly restoreStore: RestoreStore
  readonly marks: MarkStore
  readonly log: Log
}

/**
 * Marks how far the audit trail has come, at most every ten minutes. If the trail lacks what the last mark names, the mark stays and the log
 * says `restore-noticed`: the database was put back, and `janus restored` must run. `janus doctor` holds the trail against the same mark.
 *
 * @throws {StoreUnavailable}
 */
export async function markTrail(
  { restoreStore, marks, log }: MarkTrailServices,
  reached: Mark,
): Promise<void> {
  const mark = await marks.find()
  if (mark && reached.at - mark.at < MARK_SECONDS) return
  // guard: the mark of a trail that was put back is kept
  if (mark && (await restoreStore.wasPutBack(mark))) {
    log('restore-noticed', { marked_at: mark.at, seq: mark.seq, run: 'janus restored' })
    return
  }
  await marks.set(reached)
}
