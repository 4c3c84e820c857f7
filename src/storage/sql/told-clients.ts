import type { IdTokenAlg } from '../../keys/signing-key-store'
import type { Person } from '../../oauth/person-claims'
import { type Statement, sql } from './statement'

// What a client is told about a person: by which name, what, and signed how.

/** Holds what there is to tell the client of a grant. */
export interface ToldRow {
  readonly id_token_alg: IdTokenAlg
  readonly sector: string | null
  /** Stands for the account in the sector. */
  readonly subject: string | null
  readonly email: string
  readonly name: string | null
  readonly email_verified_at: number | null
}

/** Lists the columns of {@link ToldRow}, for a query that joins {@link JOIN_TOLD}. */
export const TOLD = `oauth_clients.id_token_alg, oauth_clients.sector, pairwise_subjects.subject,
  users.email, users.name, users.email_verified_at`

/** Joins the client of a grant, and what it calls the person. */
export const JOIN_TOLD = `JOIN oauth_clients ON oauth_clients.id = sessions.client_id
  LEFT JOIN pairwise_subjects
    ON pairwise_subjects.user_id = sessions.user_id AND pairwise_subjects.sector = oauth_clients.sector`

/** Finds what the client of a grant is told. */
export function findTold(grantId: string): Statement<ToldRow> {
  return sql(
    `SELECT ${TOLD} FROM sessions JOIN users ON users.id = sessions.user_id ${JOIN_TOLD} WHERE sessions.id = :grant_id`,
    { grant_id: grantId },
  )
}

/** Returns by which name the client knows a person; `null`: by none yet. */
export function subjectOf(
  { sector, subject }: Pick<ToldRow, 'sector' | 'subject'>,
  userId: string,
): string | null {
  return sector === null ? userId : subject
}

export function personOf({ email, name, email_verified_at }: ToldRow): Person {
  return { email, name, emailVerified: email_verified_at !== null }
}

/** Names the person of a new grant to its client, if the client has a sector in which nothing names them yet. */
export function nameSubject(grantId: string, newSubject: string): Statement {
  return sql(
    `INSERT INTO pairwise_subjects (user_id, sector, subject)
     SELECT sessions.user_id, oauth_clients.sector, :subject
       FROM sessions JOIN oauth_clients ON oauth_clients.id = sessions.client_id
      WHERE sessions.id = :grant_id AND oauth_clients.sector IS NOT NULL
     ON CONFLICT DO NOTHING`,
    { grant_id: grantId, subject: newSubject },
  )
}
