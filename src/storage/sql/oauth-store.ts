import { parseClaimsRequest } from '../../oauth/claims-request'
import type { OAuthStore, PresentedCode, RefreshAsked } from '../../oauth/oauth-store'
import type { Granted } from '../../oauth/scopes'
import { assuranceOf } from '../../sessions/assurance'
import { findHeld, heldByClient, heldForNoMore } from './client-rotation'
import { startGrant, toGrant } from './grants'
import type { MailQueue } from './mail-queue'
import { type ClientRow, findProven, PROVEN, toClient } from './proven-client'
import { keepUsedClient } from './self-registered-store'
import { SERVED, servedValues } from './served-resources'
import { toOldUse, useCurrent, useOld } from './session-rotation'
import { type SessionRow, toSession } from './session-row'
import { endContext, JOIN_LIVE_ACCOUNT } from './sessions'
import type { SqlDatabase } from './sql-database'
import { ifChanged, PREVIOUS_CHANGED, type Statement, sql } from './statement'
import { findTold } from './told-clients'

/** Creates the store of an authorization server. What belongs together is one transaction. */
export function createOAuthStore(
  db: SqlDatabase,
  { mailQueue, maxSessions }: { readonly mailQueue: MailQueue; readonly maxSessions: number },
): OAuthStore {
  return {
    async findAsked({ clientId, sessionId, resource, now }) {
      const { clients, people, consents, subjects } = await db.read({
        clients: sql<ClientRow>('SELECT * FROM oauth_clients WHERE id = :id', { id: clientId }),
        people: sql<SessionRow & { email: string }>(
          `SELECT sessions.*, users.email FROM sessions ${JOIN_LIVE_ACCOUNT}
            WHERE sessions.id = :session_id AND sessions.client_id IS NULL`,
          { session_id: sessionId ?? '', now },
        ),
        consents: sql<{ scope: string }>(
          `SELECT scope FROM oauth_consents
            WHERE user_id = (SELECT user_id FROM sessions WHERE id = :session_id)
              AND client_id = :client_id AND resource = :resource`,
          { session_id: sessionId ?? '', client_id: clientId, resource: resource ?? '' },
        ),
        subjects: sql<{ subject: string }>(
          `SELECT subject FROM pairwise_subjects
            WHERE user_id = (SELECT user_id FROM sessions WHERE id = :session_id)
              AND sector = (SELECT sector FROM oauth_clients WHERE id = :client_id)`,
          { session_id: sessionId ?? '', client_id: clientId },
        ),
      })
      const [client] = clients
      const [person] = people
      return {
        client: client ? toClient(client) : null,
        person: person
          ? {
              userId: person.user_id,
              email: person.email,
              ...assuranceOf(toSession(person).methods),
              authenticatedAt: person.authenticated_at,
              sessionId: person.id,
            }
          : null,
        allowedScope: consents[0]?.scope ?? null,
        subject:
          client && client.sector === null ? (person?.user_id ?? null) : (subjects[0]?.subject ?? null),
      }
    },

    async issueCode({ codeHash, request, userId, sessionId, expiresAt, remember, now }) {
      const { clientId, redirectUri, challenge, scope, resource, nonce, claims } = request
      const { issued } = await db.transaction({
        issued: sql<{ code_hash: string }>(
          // guard: a code is of a session that is live
          `INSERT INTO authorization_codes
             (code_hash, client_id, user_id, session_id, redirect_uri, challenge, scope, resource, nonce, id_token_claims,
              expires_at)
           SELECT :code_hash, oauth_clients.id, sessions.user_id, sessions.id, :redirect_uri, :challenge, :scope, :resource,
                  :nonce, :id_token_claims, :expires_at
             FROM sessions ${JOIN_LIVE_ACCOUNT} JOIN oauth_clients ON oauth_clients.id = :client_id
            WHERE sessions.id = :session_id AND sessions.user_id = :user_id AND sessions.client_id IS NULL
           RETURNING code_hash`,
          {
            code_hash: codeHash,
            client_id: clientId,
            user_id: userId,
            session_id: sessionId,
            redirect_uri: redirectUri,
            challenge,
            scope,
            resource,
            nonce,
            id_token_claims: parseClaimsRequest(claims)?.inIdToken.join(' ') ?? '',
            expires_at: expiresAt,
            now,
          },
        ),
        remembered: remember
          ? ifChanged(
              'issued',
              sql(
                `INSERT INTO oauth_consents (user_id, client_id, resource, scope, granted_at)
                 SELECT :user_id, :client_id, :resource, :scope, :now WHERE ${PREVIOUS_CHANGED}
                 ON CONFLICT (user_id, client_id, resource)
                 DO UPDATE SET scope = excluded.scope, granted_at = excluded.granted_at`,
                { user_id: userId, client_id: clientId, resource: resource ?? '', scope, now },
              ),
            )
          : null,
        kept: keepUsedClient(clientId, now),
      })
      return issued.length > 0
    },

    async redeem(code) {
      const { client } = code
      const { proven, reused, redeemed, begun, told } = await db.transaction({
        proven: findProven(client),
        reused: endReused(code),
        redeemed: takeCode(code),
        ...startGrant('authorization_codes', code, maxSessions),
      })
      if (proven.length === 0) return { outcome: 'unknown-client' }
      const [ended] = reused
      if (ended) return { outcome: 'reused', grantId: ended.id }
      const [taken] = redeemed
      if (!taken) return { outcome: 'invalid' }
      const { scope, resource } = taken
      if (taken.redeemed_as === null) return { outcome: 'unserved', granted: { scope, resource } }
      const [row] = begun
      const grant = row && toGrant(row, told)
      if (!grant) return { outcome: 'invalid' }
      const inIdToken = taken.id_token_claims.split(' ')
      return { outcome: 'redeemed', grant, nonce: taken.nonce, inIdToken }
    },

    async rotate(client, token, asked, terms) {
      const { proven, held, rotated, told } = await db.transaction({
        proven: findProven(client),
        held: findHeld(token, terms, client),
        rotated: useCurrent(token, terms, heldForNoMore(client, asked)),
        told: findTold(token.id),
      })
      if (proven.length === 0) return { outcome: 'unknown-client' }
      const [current] = rotated
      if (current) {
        const grant = toGrant(current, told)
        return grant ? { outcome: 'rotated', grant, counter: current.refresh_counter } : { outcome: 'over' }
      }
      const [own] = held
      if (own) return { outcome: isOther(asked, own.resource) ? 'other-resource' : 'wider-scope' }
      const steps = await db.transaction(useOld(mailQueue, token, terms, heldByClient(client)))
      const use = toOldUse(steps)
      const [row] = steps.live
      if (use.outcome === 'reused') return use
      const grant = row && toGrant(row, told)
      if (!grant || use.outcome === 'over') return { outcome: 'over' }
      return { outcome: 'rotated', grant, counter: use.counter }
    },

    async forgetCodes(expiredBefore, limit) {
      await db.change(
        sql(
          `DELETE FROM authorization_codes WHERE code_hash IN
             (SELECT code_hash FROM authorization_codes WHERE expires_at < :expired_before
               ORDER BY expires_at, code_hash LIMIT :limit)`,
          { expired_before: expiredBefore, limit },
        ),
        { outcomeMatters: false },
      )
    },
  }
}

/** Returns whether a resource is named that is not the one that was granted, or that one is gone. */
function isOther({ resource, served }: RefreshAsked, granted: string | null): boolean {
  return (
    (resource !== null && resource !== granted) ||
    (granted !== null && !served.some(({ uri }) => uri === granted))
  )
}

/** Ends what a code has given before: whoever presents it now, or then, is a thief (RFC 6749 §4.1.2). */
function endReused({ client, codeHash, source, now }: PresentedCode): Statement<{ id: string }> {
  return sql(
    // guard: a second use of a code ends what the first was given
    // guard: a replay of a code by another client ends nothing
    // guard: a replay of a code without the proof of its client ends nothing
    `UPDATE sessions SET ended_at = :now, end_reason = 'code-reused', end_context = :context
      WHERE id = (SELECT redeemed_as FROM authorization_codes WHERE code_hash = :code_hash AND client_id = :client_id)
        AND ended_at IS NULL AND ${PROVEN}
     RETURNING id`,
    {
      code_hash: codeHash,
      client_id: client.clientId,
      client_secret: client.secretHash,
      now,
      context: endContext({ actorId: null, source }),
    },
  )
}

/** Describes what a code that was presented rightly is for. It is not taken (`null`) where settings have nothing of that. */
interface PresentedRow extends Granted {
  readonly redeemed_as: string | null
  readonly nonce: string | null
  readonly id_token_claims: string
}

function takeCode(code: PresentedCode): Statement<PresentedRow> {
  const { client, codeHash, redirectUri, challenge, resource, served, grantId, now } = code
  return sql(
    // guard: a code is taken once
    // guard: a code expires
    // guard: a code is of its client
    // guard: a code is of its redirect URI
    // guard: a code is of its verifier
    // guard: a code is of its resource
    // guard: a code is taken by a client that has proven who it is
    // guard: a code ends with the session that it came from
    // guard: a code for what settings name no more is not used up
    `UPDATE authorization_codes SET redeemed_as = CASE WHEN ${SERVED} THEN :grant_id END
      WHERE code_hash = :code_hash AND redeemed_as IS NULL AND expires_at > :now
        AND client_id = :client_id AND redirect_uri = :redirect_uri AND challenge = :challenge
        AND (CAST(:resource AS TEXT) IS NULL OR resource = :resource) AND ${PROVEN}
        AND EXISTS (SELECT 1 FROM sessions ${JOIN_LIVE_ACCOUNT} WHERE sessions.id = session_id)
     RETURNING redeemed_as, scope, resource, nonce, id_token_claims`,
    {
      code_hash: codeHash,
      client_id: client.clientId,
      client_secret: client.secretHash,
      redirect_uri: redirectUri,
      challenge,
      resource,
      grant_id: grantId,
      now,
      ...servedValues(served),
    },
  )
}
