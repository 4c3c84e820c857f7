import { auditEvent } from '../../audit/audit-event'
import type { AccountExports, ExportedPlace } from '../../identity/account-export'
import { recordEvent } from './audit-log'
import { EXPORTED_PLACES } from './exported-places'
import type { SqlDatabase } from './sql-database'
import { type Statement, sql } from './statement'

/** A row as it is: what becomes of its columns is presented elsewhere. */
type Row = Readonly<Record<string, string | number | null>>

/** Reads what is kept of an account. */
export function createAccountExports(db: SqlDatabase): AccountExports {
  return {
    async read({ userId, actorId, session, source, now }) {
      const { id: sessionId = null, mode = null } = session ?? {}
      const event = { at: now, actorId, subjectId: userId, sessionId, mode, source }
      const of = (place: ExportedPlace): Statement<Row> =>
        sql<Row>(EXPORTED_PLACES[place], { user_id: userId })
      const { recorded: _, ...places } = await db.transaction(
        {
          account: of('account'),
          sessions: of('sessions'),
          authenticator_app: of('authenticator_app'),
          recovery_codes: of('recovery_codes'),
          passkeys: of('passkeys'),
          identities: of('identities'),
          consents: of('consents'),
          authorization_codes: of('authorization_codes'),
          pending_sign_ins: of('pending_sign_ins'),
          second_factor_recovery: of('second_factor_recovery'),
          devices: of('devices'),
          known_devices: of('known_devices'),
          links: of('links'),
          events: of('events'),
          recorded: recordEvent(auditEvent('account-exported', event)),
        },
        { outcomeMatters: false },
      )
      return places
    },
  }
}
