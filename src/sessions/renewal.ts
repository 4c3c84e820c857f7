import type { RequestSource } from '../request-source/request-source'
import type { WithMail } from '../runtime/queued-mail'
import type { ProvenMethod } from './assurance'
import type { Mode } from './mode'
import type { PreparedSession } from './prepared-session'
import type { Session } from './session'
import type { EndedSession } from './session-store'

/** A session whose person has proven again who they are. It renews only together with what was proven, in one transaction. */
export interface Renewal {
  readonly own: { readonly userId: string; readonly sessionId: string; readonly mode: Mode }
  /** The proofs that it rests on from now on. */
  readonly methods: readonly ProvenMethod[]
  /** The session that takes its place, under an id and a secret of its own; `null` in token mode, where it stays. */
  readonly replacement: PreparedSession | null
  readonly source: RequestSource
  readonly now: number
}

/** The session as it is from now on. */
export interface Renewed extends WithMail {
  readonly session: Session
  readonly roles: readonly string[]
  /** The one that it took the place of, if that is another. */
  readonly ended: readonly EndedSession[]
}
