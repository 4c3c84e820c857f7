import type { ClosedTo } from './factor-policy'
import type { Session } from './session'

/** A session that has not begun: its record, and the secret that only its client will have. */
export interface PreparedSession {
  readonly session: Session
  /** The session token in session mode. */
  readonly token: string | null
  readonly secretHash: string | null
  /** The device that its client becomes, unless it is one of the account already. */
  readonly newDeviceId: string
  /** For which accounts it does not begin. */
  readonly closedTo: ClosedTo
}
