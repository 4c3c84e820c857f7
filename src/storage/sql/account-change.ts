// Node runs this without a bundler for the command `janus users`, so imports name files, and nothing else is imported.

/** A text of SQL with its values by name. */
export interface NamedStatement {
  /** Placeholders are names with a colon: `:user_id`. `:now` is the instant of the change. */
  readonly text: string
  readonly values: Readonly<Record<string, string | number | null>>
}

/** An account and who changes it. */
export interface Change {
  readonly userId: string
  /** The id of an account, or `operator:NAME`. */
  readonly actorId: string
  /** `null`: no request caused it. */
  readonly requestId: string | null
  readonly now: number
  /** Holds what must be true besides: {@link ANYHOW} for an operator. */
  readonly guard: Guard
}

/** A condition, and its values. */
export interface Guard {
  readonly condition: string
  readonly values: NamedStatement['values']
}

/** Nothing must hold besides, because whoever may write to the database may do anything. */
export const ANYHOW: Guard = { condition: 'TRUE', values: {} }

/** Ends the open sessions of an account, if a condition holds. */
export function endSessions(change: Change, reason: string, { condition, values }: Guard): NamedStatement {
  const { userId, actorId, requestId, now, guard } = change
  return {
    text: `UPDATE sessions SET ended_at = :now, end_reason = '${reason}', end_context = :context
      WHERE user_id = :user_id AND ended_at IS NULL AND ${condition} AND ${guard.condition}`,
    values: {
      ...values,
      ...guard.values,
      user_id: userId,
      context: JSON.stringify(requestId === null ? { actorId } : { actorId, requestId }),
      now,
    },
  }
}

/** Guards a change of users: it applies only if the guard holds. Returns the id of what was changed. */
export function guarded({ guard }: Change, text: string, values: NamedStatement['values']): NamedStatement {
  // guard: an administrator changes what they may change, at the instant of the change
  return { text: `${text} AND ${guard.condition} RETURNING id`, values: { ...values, ...guard.values } }
}

/** Records the change, which must be the statement right before. */
export function recordIfChanged(change: Change, event: string): NamedStatement {
  return record(change, event, 'changes() > 0')
}

/** Notes in the audit trail who did something to an account, if a condition holds. */
export function record(
  { userId, actorId, requestId, now }: Change,
  event: string,
  condition: string,
  values: NamedStatement['values'] = {},
): NamedStatement {
  return {
    text: `INSERT INTO audit_events (at, event, outcome, actor_id, subject_id, request_id)
      SELECT :now, '${event}', 'success', :actor_id, :subject_id, :request_id WHERE ${condition}`,
    values: { ...values, now, actor_id: actorId, subject_id: userId, request_id: requestId },
  }
}
