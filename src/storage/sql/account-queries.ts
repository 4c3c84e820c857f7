// Node runs this without a bundler for the command `janus users`, so imports name files, and nothing else is imported.
import { type Change, type NamedStatement, record } from './account-change.ts'
import { EXPORTED_PLACES } from './exported-places.ts'

const ACCOUNT = `id, email, email_canonical, name, roles, email_verified_at, disabled_at, created_at,
  CASE WHEN password_hash IS NULL THEN 0 ELSE 1 END AS has_password, second_factor_at, user_metadata, app_metadata,
  (SELECT count(*) FROM passkeys WHERE user_id = users.id) AS passkeys,
  (SELECT count(*) FROM identities WHERE user_id = users.id) AS identities,
  (SELECT count(*) FROM sessions WHERE user_id = users.id AND ended_at IS NULL AND expires_at > :now
      AND idle_expires_at > :now AND key_hash IS NULL) AS open_sessions,
  (SELECT count(*) FROM sessions WHERE user_id = users.id AND ended_at IS NULL AND expires_at > :now
      AND key_hash IS NOT NULL) AS api_keys`

/** An account as an administrator sees it. */
export interface AccountRow {
  readonly id: string
  readonly email: string
  readonly email_canonical: string
  readonly name: string | null
  /** JSON. */
  readonly roles: string
  readonly email_verified_at: number | null
  readonly disabled_at: number | null
  readonly created_at: number
  readonly has_password: 0 | 1
  readonly second_factor_at: number | null
  /** JSON. */
  readonly user_metadata: string | null
  readonly app_metadata: string | null
  readonly passkeys: number
  readonly identities: number
  readonly open_sessions: number
  readonly api_keys: number
}

/** Finds the account of an id or of an address. */
export function findAccount(who: string, canonicalEmail: string, now: number): NamedStatement {
  return {
    text: `SELECT ${ACCOUNT} FROM users
      WHERE id = coalesce((SELECT found.id FROM users AS found WHERE found.email_canonical = :email_canonical), :who)`,
    values: { who, email_canonical: canonicalEmail, now },
  }
}

/** Finds accounts by the order of their ids, after one of them. */
export function listAccounts(after: string, limit: number, now: number): NamedStatement {
  return {
    text: `SELECT ${ACCOUNT} FROM users WHERE id > :after ORDER BY id LIMIT :limit`,
    values: { after, limit, now },
  }
}

/** Finds accounts by the beginning of their canonical address, in the order of the addresses, after one of them. */
export function searchAccounts(
  { prefix, after }: { readonly prefix: string; readonly after: string },
  limit: number,
  now: number,
): NamedStatement {
  const from =
    after.startsWith(prefix) && after !== '' ? 'email_canonical > :after' : 'email_canonical >= :after'
  return {
    text: `SELECT ${ACCOUNT} FROM users WHERE ${from} AND email_canonical < :end ORDER BY email_canonical LIMIT :limit`,
    values: { after: after.startsWith(prefix) ? after : prefix, end: `${prefix}\u{10ffff}`, limit, now },
  }
}

/** An owner is not shown it: it is gone within a day. */
const WAITING_MAIL =
  'SELECT kind, recipient, details, queued_at FROM outbox WHERE subject_id = :user_id ORDER BY queued_at'

/** Reads everything that is kept of an account, but for its secrets, by the name of the place. Notes that it was read. */
export function exportAccount(change: Change): Readonly<Record<string, NamedStatement>> {
  const values = { user_id: change.userId }
  const places = Object.entries({ ...EXPORTED_PLACES, mail: WAITING_MAIL })
  return {
    ...Object.fromEntries(places.map(([place, text]) => [place, { text, values }])),
    recorded: record(
      change,
      'account-exported',
      `EXISTS (SELECT 1 FROM users WHERE id = :subject_id) AND ${change.guard.condition}`,
      change.guard.values,
    ),
  }
}
