import type { AuditEventName } from '../audit/audit-event'
import type { Mode } from '../sessions/mode'

/** Something that happened to an account, as other parts of an app are told. */
export interface JanusEvent {
  /** The same in each repetition, and of no other event. */
  readonly id: string
  readonly type: JanusEventType
  /** Says when it happened (RFC 3339). */
  readonly timestamp: string
  readonly data: {
    readonly user_id: string
    /** Names who did it, as far as it was proven: the id of an account, `operator:NAME`, or `null`. */
    readonly by: string | null
    readonly session_id: string | null
    readonly mode: Mode | null
    /** Says what was changed, why a session ended, or how somebody signed in; a short code, or `null`. */
    readonly reason: string | null
    /** With events of type `user.…`: the account as it is when the event is sent; `null` if it is deleted. */
    readonly user?: EventUser | null
  }
}

export interface EventUser {
  readonly email: string
  readonly email_verified: boolean
  readonly name: string | null
}

export type JanusEventType =
  | 'user.created'
  | 'user.verified'
  | 'user.changed'
  | 'user.disabled'
  | 'user.enabled'
  | 'user.deleted'
  | 'session.started'
  | 'session.ended'
  | 'password.changed'

/** A row of the audit trail, with the account as it is now. */
export interface EventRow {
  readonly seq: number
  readonly at: number
  readonly event: string
  readonly outcome: 'success' | 'refused'
  readonly reason: string | null
  readonly actorId: string | null
  readonly subjectId: string | null
  readonly sessionId: string | null
  readonly mode: Mode | null
  readonly user: (EventUser & { readonly emailVerifiedAt: number | null }) | null
}

/** Which rows of the trail are events for others; `reason` in place of that of the row. */
const TYPES: Partial<
  Record<AuditEventName | 'session-ended', { readonly type: JanusEventType; readonly reason?: string }>
> = {
  'account-registered': { type: 'user.created' },
  'email-verified': { type: 'user.verified' },
  'email-changed': { type: 'user.changed', reason: 'email' },
  'roles-changed': { type: 'user.changed', reason: 'roles' },
  'profile-changed': { type: 'user.changed', reason: 'profile' },
  'account-disabled': { type: 'user.disabled' },
  'account-enabled': { type: 'user.enabled' },
  'account-deleted': { type: 'user.deleted' },
  'signed-in': { type: 'session.started' },
  'session-ended': { type: 'session.ended' },
  'password-changed': { type: 'password.changed' },
  'password-reset': { type: 'password.changed', reason: 'reset' },
}

/** Lists the events that may be the first proof of an address besides `email-verified`: a person who uses a mailed link reads the mail. */
const MAY_PROVE: readonly string[] = ['password-reset', 'signed-in link', 'first-factor-proven link']

/** Returns what a row of the audit trail tells others: nothing, one event, or two. */
export function eventsOf(row: EventRow): readonly JanusEvent[] {
  const { event, outcome, subjectId, user } = row
  if (outcome !== 'success' || subjectId === null) return []
  const known = Object.hasOwn(TYPES, event) ? TYPES[event as AuditEventName] : undefined
  const events: JanusEvent[] = []
  if (
    MAY_PROVE.includes(row.reason === null ? event : `${event} ${row.reason}`) &&
    user?.emailVerifiedAt === row.at
  ) {
    events.push(makeEvent(row, subjectId, { type: 'user.verified' }, '_verified'))
  }
  if (known) events.push(makeEvent(row, subjectId, known, ''))
  return events
}

function makeEvent(
  { seq, at, actorId, sessionId, mode, reason, user }: EventRow,
  userId: string,
  kind: { readonly type: JanusEventType; readonly reason?: string },
  suffix: string,
): JanusEvent {
  const about = user && { email: user.email, email_verified: user.email_verified, name: user.name }
  return {
    // After a restore of the database a place in the trail is taken again, at another instant.
    id: `evt_${seq}_${at}${suffix}`,
    type: kind.type,
    timestamp: new Date(at * 1000).toISOString(),
    data: {
      user_id: userId,
      by: actorId,
      session_id: sessionId,
      mode,
      reason: kind.reason ?? reason,
      ...(kind.type.startsWith('user.') ? { user: about } : {}),
    },
  }
}
