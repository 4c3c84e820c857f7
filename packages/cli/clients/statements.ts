// What an operator does to the clients of Janus as an authorization server, as SQL for every database.
import { quote } from '../users/statements.ts'

/** A client as the database has it, without the hash of its secret. */
export interface ClientRow {
  readonly id: string
  readonly name: string
  readonly first_party: 0 | 1
  /** JSON. */
  readonly redirect_uris: string
  /** JSON. */
  readonly scopes: string
  /** JSON: grant types. */
  readonly grants: string
  /** The resource that it is; `null`: none. */
  readonly serves: string | null
  readonly has_secret: 0 | 1
  readonly has_keys: 0 | 1
  readonly created_at: number
  readonly id_token_alg: string
  readonly sector: string | null
  /** JSON. */
  readonly post_logout_redirect_uris: string
  readonly back_channel_logout_uri: string | null
  readonly registered_by: 'operator' | 'document' | 'itself'
}

/** Describes what OpenID Connect adds to a client. */
export interface OpenIdClient {
  readonly idTokenAlg: string
  /** `null`: the client is told the ids of accounts. */
  readonly sector: string | null
  readonly postLogoutRedirectUris: readonly string[]
  /** `null`: it is not told of sign-outs. */
  readonly backChannelLogoutUri: string | null
}

const PLAIN: OpenIdClient = {
  idTokenAlg: 'RS256',
  sector: null,
  postLogoutRedirectUris: [],
  backChannelLogoutUri: null,
}

export interface NewClient {
  readonly id: string
  readonly name: string
  /** `null`: a public client. */
  readonly secretHash: string | null
  readonly firstParty: boolean
  readonly redirectUris: readonly string[]
  readonly scopes: readonly string[]
  /** Those of an app that signs people in unless given. */
  readonly grants?: readonly string[]
  readonly serves?: string | null
  /** A JSON Web Key Set; `null`: it has a secret, or none. */
  readonly jwks?: string | null
  readonly openId?: OpenIdClient
}

const CLIENT = `id, name, first_party, redirect_uris, scopes, grants, serves, created_at, id_token_alg, sector,
  post_logout_redirect_uris, back_channel_logout_uri, registered_by,
  CASE WHEN secret_hash IS NULL THEN 0 ELSE 1 END AS has_secret, CASE WHEN jwks IS NULL THEN 0 ELSE 1 END AS has_keys`

/** Finds a client by its id. */
export function findClient(id: string): string {
  return `SELECT ${CLIENT} FROM oauth_clients WHERE id = ${quote(id)}`
}

/** Finds clients by the order of their ids, after one of them. */
export function listClients(after: string, limit: number): string {
  return `SELECT ${CLIENT} FROM oauth_clients WHERE id > ${quote(after)} ORDER BY id LIMIT ${limit}`
}

/** The grant types of an app that signs people in. */
export const SIGN_IN_GRANTS = ['authorization_code', 'refresh_token']

/** Registers a client, and records who did it. */
export function addClient(client: NewClient, actorId: string): readonly string[] {
  const { id, name, secretHash, firstParty, redirectUris, scopes, openId = PLAIN } = client
  const { grants = SIGN_IN_GRANTS, serves = null, jwks = null } = client
  const { idTokenAlg, sector, postLogoutRedirectUris, backChannelLogoutUri } = openId
  return [
    `INSERT INTO oauth_clients (id, name, secret_hash, first_party, redirect_uris, scopes, grants, serves, jwks, created_at,
                                id_token_alg, sector, post_logout_redirect_uris, back_channel_logout_uri)
     VALUES (${quote(id)}, ${quote(name)}, ${orNull(secretHash)}, ${firstParty ? 1 : 0},
             ${quote(JSON.stringify(redirectUris))}, ${quote(JSON.stringify(scopes))}, ${quote(JSON.stringify(grants))},
             ${orNull(serves)}, ${orNull(jwks)}, unixepoch(), ${quote(idTokenAlg)}, ${orNull(sector)},
             ${quote(JSON.stringify(postLogoutRedirectUris))}, ${orNull(backChannelLogoutUri)})
     RETURNING id`,
    recordIfChanged(id, actorId, 'client-added'),
  ]
}

function orNull(text: string | null): string {
  return text === null ? 'NULL' : quote(text)
}

/** Gives a client that has a secret another one. From then on the old one is refused. */
export function rotateSecret(id: string, secretHash: string, actorId: string): readonly string[] {
  return [
    // guard: a public client gets no secret
    `UPDATE oauth_clients SET secret_hash = ${quote(secretHash)}
      WHERE id = ${quote(id)} AND secret_hash IS NOT NULL AND jwks IS NULL RETURNING id`,
    recordIfChanged(id, actorId, 'client-secret-rotated'),
  ]
}

export function removeClient(id: string, actorId: string): readonly string[] {
  return [
    `DELETE FROM oauth_clients WHERE id = ${quote(id)} RETURNING id`,
    recordIfChanged(id, actorId, 'client-removed'),
  ]
}

/** Records the change that the statement right before must be. The event concerns no account; its reason is the id of the client. */
function recordIfChanged(id: string, actorId: string, event: string): string {
  return `INSERT INTO audit_events (at, event, outcome, reason, actor_id)
    SELECT unixepoch(), ${quote(event)}, 'success', ${quote(id)}, ${quote(actorId)} WHERE changes() > 0`
}
