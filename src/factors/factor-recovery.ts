import type { MintedSecret } from '../links/one-time-token'
import type { Language } from '../request-source/language'
import type { RequestSource } from '../request-source/request-source'
import type { WithMail } from '../runtime/queued-mail'
import type { Mode } from '../sessions/mode'
import type { PendingHandle } from './pending-sign-in'

export type StartedRecovery =
  | ({ readonly outcome: 'started'; readonly dueAt: number } & WithMail)
  /** The sign-in was not begun by a mailed link, or nobody has proven the address. */
  | { readonly outcome: 'mailbox-not-proven' }
  /** There is no such sign-in any more. */
  | { readonly outcome: 'over' }

/** A recovery whose delay is over. */
export interface DueRecovery {
  readonly userId: string
  readonly language: Language
}

/**
 * Recoveries of accounts whose owner has lost every second factor. Each takes effect after a delay, in which any sign-in with a second factor
 * ends it. Every method throws {@link StoreUnavailable} when the store cannot be reached.
 */
export interface FactorRecoveryStore {
  /**
   * Starts the delay for the account of a sign-in that was begun by a mailed link and waits for its second factor, and mails how to cancel it: at
   * once, and when half of it is over. One that was started before goes on.
   */
  start(
    asked: PendingHandle & {
      readonly mode: Mode
      readonly cancel: MintedSecret
      readonly dueAt: number
      readonly source: RequestSource
      readonly now: number
    },
  ): Promise<StartedRecovery>
  /** Ends a recovery by the secret of its mail; `false` if there is none. */
  cancel(cancelHash: string, source: RequestSource, now: number): Promise<boolean>
  /** Ends the recovery of one's own account; `false` if there is none. */
  cancelOwn(
    own: { readonly userId: string; readonly sessionId: string; readonly mode: Mode },
    source: RequestSource,
    now: number,
  ): Promise<boolean>
  /** Lists recoveries whose delay is over, at most `limit`. */
  listDue(now: number, limit: number): Promise<readonly DueRecovery[]>
  /** Removes every second factor of the account of one, ends its sessions and notifies its owner, unless it has been cancelled. */
  complete(due: DueRecovery, now: number): Promise<WithMail>
}
