import { auditEvent } from '../../audit/audit-event'
import type { ClientProof } from '../../oauth/client'
import type { Grant, NewGrant } from '../../oauth/oauth-store'
import { type AuthenticationMethod, FIRST_FACTORS, SECOND_FACTORS } from '../../sessions/assurance'
import { recordOfSession } from './audit-log'
import { closedValues, takesOneFactor } from './required-factors'
import { type LiveSessionRow, toLiveSession } from './session-row'
import { endOldestBeyond } from './session-start'
import { ifChanged, PREVIOUS_CHANGED, sql } from './statement'
import { findTold, nameSubject, personOf, subjectOf, type ToldRow } from './told-clients'

/**
 * Returns the steps that start the grant of a code if the step `redeemed`, right before, has taken it. It rests on the proofs of the session that it
 * came from, and counts among the sessions of its account.
 */
export function startGrant(
  codes: 'authorization_codes' | 'device_codes',
  {
    client,
    codeHash,
    grantId,
    newSubject,
    closedTo,
    idleExpiresAt,
    expiresAt,
    source,
    now,
  }: NewGrant & { readonly client: ClientProof; readonly codeHash: string },
  maxSessions: number,
) {
  return {
    begun: ifChanged(
      'redeemed',
      sql<LiveSessionRow>(
        // guard: no grant begins of a code that was not taken
        // guard: no grant of one factor begins for an account that must have two
        `INSERT INTO sessions (id, user_id, mode, refresh_counter, refreshed_at, created_at, authenticated_at, last_seen_at,
                               idle_expires_at, expires_at, amr, methods, client_id, parent_id, scope, resource)
         SELECT :grant_id, parent.user_id, 'token', 0, :now, :now, parent.authenticated_at, :now,
                :idle_expires_at, :expires_at, parent.amr, parent.methods, code.client_id, parent.id, code.scope, code.resource
           FROM ${codes} AS code JOIN sessions AS parent ON parent.id = code.session_id
          WHERE code.code_hash = :code_hash AND code.redeemed_as = :grant_id AND (${HAS_TWO_FACTORS} OR ${takesOneFactor(ROLES_OF_PARENT)})
            AND ${PREVIOUS_CHANGED}
         RETURNING *, (SELECT roles FROM users WHERE id = user_id) AS roles`,
        {
          grant_id: grantId,
          code_hash: codeHash,
          // guard: a grant begins of two factors where its session has them
          first_factors: methodsJson(FIRST_FACTORS),
          second_factors: methodsJson(SECOND_FACTORS),
          ...closedValues(closedTo),
          idle_expires_at: idleExpiresAt,
          expires_at: expiresAt,
          now,
        },
      ),
    ),
    recorded: ifChanged(
      'begun',
      recordOfSession(
        auditEvent('app-connected', { at: now, sessionId: grantId, mode: 'token', source }),
        client.clientId,
      ),
    ),
    beyondLimit: endOldestBeyond(maxSessions, { sessionId: grantId, source, now }),
    // guard: whatever starts a grant names the person to its client
    named: nameSubject(grantId, newSubject),
    told: findTold(grantId),
  }
}

const ROLES_OF_PARENT = '(SELECT roles FROM users WHERE id = parent.user_id)'

const hasOneOf = (
  methods: ':first_factors' | ':second_factors',
) => `EXISTS (SELECT 1 FROM json_each(${methods}) AS proof
             WHERE replace(parent.methods, '"' || (proof.value ->> 'method') || '"', '') <> parent.methods)`

/** The session has proven what `assuranceOf` takes for two factors (assurance.ts). */
const HAS_TWO_FACTORS = `(${hasOneOf(':first_factors')} AND ${hasOneOf(':second_factors')})`

function methodsJson(methods: readonly AuthenticationMethod[]): string {
  return JSON.stringify(methods.map((method) => ({ method })))
}

/** Returns a grant, or `null` where its client cannot be told whose it is. */
export function toGrant(row: LiveSessionRow, [told]: readonly ToldRow[]): Grant | null {
  if (!told) return null
  // guard: a client that is not told the id of an account is never told it
  const subject = subjectOf(told, row.user_id)
  if (subject === null) return null
  return { ...grantedBy(row, subject), idTokenAlg: told.id_token_alg, person: personOf(told) }
}

/** Returns what the session of a grant says: whose it is, to whom, and for what. */
export function grantedBy(row: LiveSessionRow, subject: string) {
  return {
    live: toLiveSession(row),
    clientId: row.client_id ?? '',
    scope: row.scope ?? '',
    resource: row.resource,
    subject,
  }
}
