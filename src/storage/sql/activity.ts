import type { Activity } from '../../audit/activity'
import type { RecordedEvent } from '../../audit/audit-event'
import type { AuditEventRow } from './audit-log'
import type { SqlDatabase } from './sql-database'
import { sql } from './statement'

/** Creates what reads the audit trail about one account. */
export function createActivity(db: SqlDatabase): Activity {
  return {
    async list(subjectId, { before, limit }) {
      const rows = await db.all(
        sql<AuditEventRow>(
          // guard: the activity is that of one account
          'SELECT * FROM audit_events WHERE subject_id = :subject_id AND seq < :before ORDER BY seq DESC LIMIT :limit',
          { subject_id: subjectId, before: before ?? Number.MAX_SAFE_INTEGER, limit },
        ),
      )
      return rows.map(toRecordedEvent)
    },
  }
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
