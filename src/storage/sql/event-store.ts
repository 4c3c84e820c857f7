import { auditEvent } from '../../audit/audit-event'
import type { EventRow } from '../../events/event'
import type { EventStore, ReceiverMove } from '../../events/event-store'
import type { ReceiverName } from '../../events/receiver'
import { recordIfChanged } from './audit-log'
import type { SqlDatabase } from './sql-database'
import { ifChanged, type Statement, sql } from './statement'

/** Creates the store of the places of the receivers of events. */
export function createEventStore(db: SqlDatabase): EventStore {
  return {
    async findBehind(receivers, now) {
      const { places, ends } = await db.read({
        places: sql<{ name: ReceiverName; place: number; due_at: number }>(
          `SELECT name, place, due_at FROM event_receivers WHERE name IN ('app', 'queue', 'webhook')`,
        ),
        ends: sql<{ seq: number }>(
          'SELECT seq FROM audit_events WHERE seq < :last ORDER BY seq DESC LIMIT 1',
          {
            last: Number.MAX_SAFE_INTEGER,
          },
        ),
      })
      const end = ends[0]?.seq ?? 0
      for (const name of receivers.filter((each) => !places.some((place) => place.name === each))) {
        await db.change(
          sql('INSERT INTO event_receivers (name, place) VALUES (:name, :place) ON CONFLICT DO NOTHING', {
            name,
            place: end,
          }),
          { outcomeMatters: false },
        )
      }
      return places
        .filter(({ name, place, due_at }) => receivers.includes(name) && place < end && due_at <= now)
        .map(({ name }) => name)
    },

    async claim(name, { now, until, settledBefore, limit }) {
      const { claimed, rows } = await db.transaction(
        {
          claimed: sql<{ place: number; attempts: number }>(
            // guard: one caller delivers to a receiver
            `UPDATE event_receivers SET due_at = :until WHERE name = :name AND due_at <= :now
             RETURNING place, attempts`,
            { name, now, until },
          ),
          rows: sql<Row>(
            `SELECT seq, at, event, outcome, reason, actor_id, subject_id, session_id, mode, users.email,
                    users.name, users.email_verified_at
               FROM audit_events LEFT JOIN users ON users.id = subject_id
              WHERE seq > (SELECT place FROM event_receivers WHERE name = :name) ORDER BY seq LIMIT :limit`,
            { name, limit },
          ),
        },
        { outcomeMatters: false },
      )
      const [first] = claimed
      if (!first) return null
      // Where rows may appear out of order, one that is too young may still get one before it.
      const tooYoung = rows.findIndex(({ at }) => at >= settledBefore)
      return { ...first, rows: (tooYoung === -1 ? rows : rows.slice(0, tooYoung)).map(toEventRow) }
    },

    async settle(name, move) {
      await db.change(moveOn(name, move), { outcomeMatters: false })
    },

    async giveUp(name, move, { id, now }) {
      const event = auditEvent('event-given-up', { at: now, reason: `${name} ${id}` })
      await db.transaction(
        { moved: moveOn(name, move), recorded: ifChanged('moved', recordIfChanged(event)) },
        { outcomeMatters: false },
      )
    },
  }
}

function moveOn(name: ReceiverName, { from, to, attempts, dueAt }: ReceiverMove): Statement {
  return sql(
    `UPDATE event_receivers SET place = :to, attempts = :attempts, due_at = :due_at
      WHERE name = :name AND place = :from`,
    { name, from, to, attempts, due_at: dueAt },
  )
}

interface Row {
  readonly seq: number
  readonly at: number
  readonly event: string
  readonly outcome: EventRow['outcome']
  readonly reason: string | null
  readonly actor_id: string | null
  readonly subject_id: string | null
  readonly session_id: string | null
  readonly mode: EventRow['mode']
  readonly email: string | null
  readonly name: string | null
  readonly email_verified_at: number | null
}

function toEventRow({ email, name, email_verified_at: emailVerifiedAt, ...row }: Row): EventRow {
  return {
    seq: row.seq,
    at: row.at,
    event: row.event,
    outcome: row.outcome,
    reason: row.reason,
    actorId: row.actor_id,
    subjectId: row.subject_id,
    sessionId: row.session_id,
    mode: row.mode,
    user: email === null ? null : { email, email_verified: emailVerifiedAt !== null, name, emailVerifiedAt },
  }
}
