import type { Client, ClientProof } from '../../oauth/client'
import { type Statement, sql } from './statement'

/** The client has proven who it is: without that nothing is taken, and nothing ended. */
export const PROVEN = `EXISTS (SELECT 1 FROM oauth_clients
  WHERE oauth_clients.id = :client_id AND secret_hash IS NOT DISTINCT FROM :client_secret)`

/** Returns the client if it has proven who it is. */
export function findProven({ clientId, secretHash }: ClientProof): Statement<ClientRow> {
  return sql(
    // guard: a confidential client proves who it is
    `SELECT * FROM oauth_clients WHERE id = :client_id AND secret_hash IS NOT DISTINCT FROM :client_secret`,
    { client_id: clientId, client_secret: secretHash },
  )
}

/** A client as the database has it. */
export interface ClientRow {
  readonly id: string
  readonly name: string
  readonly secret_hash: string | null
  readonly first_party: number
  readonly redirect_uris: string
  readonly scopes: string
  readonly grants: string
  readonly registered_by: Client['registeredBy']
  readonly fresh_until: number | null
  readonly counts_until: number | null
  readonly serves: string | null
  readonly jwks: string | null
  readonly sector: string | null
  readonly post_logout_redirect_uris: string
}

/** Returns until when what a document said counts while it cannot be read again. A row of a version before migration 0044 has no such limit: it counts while fresh. */
export function countsUntil(row: Pick<ClientRow, 'fresh_until' | 'counts_until'>): number {
  return row.counts_until ?? row.fresh_until ?? 0
}

export function toClient(row: ClientRow): Client {
  return {
    id: row.id,
    name: row.name,
    confidential: row.secret_hash !== null,
    firstParty: row.first_party === 1,
    redirectUris: JSON.parse(row.redirect_uris),
    scopes: JSON.parse(row.scopes),
    grants: JSON.parse(row.grants),
    registeredBy: row.registered_by,
    freshUntil: row.fresh_until,
    countsUntil: countsUntil(row),
    postLogoutRedirectUris: JSON.parse(row.post_logout_redirect_uris),
  }
}
