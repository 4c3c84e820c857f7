import type { AuditRow } from '../../audit/audit-chain'
import type { AuditEvent, RecordedEvent } from '../../audit/audit-event'
import type { AuditLog } from '../../audit/audit-log'
import { reach, reachToRead } from '../../runtime/outage'

/** The audit trail in D1. Triggers keep it append-only (src/storage/d1/migrations/0007_triggers_as_they_are.sql). */
export function createD1AuditLog(db: D1Database): AuditLog {
  return {
    async record(event) {
      await reach('D1', () => recordEvent(db, event).run())
    },

    async list(subjectId, { before, limit }) {
      const page = await reachToRead('D1', () =>
        db
          .prepare('SELECT * FROM audit_events WHERE subject_id = ?1 AND seq < ?2 ORDER BY seq DESC LIMIT ?3')
          .bind(subjectId, before ?? Number.MAX_SAFE_INTEGER, limit)
          .all<AuditEventRow>(),
      )
      return page.results.map(toRecordedEvent)
    },

    async findUnsealed(until, limit) {
      const [heads, unsealed] = await reachToRead('D1', () =>
        db.batch<AuditEventRow>([
          // The row before the first that is not sealed: however many wait, none of them is looked at.
          db
            .prepare(
              `SELECT chain_hash FROM
                 (SELECT chain_hash FROM audit_events WHERE seq < coalesce(${FIRST_UNSEALED}, ?1) ORDER BY seq DESC LIMIT 1)
               UNION ALL SELECT chain_hash FROM audit_chain WHERE id = 1
               LIMIT 1`,
            )
            .bind(Number.MAX_SAFE_INTEGER),
          db
            .prepare(
              `SELECT * FROM audit_events WHERE chain_hash IS NULL AND seq >= ${FIRST_UNSEALED} ORDER BY seq LIMIT ?1`,
            )
            .bind(limit),
        ]),
      )
      const rows = unsealed?.results ?? []
      // Up to the first that is too young: instants are taken before rows are written, so they may be out of order, and a row
      // that is passed over would be chained out of order.
      const tooYoung = rows.findIndex(({ at }) => at >= until)
      const settled = tooYoung === -1 ? rows : rows.slice(0, tooYoung)
      return { head: heads?.results[0]?.chain_hash ?? '', rows: settled }
    },

    async seal(hashes) {
      await reach('D1', () =>
        db
          .prepare(
            `UPDATE audit_events SET chain_hash = sealed.value ->> 'hash'
               FROM json_each(?1) AS sealed
              WHERE audit_events.seq = sealed.value ->> 'seq' AND audit_events.chain_hash IS NULL`,
          )
          .bind(JSON.stringify(hashes))
          .run(),
      )
    },

    async prune(until, limit) {
      const oldest = await reach('D1', () =>
        db
          .prepare(
            // Nothing but the oldest row is looked at while that is to be kept, as it is in almost every run.
            `SELECT seq, at, chain_hash FROM audit_events
              WHERE seq >= (SELECT seq FROM
                (SELECT seq, at FROM audit_events WHERE seq > (SELECT pruned_to FROM audit_chain WHERE id = 1)
                  ORDER BY seq LIMIT 1) WHERE at < ?1)
              ORDER BY seq LIMIT ?2`,
          )
          .bind(until, limit + 1)
          .all<AuditEventRow>(),
      )
      // The last one read stays: it may be the newest there is, after which the next place is counted.
      const candidates = oldest.results.slice(0, -1)
      const kept = candidates.findIndex((row) => row.at >= until || row.chain_hash === null)
      const last = candidates[(kept === -1 ? candidates.length : kept) - 1]
      if (!last) return 0
      const [, deleted] = await reach('D1', () =>
        db.batch([
          db
            .prepare('UPDATE audit_chain SET pruned_to = ?1, chain_hash = ?2 WHERE id = 1 AND pruned_to < ?1')
            .bind(last.seq, last.chain_hash),
          db.prepare('DELETE FROM audit_events WHERE seq <= ?1 RETURNING seq').bind(last.seq),
        ]),
      )
      return deleted?.results.length ?? 0
    },
  }
}

const FIRST_UNSEALED = '(SELECT min(seq) FROM audit_events WHERE chain_hash IS NULL)'

/**
 * Appends an event. In a batch, right after the statement it is about: `if-changed` records only if that statement
 * changed a row, so that what did not happen is not recorded either. With the hash of a one-time token: only if it is there,
 * and about the account it is for.
 */
export function recordEvent(
  db: D1Database,
  event: AuditEvent,
  when: 'always' | 'if-changed' | { readonly tokenHash: string } = 'always',
): D1PreparedStatement {
  const { client } = event
  return db
    .prepare(
      `INSERT INTO audit_events (at, event, outcome, reason, actor_id, subject_id, account_key, session_id, mode,
                                 address, country, user_agent, request_id)
       SELECT ?1, ?2, ?3, ?4, ?5, coalesce(?6, holder), ?7, ?8, ?9, ?10, ?11, ?12, ?13
         FROM (SELECT 1) LEFT JOIN one_time_tokens ON token_hash = ?15
        WHERE ?14 = 'always' OR (?14 = 'if-changed' AND changes() > 0) OR holder IS NOT NULL`,
    )
    .bind(
      event.at,
      event.event,
      event.outcome,
      event.reason,
      event.actorId,
      event.subjectId,
      event.accountKey,
      event.sessionId,
      event.mode,
      client?.address ?? null,
      client?.country ?? null,
      client?.userAgent ?? null,
      client?.requestId ?? null,
      typeof when === 'string' ? when : 'if-issued',
      typeof when === 'string' ? null : when.tokenHash,
    )
}

interface AuditEventRow extends AuditRow {
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

function toRecordedEvent(row: AuditEventRow): RecordedEvent {
  return {
    seq: row.seq,
    at: row.at,
    event: row.event,
    outcome: row.outcome,
    reason: row.reason,
    byOwner: row.actor_id !== null && row.actor_id === row.subject_id,
    sessionId: row.session_id,
    mode: row.mode,
    address: row.address,
    country: row.country,
    userAgent: row.user_agent,
    requestId: row.request_id,
  }
}
