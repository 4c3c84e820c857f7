import type { ClientProof } from '../../oauth/client'
import type { RefreshAsked } from '../../oauth/oauth-store'
import type { RotationTerms } from '../../sessions/session-store'
import { SERVED, servedValues } from './served-resources'
import type { Holder, Token } from './session-rotation'
import { JOIN_LIVE_ACCOUNT } from './sessions'
import { type Statement, sql } from './statement'

// What the rotation of a refresh token takes where a client holds it (session-rotation.ts).

/** Returns the holder that is the client of the session, which has proven who it is. */
export function heldByClient({ clientId, secretHash }: ClientProof): Holder {
  return { condition: HELD_BY_CLIENT, values: { client_id: clientId, client_secret: secretHash } }
}

/** Returns the holder that asks for no more than was granted to it besides. */
export function heldForNoMore(client: ClientProof, { scopes, resource, served }: RefreshAsked): Holder {
  const { condition, values } = heldByClient(client)
  const asked = JSON.stringify((scopes ?? []).map((word) => ({ word })))
  return {
    // guard: a refresh for what settings name no more uses up no token
    condition: `${condition} AND ${NO_MORE} AND ${SERVED}`,
    values: { ...values, resource, asked, ...servedValues(served, scopes?.join(' ') ?? null) },
  }
}

/** Finds the grant of a current refresh token of a client, as it is before its rotation. */
export function findHeld(
  token: Token,
  { now }: RotationTerms,
  client: ClientProof,
): Statement<{ readonly resource: string | null }> {
  const { condition, values } = heldByClient(client)
  return sql(
    `SELECT sessions.resource FROM sessions ${JOIN_LIVE_ACCOUNT}
      WHERE sessions.id = :id AND refresh_counter = :counter AND ${condition}`,
    { ...token, ...values, now },
  )
}

// guard: a refresh token of one client is none of another
// guard: a refresh takes the proof of its client
/** The client of the session presents it, and has proven who it is. */
const HELD_BY_CLIENT = `sessions.client_id = :client_id AND EXISTS (
  SELECT 1 FROM oauth_clients WHERE oauth_clients.id = :client_id AND secret_hash IS NOT DISTINCT FROM :client_secret)`

// guard: a refresh that asks for more than was granted uses up no token
/** No other resource is named, and no word that the scope of the grant lacks. */
const NO_MORE = `(CAST(:resource AS TEXT) IS NULL OR resource = :resource)
  AND NOT EXISTS (SELECT 1 FROM json_each(:asked) AS asked
    WHERE replace(' ' || scope || ' ', ' ' || (asked.value ->> 'word') || ' ', '') = ' ' || scope || ' ')`
