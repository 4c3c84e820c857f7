import type { PresentedSession } from '../../sessions/session-store'
import { PREVIOUS_CHANGED, type Statement, sql } from './statement'

// The first proof of an address drops what was planted: whoever registers another's address, and waits for its owner to prove it, is left
// with nothing. This file is the only one that sets a password at a proof. What else goes with it, the triggers users_proof_ends_sessions
// and users_proof_ends_devices see to: every session, every device, and (users_change_ends_one_time_tokens) every link. They look at the
// row as it is when it changes, which no flow can without a further round trip, and hold for whatever tool changes it.

/** Which password an account has after a proof of its address. The flow has decided it. */
export type PasswordAfterProof =
  /** This one, whatever there was. `null`: none. */
  | { readonly set: string | null }
  /**
   * The one there is, unless nobody has proven the address before. Then only whoever presents a live session of the account keeps it: who
   * signed in with it and reads the mail chose it. Whether a session is live is known in the statement alone.
   */
  | { readonly keptBy: readonly PresentedSession[] }

/** Proves the address of an account, if the statement right before changed a row; this one changes one, too. */
export function proveAddress(userId: string, password: PasswordAfterProof, now: number): Statement {
  const values = { user_id: userId, now }
  return 'set' in password
    ? sql(`${PROVE} password_hash = :password_hash ${OF_ACCOUNT}`, { ...values, password_hash: password.set })
    : sql(
        // guard: the first proof of an address drops the password there was
        `${PROVE} password_hash = CASE WHEN email_verified_at IS NULL AND NOT ${HOLDS_SESSION} THEN NULL ELSE password_hash END
         ${OF_ACCOUNT}`,
        { ...values, presented: JSON.stringify(password.keptBy) },
      )
}

const PROVE = 'UPDATE users SET email_verified_at = coalesce(email_verified_at, :now),'
const OF_ACCOUNT = `WHERE id = :user_id AND ${PREVIOUS_CHANGED}`

/** Says whether one of `:presented` is a live session of account `:user_id` at `:now`, and its credential is right. */
const HOLDS_SESSION = `EXISTS (
  SELECT 1 FROM json_each(:presented) AS held JOIN sessions ON sessions.id = held.value ->> 'sessionId'
   WHERE user_id = :user_id AND secret_hash IS NOT DISTINCT FROM (held.value ->> 'secretHash') AND ended_at IS NULL
     AND idle_expires_at > :now AND sessions.expires_at > :now)`

/** The account whose address is about to be proven, and what the request presents. */
interface Prover {
  readonly userId: string
  readonly presented: readonly PresentedSession[]
  readonly now: number
}

/**
 * Returns whether an account still has a second factor once `keptBy` has proven its address, as a condition on its row in users. What was set up
 * before a first proof goes with the password (trigger users_proof_ends_second_factor).
 */
export function keepsSecondFactor({ userId, presented, now }: Prover) {
  return {
    // guard: a second factor that was planted is not asked of the owner
    // guard: whoever set a second factor up proves it, also at the first proof of the address
    condition: `second_factor_at IS NOT NULL
      AND (email_verified_at IS NOT NULL OR (password_hash IS NOT NULL AND ${HOLDS_SESSION}))`,
    values: { user_id: userId, presented: JSON.stringify(presented), now },
  }
}
