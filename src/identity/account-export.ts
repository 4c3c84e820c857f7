import type { RequestSource } from '../request-source/request-source'
import type { Mode } from '../sessions/mode'

/** Everything that is kept of an account but its secrets: the rows of each place, by name, as the database has them. */
export type AccountExport = Readonly<
  Record<ExportedPlace, readonly Readonly<Record<string, string | number | null>>[]>
>

export type ExportedPlace =
  | 'account'
  | 'sessions'
  | 'authenticator_app'
  | 'recovery_codes'
  | 'passkeys'
  | 'identities'
  | 'consents'
  | 'authorization_codes'
  | 'pending_sign_ins'
  | 'second_factor_recovery'
  | 'devices'
  | 'known_devices'
  | 'links'
  | 'events'

export interface AccountExports {
  /** Reads everything of an account in one transaction, and records who did. @throws {StoreUnavailable} */
  read(caller: {
    readonly userId: string
    /** Whoever reads it. */
    readonly actorId: string
    /** The session by which the owner reads it; `null`: somebody else does. */
    readonly session: { readonly id: string; readonly mode: Mode } | null
    readonly source: RequestSource
    readonly now: number
  }): Promise<AccountExport>
}
