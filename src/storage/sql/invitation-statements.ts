// Node runs this without a bundler for the command `janus users`, so imports name files, and nothing else is imported.
import { type Change, endSessions, type NamedStatement, recordIfChanged } from './account-change.ts'

/** Sets how long an invitation works. The texts of its mail say the same (src/mail/texts). */
export const INVITATION_SECONDS = 7 * 24 * 60 * 60

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
    // guard: an invitation takes no account whose address is proven
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

/** Queues the mail of an invitation, whose record must be the statement right before. */
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
