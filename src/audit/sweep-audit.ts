import { type MarkTrailServices, markTrail } from '../restores/mark-trail'
import type { Clock } from '../runtime/clock'
import type { Log } from '../runtime/log'
import { chainHash, commitSource } from './audit-chain'
import type { AuditLog, SealedRow } from './audit-log'

/** A row is sealed when no request can still be writing rows before it. */
const SETTLED_SECONDS = 60

/** Nothing is recorded about an account that was deleted so long ago. */
const DELETION_SETTLED_SECONDS = 2 * SETTLED_SECONDS

/** Bounded work for each run; what is left waits for the next. */
const STEP = 200
const STEPS = 5

const DAY_SECONDS = 24 * 60 * 60

/**
 * Seals what has settled into the hash chain, forgets where events of deleted accounts came from, and whole days that are older than they are kept.
 *
 * The end of the chain goes to the log: whoever can change the database could compute the chain anew, and the log is
 * where it shows (docs/explain/security.md). @throws {StoreUnavailable}
 */
export async function sweepAudit(
  services: MarkTrailServices & {
    readonly auditLog: AuditLog
    readonly auditRetentionDays: number
    readonly clock: Clock
    readonly log: Log
  },
): Promise<void> {
  const { auditLog, auditRetentionDays, clock, log } = services
  const now = clock()
  let newest: SealedRow | null = null
  for (let step = 0; step < STEPS; step++) {
    const { head, rows } = await auditLog.findUnsealed(now - SETTLED_SECONDS, STEP)
    const sealed: SealedRow[] = []
    let hash = head
    for (const row of rows) {
      const source = await commitSource(row)
      hash = await chainHash(hash, { ...row, source_digest: source?.digest ?? null })
      sealed.push({ seq: Number(row.seq), hash, source })
    }
    const last = sealed.at(-1)
    if (!last) break
    if (!(await auditLog.seal(sealed))) break
    newest = last
    log('audit-sealed', { seq: last.seq, chain_hash: last.hash, events: sealed.length })
    if (rows.length < STEP) break
  }
  const forgotten = await auditLog.forgetSources(now - DELETION_SETTLED_SECONDS, STEP)
  if (forgotten > 0) log('audit-sources-forgotten', { events: forgotten })
  const today = now - (now % DAY_SECONDS)
  const pruned = await auditLog.prune(today - auditRetentionDays * DAY_SECONDS, STEP * STEPS)
  if (pruned > 0) log('audit-pruned', { events: pruned })
  if (newest) await markTrail(services, { seq: newest.seq, chainHash: newest.hash, at: now })
}
