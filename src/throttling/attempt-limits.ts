/** Describes how guessing at one account is slowed down. Settings: docs/reference/configuration.md. */
export interface AttemptLimits {
  /** Failures that count at the same time before the first delay. */
  readonly freeAttempts: number
  /** Failures that count at the same time before no more attempts are let through (NIST SP 800-63B-4 §3.2.2: at most 100). */
  readonly maxAttempts: number
  /** The longest delay, in seconds. Delays double from one second. */
  readonly maxAttemptDelaySeconds: number
}

/**
 * Sets how long a failure counts. They are forgotten one after another, a day each, and not all at once when the owner succeeds: strangers
 * would see that, and learn that the address has an account. In any period of D days at most `maxAttempts + D` attempts begin.
 */
export const FAILURE_SECONDS = 24 * 60 * 60

/** Describes what a budget has been spent on, as far as deciding needs it. */
export interface SpentBudget {
  /** The instant at which nothing of it counts any more. */
  readonly spent_until: number
  readonly blocked_until: number
}

/** Returns how long somebody has to wait whose attempt was not reserved. */
export function retryAfterSeconds(
  { spent_until, blocked_until }: SpentBudget,
  { maxAttempts }: AttemptLimits,
  now: number,
): number {
  const hasRoomAt = spent_until + FAILURE_SECONDS - maxAttempts * FAILURE_SECONDS
  return Math.max(1, blocked_until - now, hasRoomAt - now)
}
