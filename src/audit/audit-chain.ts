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

/** A row of the trail as the database has it. */
export type AuditRow = Readonly<Record<(typeof CHAINED_COLUMNS)[number], string | number | null>>

/**
 * Returns the hash that seals a row: SHA-256 over the hash before it and the row's columns as a JSON array, in hex. A row that is
 * changed, removed or put in between changes every hash after it.
 *
 * @param previous The hash of the row before; `''` for the first.
 */
export async function chainHash(previous: string, row: AuditRow): Promise<string> {
  const columns = CHAINED_COLUMNS.map((column) => row[column])
  const bytes = new TextEncoder().encode(JSON.stringify([previous, ...columns]))
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
