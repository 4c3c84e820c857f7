import { encodeHex } from '../crypto/hex.ts'

/** The columns that a hash covers, in this order. A column that is added later goes to the end. */
export const CHAINED_COLUMNS = [
  'seq',
  'at',
  'event',
  'outcome',
  'reason',
  'actor_id',
  'subject_id',
  'account_key',
  'session_id',
  'mode',
  'address',
  'country',
  'user_agent',
  'request_id',
] as const

/** Adds to the trail a commitment to the address and the agent of a row. Rows that were sealed by older versions have none. */
export const SOURCE_COLUMNS = ['source_salt', 'source_digest'] as const

/** A row of the trail as the database has it. */
export type AuditRow = Readonly<Record<(typeof CHAINED_COLUMNS)[number], string | number | null>> &
  Readonly<Partial<Record<(typeof SOURCE_COLUMNS)[number], string | null>>>

/** A commitment to the address and the agent of a row. */
export interface SourceDigest {
  /** 16 random bytes, hex. Deleted with the address and the agent, which nobody can guess from the digest then. */
  readonly salt: string
  /** SHA-256 over the salt, the address and the agent as a JSON array, in hex. */
  readonly digest: string
}

/** Returns a commitment to the address and the agent of a row; `null` if it has neither. */
export async function commitSource(row: AuditRow): Promise<SourceDigest | null> {
  if (row.address === null && row.user_agent === null) return null
  const salt = encodeHex(crypto.getRandomValues(new Uint8Array(16)))
  return { salt, digest: await digestSource(salt, row) }
}

/**
 * Returns whether the address and the agent of a row are those that its digest was made of, or were forgotten. Where there is no digest, the hash
 * of the row covers them.
 */
export async function holdsSource(row: AuditRow): Promise<boolean> {
  const { source_salt: salt = null, source_digest: digest = null } = row
  if (salt === null) return digest === null || (row.address === null && row.user_agent === null)
  return digest !== null && digest === (await digestSource(salt, row))
}

/**
 * Returns the hash that seals a row: SHA-256 over the hash before it and the row's columns as a JSON array, in hex. A row that is
 * changed, removed or put in between changes every hash after it. With a digest, that stands in the place of address and agent.
 *
 * @param previous The hash of the row before; `''` for the first.
 */
export async function chainHash(previous: string, row: AuditRow): Promise<string> {
  const { source_digest: digest = null } = row
  // guard: the chain covers a digest of address and agent
  const covered = digest === null ? row : { ...row, address: null, user_agent: null }
  const columns = CHAINED_COLUMNS.map((column) => covered[column])
  return sha256([previous, ...columns, ...(digest === null ? [] : [digest])])
}

function digestSource(salt: string, { address, user_agent: userAgent }: AuditRow): Promise<string> {
  return sha256([salt, address, userAgent])
}

async function sha256(values: readonly unknown[]): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(values))
  return encodeHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)))
}
