import type { StartedSession } from '../../identity/user-store'
import type { RequestSource } from '../../request-source/request-source'
import { isSecondFactor } from '../../sessions/assurance'
import type { ClosedTo } from '../../sessions/factor-policy'
import type { Session } from '../../sessions/session'
import type { EndedSession } from '../../sessions/session-store'
import { endGrantsOfOthers, handOnGrants, tellOfOthers } from './handed-on-grants'
import { closedValues, takesOneFactor } from './required-factors'
import { parseRoles } from './session-row'
import { endContext } from './sessions'
import { NO_LIMIT, PREVIOUS_CHANGED, type Statement, sql } from './statement'

// The statements of a sign-in about sessions. They stand in the transaction that checks what entitles to one.

/** Describes the row of a started session: the roles of its account, as a JSON array. */
export interface BegunRow {
  readonly roles: string
}

export interface NewSession {
  readonly session: Session
  /** `null` in token mode. */
  readonly secretHash: string | null
  readonly closedTo: ClosedTo
}

/**
 * Starts a session of an account that exists and is not disabled, if it still has a password hash: a sign-in that was checked against
 * another starts nothing. Fails if there is the session already, so that nothing of the transaction happens twice: see
 * {@link unlessRepeated}.
 *
 * @param proof `verifiedOnly`: and if somebody has proven its address. `unless`: the id of a session that must not exist.
 */
export function insertSession(
  started: NewSession,
  proof: {
    readonly passwordHash: string
    readonly verifiedOnly: boolean
    readonly unless?: string | null | undefined
  },
): Statement<BegunRow> {
  const verified = proof.verifiedOnly ? 'AND email_verified_at IS NOT NULL' : ''
  return sql(
    // guard: a session begins only on the password that was checked
    `${INSERT} AND (${IS_THERE} OR (password_hash = :password_hash ${verified}
                    AND NOT EXISTS (SELECT 1 FROM sessions WHERE id = :unless)))
     ${RETURNING}`,
    { ...valuesOf(started), password_hash: proof.passwordHash, unless: proof.unless ?? null },
  )
}

/** Inserts as {@link insertSession} does, if the statement right before, which used up a one-time token, changed a row. */
export function insertSessionIfChanged(started: NewSession): Statement<BegunRow> {
  return sql(`${INSERT} AND (${IS_THERE} OR ${PREVIOUS_CHANGED}) ${RETURNING}`, valuesOf(started))
}

// guard: a session begins only on an account that is enabled
// guard: whatever statement tries it, a session begins only with the factors that are required
const INSERT = `INSERT INTO sessions (id, user_id, mode, secret_hash, refresh_counter, refreshed_at, created_at,
                      authenticated_at, last_seen_at, idle_expires_at, expires_at, user_agent, country, amr, methods)
  SELECT :id, id, :mode, :secret_hash, :refresh_counter, :refreshed_at, :created_at,
         :authenticated_at, :created_at, :idle_expires_at, :expires_at, :user_agent, :country, :amr, :methods
    FROM users WHERE id = :user_id AND disabled_at IS NULL AND (second_factor_at IS NULL OR :second_factor = 1)
     AND ${takesOneFactor('users.roles')}`

/** Describes the row of a session that a pending sign-in started. */
export interface BegunOfPending extends BegunRow {
  /** Lists what the session rests on, as a JSON array: what was proven before, and the second factor. */
  readonly methods: string
}

/**
 * Starts the session of a sign-in that waited for its second factor, if the statement right before, which used a code up, changed a row.
 * What was proven before comes from the pending sign-in, which a later statement of the transaction deletes.
 */
export function insertSessionOfPending(started: NewSession, tokenHash: string): Statement<BegunOfPending> {
  const { second_factor, amr, closed_to_all, closed_roles, methods, ...values } = valuesOf(started)
  return sql(
    `INSERT INTO sessions (id, user_id, mode, secret_hash, refresh_counter, refreshed_at, created_at,
                           authenticated_at, last_seen_at, idle_expires_at, expires_at, user_agent, country, amr, methods)
     SELECT :id, users.id, :mode, :secret_hash, :refresh_counter, :refreshed_at, :created_at,
            :authenticated_at, :created_at, :idle_expires_at, :expires_at, :user_agent, :country,
            CASE WHEN proven.methods LIKE '%"pwd"%' THEN 'pwd' ELSE 'otp' END,
            substr(proven.methods, 1, length(proven.methods) - 1) || ',' || substr(:methods, 2)
       FROM users JOIN pending_sign_ins AS proven ON proven.user_id = users.id
      WHERE users.id = :user_id AND disabled_at IS NULL AND proven.token_hash = :token_hash AND ${PREVIOUS_CHANGED}
     RETURNING (SELECT roles FROM users WHERE id = user_id) AS roles, methods`,
    { ...values, methods, token_hash: tokenHash },
  )
}

// guard: of two equal requests at once, one does nothing
const IS_THERE = 'EXISTS (SELECT 1 FROM sessions WHERE id = :id)'

const RETURNING = 'RETURNING (SELECT roles FROM users WHERE id = user_id) AS roles'

function valuesOf({ session, secretHash, closedTo }: NewSession) {
  const refreshed = session.mode === 'token'
  return {
    id: session.id,
    user_id: session.userId,
    mode: session.mode,
    secret_hash: secretHash,
    refresh_counter: refreshed ? 0 : null,
    refreshed_at: refreshed ? session.createdAt : null,
    created_at: session.createdAt,
    idle_expires_at: session.idleExpiresAt,
    expires_at: session.expiresAt,
    user_agent: session.userAgent,
    country: session.country,
    authenticated_at: session.authenticatedAt,
    amr: amrOf(session.methods),
    methods: JSON.stringify(session.methods),
    second_factor: session.methods.some(({ method }) => isSecondFactor(method)) ? 1 : 0,
    ...closedValues(closedTo),
  }
}

/** Returns the one word that older versions read of proofs. */
export function amrOf(methods: Session['methods']): 'pwd' | 'otp' {
  return methods.some(({ method }) => method === 'pwd') ? 'pwd' : 'otp'
}

/** Returns what began with a session, or `null` if it did not begin. */
export function startedSession(
  [begun]: readonly BegunRow[],
  others: Omit<StartedSession, 'roles'>,
): StartedSession | null {
  return begun ? { roles: parseRoles(begun.roles), ...others } : null
}

/** Ends a session whose credential came along with a sign-in, if that sign-in started `replacement`, and says what becomes of its grants. */
export function endPresented(
  { sessionId, secretHash }: { readonly sessionId: string; readonly secretHash: string | null },
  replacement: Session,
  source: RequestSource,
): readonly Statement<EndedSession>[] {
  const { id: newId, userId, createdAt: now } = replacement
  const ended = sql<EndedSession>(
    `UPDATE sessions SET ended_at = :now, end_reason = 'replaced-by-sign-in', end_context = :context
      WHERE id = :id AND secret_hash IS NOT DISTINCT FROM :secret_hash AND ended_at IS NULL
        AND EXISTS (SELECT 1 FROM sessions WHERE id = :replacement)
     RETURNING id, mode`,
    {
      id: sessionId,
      secret_hash: secretHash,
      replacement: newId,
      now,
      context: endContext({ actorId: userId, source }),
    },
  )
  const replaced = { oldId: sessionId, newId, userId, now }
  return [ended, handOnGrants(replaced), endGrantsOfOthers(replaced, source), tellOfOthers(replaced)]
}

/**
 * Ends the sessions of an account beyond `maxSessions`, if the sign-in started `replacement`, which stays: first those that have
 * expired, then those that were used least recently.
 */
export function endBeyondLimit({
  maxSessions,
  replacement,
  source,
}: {
  readonly maxSessions: number
  readonly replacement: Session
  readonly source: RequestSource
}): Statement<EndedSession> {
  const { id, userId, createdAt: now } = replacement
  return sql(
    // guard: an account has so many sessions, whoever signs in at once
    // guard: the session used least recently ends, after those that have expired
    // guard: a sign-in that is refused ends no session beyond the limit
    // guard: an API key does not end because its person signs in
    `UPDATE sessions SET ended_at = :now, end_reason = 'too-many-sessions', end_context = :context
      WHERE EXISTS (SELECT 1 FROM sessions WHERE id = :id) AND id IN (
        SELECT id FROM sessions WHERE user_id = :user_id AND ended_at IS NULL AND id <> :id AND key_hash IS NULL
         ORDER BY idle_expires_at > :now DESC, last_seen_at DESC, created_at DESC, id LIMIT ${NO_LIMIT} OFFSET :others)
     RETURNING id, mode`,
    { id, user_id: userId, now, others: maxSessions - 1, context: endContext({ actorId: userId, source }) },
  )
}

/** Ends as {@link endBeyondLimit} does, for a session whose account only the database knows. */
export function endOldestBeyond(
  maxSessions: number,
  {
    sessionId,
    source,
    now,
  }: { readonly sessionId: string; readonly source: RequestSource; readonly now: number },
): Statement<EndedSession> {
  return sql(
    // guard: what clients are granted counts towards the limit on sessions
    `UPDATE sessions SET ended_at = :now, end_reason = 'too-many-sessions', end_context = :context
      WHERE id IN (
        SELECT id FROM sessions WHERE user_id = (SELECT user_id FROM sessions WHERE id = :id) AND ended_at IS NULL AND id <> :id
           AND key_hash IS NULL
         ORDER BY idle_expires_at > :now DESC, last_seen_at DESC, created_at DESC, id LIMIT ${NO_LIMIT} OFFSET :others)
     RETURNING id, mode`,
    { id: sessionId, now, others: maxSessions - 1, context: endContext({ actorId: null, source }) },
  )
}
