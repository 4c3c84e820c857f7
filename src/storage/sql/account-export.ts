import { auditEvent } from '../../audit/audit-event'
import type { AccountExports } from '../../identity/account-export'
import { recordEvent } from './audit-log'
import type { SqlDatabase } from './sql-database'
import { type Statement, sql } from './statement'

/** A row as it is: what becomes of its columns is presented elsewhere. */
type Row = Readonly<Record<string, string | number | null>>

/** Reads what is kept of an account. An operator's command has the same list: packages/cli/users/statements.ts. */
export function createAccountExports(db: SqlDatabase): AccountExports {
  return {
    async read({ userId, actorId, session, source, now }) {
      const { id: sessionId = null, mode = null } = session ?? {}
      const event = { at: now, actorId, subjectId: userId, sessionId, mode, source }
      const of = (text: string): Statement<Row> => sql<Row>(text, { user_id: userId })
      const { recorded: _, ...places } = await db.transaction(
        {
          account: of(
            `SELECT id, email, name, roles, email_verified_at, second_factor_at, user_metadata, app_metadata, created_at FROM users WHERE id = :user_id`,
          ),
          sessions: of(
            `SELECT id, mode, methods, created_at, authenticated_at, last_seen_at, idle_expires_at, expires_at, ended_at,
                    end_reason, user_agent, country FROM sessions WHERE user_id = :user_id`,
          ),
          authenticator_app: of('SELECT confirmed_at FROM totp_factors WHERE user_id = :user_id'),
          recovery_codes: of('SELECT used_at FROM recovery_codes WHERE user_id = :user_id'),
          passkeys: of(
            `SELECT id, name, aaguid, transports, backup_eligible, backed_up, sign_count, created_at, last_used_at
               FROM passkeys WHERE user_id = :user_id`,
          ),
          identities: of(
            'SELECT id, provider, issuer, subject, email, created_at, last_used_at FROM identities WHERE user_id = :user_id',
          ),
          pending_sign_ins: of(
            'SELECT mode, methods, return_to, expires_at FROM pending_sign_ins WHERE user_id = :user_id',
          ),
          devices: of(
            'SELECT id, created_at, last_seen_at, user_agent, country FROM devices WHERE user_id = :user_id',
          ),
          known_devices: of('SELECT device FROM known_devices WHERE user_id = :user_id'),
          links: of('SELECT purpose, new_email, expires_at FROM one_time_tokens WHERE holder = :user_id'),
          events: of(
            `SELECT at, event, outcome, reason, actor_id, session_id, mode, address, country, user_agent
               FROM audit_events WHERE subject_id = :user_id ORDER BY seq`,
          ),
          recorded: recordEvent(auditEvent('account-exported', event)),
        },
        { outcomeMatters: false },
      )
      return places
    },
  }
}
