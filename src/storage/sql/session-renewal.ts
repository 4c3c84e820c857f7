import { auditEvent } from '../../audit/audit-event'
import type { Renewal, Renewed } from '../../sessions/renewal'
import type { EndedSession } from '../../sessions/session-store'
import { recordIfChanged } from './audit-log'
import { handOnGrants } from './handed-on-grants'
import { mailIds, type QueuedRow } from './mail-queue'
import { type LiveSessionRow, parseRoles, toSession } from './session-row'
import { amrOf, insertSessionIfChanged } from './session-start'
import { endContext, JOIN_LIVE_ACCOUNT, LIVE_SESSION } from './sessions'
import { ifChanged, PREVIOUS_CHANGED, type Statement, sql } from './statement'

/** Describes what happens only if the session was renewed. Each depends on the one before having changed a row. */
interface AfterRenewal {
  readonly settled?: Statement | null
  readonly ownerTold?: Statement<QueuedRow> | null
}

/**
 * Steps after step `when`, which used up what was presented: renew the session if it is live and its account enabled, and record that. In session
 * mode another one begins and this one ends; in token mode the row says what was proven.
 */
export function renewSteps<const Step extends string>(
  when: Step,
  renewal: Renewal,
  { settled = null, ownerTold = null }: AfterRenewal = {},
) {
  const { own, replacement, source, now } = renewal
  const sessionId = replacement?.session.id ?? own.sessionId
  const by = { actorId: own.userId, subjectId: own.userId, sessionId, mode: own.mode, source }
  return {
    proofsMoved: ifChanged(when, moveProofs(renewal)),
    renewed: ifChanged(
      'proofsMoved',
      replacement ? insertSessionIfChanged(replacement) : keepIfChanged(renewal),
    ),
    recorded: ifChanged('renewed', recordIfChanged(auditEvent('reauthenticated', { at: now, ...by }))),
    settled: ifChanged('recorded', settled),
    ownerTold: ifChanged('settled', ownerTold),
    replaced: replacement ? endReplaced(renewal, sessionId) : null,
    handedOn: replacement
      ? handOnGrants({ oldId: own.sessionId, newId: sessionId, userId: own.userId, now })
      : null,
    session: sql<LiveSessionRow>(
      `SELECT sessions.*, users.roles FROM sessions ${JOIN_LIVE_ACCOUNT} WHERE sessions.id = :id`,
      { id: sessionId, now },
    ),
  }
}

/** Returns the session as it is after {@link renewSteps}, or `null` if it was not renewed. */
export function renewedSession(rows: {
  readonly renewed: readonly unknown[]
  readonly replaced: readonly EndedSession[]
  readonly session: readonly LiveSessionRow[]
  readonly ownerTold: readonly QueuedRow[]
}): Renewed | null {
  const [row] = rows.session
  if (rows.renewed.length === 0 || !row) return null
  return {
    session: toSession(row),
    roles: parseRoles(row.roles),
    ended: rows.replaced,
    mailIds: mailIds(rows.ownerTold),
  }
}

/** Writes the proofs. In session mode the row ends right after. It is written all the same, so that this one statement says whether the session is live. */
function moveProofs({ own, methods, now }: Renewal): Statement {
  return sql(
    // guard: only a live session is renewed
    `UPDATE sessions SET methods = :methods, amr = :amr, authenticated_at = :now
      WHERE id = :id AND user_id = :user_id AND ${LIVE_SESSION} AND ${PREVIOUS_CHANGED}
        AND EXISTS (SELECT 1 FROM users WHERE users.id = :user_id AND disabled_at IS NULL)`,
    { id: own.sessionId, user_id: own.userId, now, methods: JSON.stringify(methods), amr: amrOf(methods) },
  )
}

function keepIfChanged({ own }: Renewal): Statement<{ roles: string }> {
  return sql(
    `UPDATE sessions SET methods = methods WHERE id = :id AND ${PREVIOUS_CHANGED}
     RETURNING (SELECT roles FROM users WHERE users.id = user_id) AS roles`,
    { id: own.sessionId },
  )
}

function endReplaced({ own, source, now }: Renewal, replacementId: string): Statement<EndedSession> {
  return sql(
    `UPDATE sessions SET ended_at = :now, end_reason = 'replaced-by-sign-in', end_context = :context
      WHERE id = :id AND ended_at IS NULL AND EXISTS (SELECT 1 FROM sessions AS begun WHERE begun.id = :replacement)
     RETURNING id, mode`,
    {
      id: own.sessionId,
      replacement: replacementId,
      now,
      context: endContext({ actorId: own.userId, source }),
    },
  )
}
