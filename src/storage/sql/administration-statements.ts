// What an operator or an administrator does to accounts, as SQL for every database. The command `janus users` and the administration of a
// service run the same texts. This file imports what imports nothing, because the command runs it as it is.
import { EXPORTED_PLACES } from './exported-places.ts'

/** A text of SQL with its values by name. */
export interface NamedStatement {
  /** Placeholders are names with a colon: `:user_id`. `:now` is the instant of the change. */
  readonly text: string
  readonly values: Readonly<Record<string, string | number | null>>
}

/** An account and who changes it. */
export interface Change {
  readonly userId: string
  /** The id of an account, or `operator:NAME`. */
  readonly actorId: string
  /** `null`: no request caused it. */
  readonly requestId: string | null
  readonly now: number
  /** Holds what must be true besides: {@link ANYHOW} for an operator. */
  readonly guard: Guard
}

/** A condition, and its values. */
export interface Guard {
  readonly condition: string
  readonly values: NamedStatement['values']
}

/** Nothing must hold besides, because whoever may write to the database may do anything. */
export const ANYHOW: Guard = { condition: 'TRUE', values: {} }

/** Sets how long an invitation works. The texts of its mail say the same (src/mail/texts). */
export const INVITATION_SECONDS = 7 * 24 * 60 * 60

const ACCOUNT = `id, email, email_canonical, name, roles, email_verified_at, disabled_at, created_at,
  CASE WHEN password_hash IS NULL THEN 0 ELSE 1 END AS has_password, second_factor_at, user_metadata, app_metadata,
  (SELECT count(*) FROM passkeys WHERE user_id = users.id) AS passkeys,
  (SELECT count(*) FROM identities WHERE user_id = users.id) AS identities,
  (SELECT count(*) FROM sessions WHERE user_id = users.id AND ended_at IS NULL AND expires_at > :now
      AND idle_expires_at > :now) AS open_sessions`

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

/** Gives an account these roles and no others. A trigger would end the sessions, too, but not say who did it. */
export function setRoles(change: Change, roles: readonly string[]): readonly NamedStatement[] {
  const values = { user_id: change.userId, roles: JSON.stringify(roles) }
  const ifOthers = `EXISTS (SELECT 1 FROM users WHERE id = :user_id AND roles IS DISTINCT FROM :roles)`
  return [
    endSessions(change, 'roles-changed', { condition: ifOthers, values }),
    guarded(
      change,
      'UPDATE users SET roles = :roles WHERE id = :user_id AND roles IS DISTINCT FROM :roles',
      values,
    ),
    recordIfChanged(change, 'roles-changed'),
  ]
}

/** Replaces what the app keeps on an account. `null`: nothing is kept. */
export function setAppMetadata(change: Change, json: string | null): readonly NamedStatement[] {
  return [
    guarded(
      change,
      'UPDATE users SET app_metadata = :json WHERE id = :user_id AND app_metadata IS DISTINCT FROM :json',
      { user_id: change.userId, json },
    ),
    recordIfChanged(change, 'profile-changed'),
  ]
}

/** Ends the sessions of an account, and lets nobody sign in to it. */
export function disableAccount(change: Change): readonly NamedStatement[] {
  const values = { user_id: change.userId }
  const ifEnabled = 'EXISTS (SELECT 1 FROM users WHERE id = :user_id AND disabled_at IS NULL)'
  return [
    endSessions(change, 'account-disabled', { condition: ifEnabled, values }),
    guarded(change, 'UPDATE users SET disabled_at = :now WHERE id = :user_id AND disabled_at IS NULL', {
      ...values,
      now: change.now,
    }),
    recordIfChanged(change, 'account-disabled'),
  ]
}

/** Lets the owner of an account sign in again. */
export function enableAccount(change: Change): readonly NamedStatement[] {
  return [
    guarded(change, 'UPDATE users SET disabled_at = NULL WHERE id = :user_id AND disabled_at IS NOT NULL', {
      user_id: change.userId,
    }),
    recordIfChanged(change, 'account-enabled'),
  ]
}

/**
 * Takes away every second factor of somebody who lost them: authenticator app, recovery codes and passkeys. Mails the owner. A trigger deletes
 * the sign-ins that wait for one.
 */
export function removeSecondFactor(change: Change): readonly NamedStatement[] {
  const { userId, now, guard } = change
  const values = { user_id: userId }
  const hasOne = `(second_factor_at IS NOT NULL OR EXISTS (SELECT 1 FROM passkeys WHERE passkeys.user_id = users.id))`
  const ifSet = `EXISTS (SELECT 1 FROM users WHERE id = :user_id AND ${hasOne})`
  const removed = { ...values, ...guard.values }
  return [
    // guard: an operator who removes a second factor ends the sessions
    endSessions(change, 'second-factor-changed', { condition: ifSet, values }),
    guarded(change, `UPDATE users SET second_factor_at = NULL WHERE id = :user_id AND ${hasOne}`, values),
    recordIfChanged(change, 'second-factor-removed'),
    {
      // guard: an owner is told that an operator removed the second factors
      text: `INSERT INTO outbox (id, kind, subject_id, recipient, details, queued_at, expires_at, due_at)
        SELECT :mail_id, 'second-factor-recovered', id, email, :details, :now, :now + ${NOTICE_SECONDS}, :now
          FROM users WHERE id = :user_id AND changes() > 0`,
      values: { ...values, mail_id: newMailId(), details: JSON.stringify({ language: 'en' }), now },
    },
    { text: `DELETE FROM totp_factors WHERE user_id = :user_id AND ${guard.condition}`, values: removed },
    { text: `DELETE FROM recovery_codes WHERE user_id = :user_id AND ${guard.condition}`, values: removed },
    // guard: passkeys are removed by those who may change the account
    { text: `DELETE FROM passkeys WHERE user_id = :user_id AND ${guard.condition}`, values: removed },
  ]
}

/** Bounds how long a notice is of use: NOTICE_LIFETIME_SECONDS of src/mail/mail.ts. */
const NOTICE_SECONDS = 24 * 60 * 60

function newMailId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .slice(0, 22)
}

/** Ends every open session. Each end is recorded by a trigger. */
export function endAllSessions(change: Change): readonly NamedStatement[] {
  const { text, values } = endSessions(change, 'ended-by-operator', ANYHOW)
  return [{ text: `${text} RETURNING id`, values }]
}

/** Deletes an account and all that is its own, which triggers see to. */
export function deleteAccount(change: Change): readonly NamedStatement[] {
  return [
    endSessions(change, 'account-deleted', ANYHOW),
    guarded(change, 'DELETE FROM users WHERE id = :user_id', { user_id: change.userId }),
    recordIfChanged(change, 'account-deleted'),
  ]
}

/** An account that somebody is invited to. */
export interface Invited {
  readonly email: string
  readonly emailCanonical: string
  readonly name: string | null
  readonly roles: readonly string[]
}

/** Says how the person gets the link: in a mail that the service sends, or as a token whose hash is stored. */
export type InvitationCarrier =
  | { readonly mailId: string; readonly language: string }
  | { readonly tokenHash: string }

/** Makes an account without a password and invites its owner. Nothing happens if the address has an account. */
export function inviteNew(
  change: Change,
  { email, emailCanonical, name, roles }: Invited,
  carrier: InvitationCarrier,
): readonly NamedStatement[] {
  const { userId, now, guard } = change
  return [
    {
      text: `INSERT INTO users (id, email, email_canonical, name, roles, created_at)
        SELECT :user_id, :email, :email_canonical, :name, :roles, :now WHERE ${guard.condition}
        ON CONFLICT (email_canonical) DO NOTHING RETURNING id`,
      values: {
        user_id: userId,
        email,
        email_canonical: emailCanonical,
        name,
        roles: JSON.stringify(roles),
        now,
        ...guard.values,
      },
    },
    recordIfChanged(change, 'account-registered'),
    recordIfChanged(change, 'account-invited'),
    carry(change, carrier),
  ]
}

/**
 * Invites the owner of an address to the account that it has already, which nobody has proven to be theirs. Whoever registered it may be
 * somebody else, so all that was set up goes: the triggers of a first proof see to it, because the address counts as proven for the time
 * between two statements. A newer invitation replaces an older one. Nothing happens if the address is proven or the account disabled.
 */
export function inviteAgain(
  change: Change,
  roles: readonly string[],
  carrier: InvitationCarrier,
): readonly NamedStatement[] {
  const values = { user_id: change.userId }
  const unproven = `EXISTS (SELECT 1 FROM users WHERE id = :user_id AND email_verified_at IS NULL AND disabled_at IS NULL)`
  return [
    // guard: a newer invitation replaces an older one
    {
      text: `DELETE FROM one_time_tokens WHERE holder = :user_id AND ${unproven} AND ${change.guard.condition}`,
      values: { ...values, ...change.guard.values },
    },
    endSessions(change, 'ended-by-operator', { condition: unproven, values }),
    // guard: what was set up before an invitation goes
    {
      text: `UPDATE users SET email_verified_at = :now, password_hash = NULL
        WHERE id = :user_id AND email_verified_at IS NULL AND disabled_at IS NULL AND ${change.guard.condition}`,
      values: { ...values, now: change.now, ...change.guard.values },
    },
    {
      text: `UPDATE users SET email_verified_at = NULL, roles = :roles WHERE id = :user_id AND changes() > 0 RETURNING id`,
      values: { ...values, roles: JSON.stringify(roles) },
    },
    recordIfChanged(change, 'account-invited'),
    carry(change, carrier),
  ]
}

/** The statement right before must be the record of the invitation. */
function carry({ userId, now }: Change, carrier: InvitationCarrier): NamedStatement {
  if ('tokenHash' in carrier) {
    return {
      text: `INSERT INTO one_time_tokens (token_hash, purpose, holder, email_canonical, expires_at)
        SELECT :token_hash, 'verify-email', id, email_canonical, :now + ${INVITATION_SECONDS}
          FROM users WHERE id = :user_id AND changes() > 0`,
      values: { token_hash: carrier.tokenHash, user_id: userId, now },
    }
  }
  // The token is minted when the mail is sent (outbox.ts): the command of an operator has no secret to encrypt one with.
  return {
    text: `INSERT INTO outbox (id, kind, subject_id, recipient, details, queued_at, expires_at, due_at)
      SELECT :mail_id, 'invitation', id, email, :details, :now, :now + ${INVITATION_SECONDS}, :now
        FROM users WHERE id = :user_id AND changes() > 0`,
    values: {
      mail_id: carrier.mailId,
      details: JSON.stringify({ language: carrier.language }),
      user_id: userId,
      now,
    },
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

function endSessions(change: Change, reason: string, { condition, values }: Guard): NamedStatement {
  const { userId, actorId, requestId, now, guard } = change
  return {
    text: `UPDATE sessions SET ended_at = :now, end_reason = '${reason}', end_context = :context
      WHERE user_id = :user_id AND ended_at IS NULL AND ${condition} AND ${guard.condition}`,
    values: {
      ...values,
      ...guard.values,
      user_id: userId,
      context: JSON.stringify(requestId === null ? { actorId } : { actorId, requestId }),
      now,
    },
  }
}

/** A change of users that is the account's only if the guard holds. Returns the id of what was changed. */
function guarded({ guard }: Change, text: string, values: NamedStatement['values']): NamedStatement {
  // guard: an administrator changes what they may change, at the instant of the change
  return { text: `${text} AND ${guard.condition} RETURNING id`, values: { ...values, ...guard.values } }
}

/** The statement right before must be the change. */
function recordIfChanged(change: Change, event: string): NamedStatement {
  return record(change, event, 'changes() > 0')
}

function record(
  { userId, actorId, requestId, now }: Change,
  event: string,
  condition: string,
  values: NamedStatement['values'] = {},
): NamedStatement {
  return {
    text: `INSERT INTO audit_events (at, event, outcome, actor_id, subject_id, request_id)
      SELECT :now, '${event}', 'success', :actor_id, :subject_id, :request_id WHERE ${condition}`,
    values: { ...values, now, actor_id: actorId, subject_id: userId, request_id: requestId },
  }
}
