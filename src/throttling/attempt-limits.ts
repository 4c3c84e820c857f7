/** How guessing at one account is slowed down. Settings: README, "Configuration". */
export interface AttemptLimits {
  /** Attempts in a row that may fail before the first delay. */
  readonly freeAttempts: number
  /** Attempts in a row that may fail before the password is disabled (NIST SP 800-63B-4 §3.2.2: at most 100). */
  readonly maxAttempts: number
  /** The longest delay, in seconds. Delays double from one second. */
  readonly maxAttemptDelaySeconds: number
}

/** What the store has about an account key, as far as deciding needs it. */
export interface AttemptRow {
  readonly failures: number
  readonly blocked_until: number
}

/** A disabled password is not asked for again soon. */
const DISABLED_RETRY_SECONDS = 24 * 60 * 60

/** Attempts that failed longer ago than this are forgotten by the sweep. */
export const FORGET_ATTEMPTS_SECONDS = 90 * 24 * 60 * 60

/** How long an account has to wait whose attempt was not reserved. */
export function retryAfterSeconds(row: AttemptRow | undefined, limits: AttemptLimits, now: number): number {
  const disabled = (row?.failures ?? 0) >= limits.maxAttempts
  return disabled ? DISABLED_RETRY_SECONDS : Math.max(1, (row?.blocked_until ?? now) - now)
}
