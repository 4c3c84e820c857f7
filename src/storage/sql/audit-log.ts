import { type AuditRow, CHAINED_COLUMNS } from '../../audit/audit-chain'
import type { AuditEvent } from '../../audit/audit-event'
import type { AuditLog } from '../../audit/audit-log'
import type { SqlDatabase } from './sql-database'
import { PREVIOUS_CHANGED, type SqlValue, type Statement, sql } from './statement'

/** Creates the audit trail. Triggers keep it append-only (0007_triggers_as_they_are.sql). */
export function createAuditLog(db: SqlDatabase): AuditLog {
  return {
    async record(event) {
      await db.change(recordEvent(event), { outcomeMatters: false })
    },

    async findUnsealed(until, limit) {
      const { heads, unsealed } = await db.read({
        // The row before the first that is not sealed: however many wait, none of them is looked at.
        heads: sql<{ chain_hash: string }>(
          `SELECT chain_hash FROM
               (SELECT chain_hash FROM audit_events WHERE seq < coalesce(${FIRST_UNSEALED}, :last) ORDER BY seq DESC LIMIT 1) AS head
             UNION ALL SELECT chain_hash FROM audit_chain WHERE id = 1
             LIMIT 1`,
          { last: Number.MAX_SAFE_INTEGER },
        ),
        unsealed: sql<AuditEventRow>(
          `SELECT * FROM audit_events WHERE chain_hash IS NULL AND seq >= ${FIRST_UNSEALED} ORDER BY seq LIMIT :limit`,
          { limit },
        ),
      })
      // Up to the first that is too young: instants are taken before rows are written, so they may be out of order, and a row
      // that is passed over would be chained out of order.
      const tooYoung = unsealed.findIndex(({ at }) => at >= until)
      const settled = tooYoung === -1 ? unsealed : unsealed.slice(0, tooYoung)
      return { head: heads[0]?.chain_hash ?? '', rows: settled }
    },

    async seal(hashes) {
      const rows = hashes.map(({ seq, hash, source = null }) => ({ seq, hash, ...source }))
      const sealed = await db.change(
        sql<{ seq: number }>(
          // guard: of two sweeps at once one seals
          `UPDATE audit_events SET chain_hash = sealed.value ->> 'hash', source_salt = sealed.value ->> 'salt',
                                   source_digest = sealed.value ->> 'digest'
             FROM json_each(:rows) AS sealed
            WHERE audit_events.seq = CAST(sealed.value ->> 'seq' AS BIGINT) AND audit_events.chain_hash IS NULL
              AND EXISTS (SELECT 1 FROM audit_events AS oldest WHERE oldest.seq = :first AND oldest.chain_hash IS NULL)
           RETURNING seq`,
          { rows: JSON.stringify(rows), first: hashes[0]?.seq ?? 0 },
        ),
        { outcomeMatters: false },
      )
      return sealed.length > 0
    },

    async forgetSources(until, limit) {
      const accounts = await db.all(
        sql<{ id: string }>(`SELECT id FROM deleted_accounts WHERE id > '' ORDER BY id LIMIT :accounts`, {
          accounts: ACCOUNTS_AT_ONCE,
        }),
      )
      if (accounts.length === 0) return 0
      const { forgotten } = await db.transaction(
        {
          forgotten: accounts.map(({ id }) => forgetSourcesOf(id, limit)),
          done: accounts.map(({ id }) =>
            sql(
              `DELETE FROM deleted_accounts WHERE id = :id AND deleted_at < :until AND NOT EXISTS (
                 SELECT 1 FROM audit_events
                  WHERE subject_id = :id AND (source_salt IS NOT NULL OR chain_hash IS NULL))`,
              { id, until },
            ),
          ),
        },
        { outcomeMatters: false },
      )
      return forgotten.length
    },

    async prune(until, limit) {
      const oldest = await db.all(
        sql<AuditEventRow>(
          // Nothing but the oldest row is looked at while that is to be kept, as it is in almost every run.
          `SELECT seq, at, chain_hash FROM audit_events
            WHERE seq >= (SELECT seq FROM
              (SELECT seq, at FROM audit_events WHERE seq > (SELECT pruned_to FROM audit_chain WHERE id = 1)
                ORDER BY seq LIMIT 1) AS oldest WHERE at < :until)
            ORDER BY seq LIMIT :limit`,
          { until, limit: limit + 1 },
        ),
      )
      // The last one read stays: it may be the newest there is, after which the next place is counted.
      const candidates = oldest.slice(0, -1)
      const kept = candidates.findIndex((row) => row.at >= until || row.chain_hash === null)
      const last = candidates[(kept === -1 ? candidates.length : kept) - 1]
      if (!last) return 0
      const { deleted } = await db.transaction(
        {
          moved: sql(
            'UPDATE audit_chain SET pruned_to = :seq, chain_hash = :chain_hash WHERE id = 1 AND pruned_to < :seq',
            { seq: last.seq, chain_hash: last.chain_hash },
          ),
          deleted: sql<{ seq: number }>('DELETE FROM audit_events WHERE seq <= :seq RETURNING seq', {
            seq: last.seq,
          }),
        },
        { outcomeMatters: false },
      )
      return deleted.length
    },
  }
}

/** Bounds the deleted accounts that one run of the sweep looks at. */
const ACCOUNTS_AT_ONCE = 10

function forgetSourcesOf(id: string, limit: number): Statement<{ seq: number }> {
  return sql(
    // guard: where events of a deleted account came from is forgotten
    `UPDATE audit_events SET address = NULL, user_agent = NULL, source_salt = NULL
      WHERE seq IN (SELECT seq FROM audit_events WHERE subject_id = :id AND source_salt IS NOT NULL ORDER BY seq LIMIT :limit)
        AND NOT EXISTS (SELECT 1 FROM users WHERE users.id = :id)
     RETURNING seq`,
    { id, limit },
  )
}

// guard: growth: what waits to be sealed is not looked at
const FIRST_UNSEALED = '(SELECT min(seq) FROM audit_events WHERE chain_hash IS NULL)'

/** Appends an event. */
export function recordEvent(event: AuditEvent): Statement {
  return sql(`${INSERT} SELECT ${VALUES}`, valuesOf(event))
}

/** Appends an event if the statement right before changed a row, so that what did not happen is not recorded either. */
export function recordIfChanged(event: AuditEvent): Statement {
  // guard: what did not happen is not recorded
  return sql(`${INSERT} SELECT ${VALUES} WHERE ${PREVIOUS_CHANGED}`, valuesOf(event))
}

/** Appends an event about the account of a one-time token, if the token is there. */
export function recordIfIssued(event: AuditEvent, tokenHash: string): Statement {
  return sql(
    `${INSERT} SELECT ${VALUES.replace(':subject_id', 'coalesce(:subject_id, holder)')}
       FROM one_time_tokens WHERE token_hash = :token_hash`,
    { ...valuesOf(event), token_hash: tokenHash },
  )
}

/** Appends an event about a session and its account, if the statement right before changed a row; `detail` stands as its reason. */
export function recordOfSession(event: AuditEvent, detail: string): Statement {
  const values = VALUES.replace(':subject_id', 'sessions.user_id').replace(':actor_id', 'sessions.user_id')
  const { subject_id: _, actor_id: __, ...rest } = valuesOf({ ...event, reason: detail })
  return sql(`${INSERT} SELECT ${values} FROM sessions WHERE id = :session_id AND ${PREVIOUS_CHANGED}`, rest)
}

/** The database gives each row its `seq`. */
const COLUMNS = CHAINED_COLUMNS.filter((column) => column !== 'seq')
const INSERT = `INSERT INTO audit_events (${COLUMNS.join(', ')})`
const VALUES = COLUMNS.map((column) => `:${column}`).join(', ')

function valuesOf(event: AuditEvent): Record<(typeof COLUMNS)[number], SqlValue> {
  const { source } = event
  return {
    at: event.at,
    event: event.event,
    outcome: event.outcome,
    reason: event.reason,
    actor_id: event.actorId,
    subject_id: event.subjectId,
    account_key: event.accountKey,
    session_id: event.sessionId,
    mode: event.mode,
    address: source?.address ?? null,
    country: source?.country ?? null,
    user_agent: source?.userAgent ?? null,
    request_id: source?.requestId ?? null,
  }
}

export interface AuditEventRow extends AuditRow {
  readonly seq: number
  readonly at: number
  readonly event: string
  readonly outcome: AuditEvent['outcome']
  readonly reason: string | null
  readonly actor_id: string | null
  readonly subject_id: string | null
  readonly session_id: string | null
  readonly mode: AuditEvent['mode']
  readonly address: string | null
  readonly country: string | null
  readonly user_agent: string | null
  readonly request_id: string | null
  readonly chain_hash: string | null
}
