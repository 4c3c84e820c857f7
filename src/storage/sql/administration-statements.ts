// What an operator or an administrator changes about accounts, as SQL for every database. The command `janus users` and the administration of
// a service run the same texts. Node runs this without a bundler, so imports name files, and nothing else is imported.
import {
  ANYHOW,
  type Change,
  endSessions,
  guarded,
  type NamedStatement,
  recordIfChanged,
} from './account-change.ts'

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
