import type { AuditEvent } from '../audit/audit-event'
import type { UserCredentials } from '../identity/user'
import type { Attempter, ChosenBudget, ReservedAttempt } from '../throttling/attempt-budget'
import type { Source, SourceThrottled } from '../throttling/source-limit'

/**
 * Describes what is counted of attempts at passwords. An address that has no account is counted like one that has. Every method throws
 * {@link StoreUnavailable} when the store cannot be reached; a write that threw may still have happened.
 */
export interface AttemptStore {
  /** Counts an attempt at the password of an address, and gives the account to check it against; or says how long to wait. */
  reserve(attempt: {
    readonly canonicalEmail: string
    readonly attempter: Attempter
    readonly now: number
  }): Promise<Attempt>
  /**
   * Records that an attempt was refused: of attempts that were not looked at, one for each time that their budget has to wait. A stranger's
   * source is charged; a device whose budget is used up is forgotten.
   */
  refuse(
    refusal: AuditEvent,
    charged: { readonly budget: ChosenBudget; readonly sources: readonly Source[] },
  ): Promise<void>
  /** Takes an attempt back whose password was right, and whose request has started a session or used a link before. */
  takeBack(
    reserved: ReservedAttempt,
    done: { readonly sessionId: string } | { readonly usedLink: string },
  ): Promise<void>
  /** Charges a source for a registration, and says whether the address is free; or how long to wait. */
  reserveRegistration(registration: {
    readonly canonicalEmail: string
    readonly sources: readonly Source[]
    readonly now: number
  }): Promise<RegistrationAttempt>
  /** Forgets budgets of which nothing is spent any more, at most `limit` of them. */
  forget(now: number, limit: number): Promise<void>
}

export type Attempt =
  | (ReservedAttempt & { readonly outcome: 'reserved'; readonly account: UserCredentials | null })
  | {
      readonly outcome: 'throttled'
      readonly budget: ChosenBudget
      readonly retryAfterSeconds: number
      readonly account: UserCredentials | null
    }
  | SourceThrottled

export type RegistrationAttempt =
  | { readonly outcome: 'free' }
  /** By an account that was made then. */
  | { readonly outcome: 'taken'; readonly createdAt: number }
  | SourceThrottled
