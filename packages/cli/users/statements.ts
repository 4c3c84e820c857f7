// What an operator does to an account, as SQL for every database. On D1 it runs through wrangler, which binds no values, so every value is
// quoted here.

/** Writes a value into SQL. @throws If it holds a NUL, which ends a text for SQLite. */
export function quote(value: string): string {
  if (value.includes('\0')) throw new Error('A value must not hold a NUL')
  return `'${value.replaceAll("'", "''")}'`
}

/** Who does it, as the audit trail has it. No id of an account holds a colon. */
export function operatorId(name: string): string {
  return `operator:${name}`
}

/** An account and who changes it. */
interface Change {
  readonly userId: string
  /** See {@link operatorId}. */
  readonly actorId: string
}

const ACCOUNT = `id, email, name, roles, email_verified_at, disabled_at, created_at,
  CASE WHEN password_hash IS NULL THEN 0 ELSE 1 END AS has_password, second_factor_at,
  (SELECT count(*) FROM passkeys WHERE user_id = users.id) AS passkeys,
  (SELECT count(*) FROM identities WHERE user_id = users.id) AS identities,
  (SELECT count(*) FROM sessions WHERE user_id = users.id AND ended_at IS NULL AND expires_at > unixepoch()
      AND idle_expires_at > unixepoch()) AS open_sessions`

export interface AccountRow {
  readonly id: string
  readonly email: string
  readonly name: string | null
  /** JSON. */
  readonly roles: string
  readonly email_verified_at: number | null
  readonly disabled_at: number | null
  readonly created_at: number
  readonly has_password: 0 | 1
  readonly second_factor_at: number | null
  readonly passkeys: number
  readonly identities: number
  readonly open_sessions: number
}

/** Finds the account of an id or of an address. */
export function findAccount(who: string, canonicalEmail: string): string {
  return `SELECT ${ACCOUNT} FROM users WHERE id = ${quote(who)} OR email_canonical = ${quote(canonicalEmail)}`
}

/** Finds accounts by the order of their ids, after one of them. */
export function listAccounts(after: string, limit: number): string {
  return `SELECT ${ACCOUNT} FROM users WHERE id > ${quote(after)} ORDER BY id LIMIT ${limit}`
}

/** Gives an account these roles and no others. A trigger would end the sessions, too, but not say who did it. */
export function setRoles(change: Change, roles: readonly string[]): readonly string[] {
  const json = quote(JSON.stringify(roles))
  const ifOthers = `EXISTS (SELECT 1 FROM users WHERE id = ${quote(change.userId)} AND roles IS DISTINCT FROM ${json})`
  return [
    endSessions(change, 'roles-changed', ifOthers),
    `UPDATE users SET roles = ${json} WHERE id = ${quote(change.userId)} AND roles IS DISTINCT FROM ${json} RETURNING id`,
    recordIfChanged(change, 'roles-changed'),
  ]
}

export function disableAccount(change: Change): readonly string[] {
  const ifEnabled = `EXISTS (SELECT 1 FROM users WHERE id = ${quote(change.userId)} AND disabled_at IS NULL)`
  return [
    endSessions(change, 'account-disabled', ifEnabled),
    `UPDATE users SET disabled_at = unixepoch() WHERE id = ${quote(change.userId)} AND disabled_at IS NULL RETURNING id`,
    recordIfChanged(change, 'account-disabled'),
  ]
}

export function enableAccount(change: Change): readonly string[] {
  return [
    `UPDATE users SET disabled_at = NULL WHERE id = ${quote(change.userId)} AND disabled_at IS NOT NULL RETURNING id`,
    recordIfChanged(change, 'account-enabled'),
  ]
}

/** Takes away the authenticator app and the recovery codes. A trigger deletes the sign-ins that wait for them. Passkeys stay. */
export function removeSecondFactor(change: Change): readonly string[] {
  const id = quote(change.userId)
  const ifSet = `EXISTS (SELECT 1 FROM users WHERE id = ${id} AND second_factor_at IS NOT NULL)`
  return [
    // guard: an operator who removes a second factor ends the sessions
    endSessions(change, 'second-factor-changed', ifSet),
    `UPDATE users SET second_factor_at = NULL WHERE id = ${id} AND second_factor_at IS NOT NULL RETURNING id`,
    recordIfChanged(change, 'second-factor-removed'),
    `DELETE FROM totp_factors WHERE user_id = ${id}`,
    `DELETE FROM recovery_codes WHERE user_id = ${id}`,
  ]
}

/** Ends every open session. Each end is recorded by a trigger. */
export function endAllSessions(change: Change): readonly string[] {
  return [`${endSessions(change, 'ended-by-operator')} RETURNING id`]
}

export function deleteAccount(change: Change): readonly string[] {
  return [
    endSessions(change, 'account-deleted'),
    `DELETE FROM users WHERE id = ${quote(change.userId)} RETURNING id`,
    recordIfChanged(change, 'account-deleted'),
  ]
}

/** Everything that is kept of an account, but for its secrets, by the name of the place. Notes that it was read. */
export function exportAccount(change: Change): Readonly<Record<string, string>> {
  const id = quote(change.userId)
  return {
    account: `SELECT id, email, name, roles, email_verified_at, disabled_at, second_factor_at, created_at FROM users
      WHERE id = ${id}`,
    sessions: `SELECT id, mode, amr, methods, created_at, authenticated_at, last_seen_at, idle_expires_at, expires_at, ended_at, end_reason,
      user_agent, country FROM sessions WHERE user_id = ${id} ORDER BY created_at, id`,
    authenticator_app: `SELECT confirmed_at FROM totp_factors WHERE user_id = ${id}`,
    recovery_codes: `SELECT used_at FROM recovery_codes WHERE user_id = ${id} ORDER BY used_at`,
    passkeys: `SELECT id, name, aaguid, transports, backup_eligible, backed_up, sign_count, created_at, last_used_at FROM passkeys
      WHERE user_id = ${id} ORDER BY created_at, id`,
    identities: `SELECT id, provider, issuer, subject, email, created_at, last_used_at FROM identities
      WHERE user_id = ${id} ORDER BY created_at, issuer, subject`,
    pending_sign_ins: `SELECT mode, methods, return_to, expires_at FROM pending_sign_ins WHERE user_id = ${id} ORDER BY expires_at`,
    devices: `SELECT * FROM devices WHERE user_id = ${id}`,
    known_devices: `SELECT device FROM known_devices WHERE user_id = ${id} ORDER BY device`,
    links: `SELECT purpose, new_email, expires_at FROM one_time_tokens WHERE holder = ${id} ORDER BY expires_at`,
    mail: `SELECT kind, recipient, details, queued_at FROM outbox WHERE subject_id = ${id} ORDER BY queued_at`,
    events: `SELECT at, event, outcome, reason, actor_id, session_id, mode, address, country, user_agent FROM audit_events
      WHERE subject_id = ${id} ORDER BY seq`,
    recorded: record(change, 'account-exported', `EXISTS (SELECT 1 FROM users WHERE id = ${id})`),
  }
}

function endSessions({ userId, actorId }: Change, reason: string, condition = 'TRUE'): string {
  const context = quote(JSON.stringify({ actorId }))
  return `UPDATE sessions SET ended_at = unixepoch(), end_reason = ${quote(reason)}, end_context = ${context}
    WHERE user_id = ${quote(userId)} AND ended_at IS NULL AND ${condition}`
}

/** The statement right before must be the change. */
function recordIfChanged(change: Change, event: string): string {
  return record(change, event, 'changes() > 0')
}

function record({ userId, actorId }: Change, event: string, condition: string): string {
  return `INSERT INTO audit_events (at, event, outcome, actor_id, subject_id)
    SELECT unixepoch(), ${quote(event)}, 'success', ${quote(actorId)}, ${quote(userId)} WHERE ${condition}`
}
