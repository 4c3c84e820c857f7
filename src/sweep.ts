import { sweepAudit } from './audit/sweep-audit'
import { orOnOutage } from './outage'
import type { Services } from './services'
import { sweepSessions } from './sessions/sweep-sessions'
import { FORGET_ATTEMPTS_SECONDS } from './throttling/attempt-limits'

/** How many attempts one run forgets. */
const ATTEMPTS_STEP = 1000

/** What is left to do in the background, every minute. Each part is done even if a store fails another. */
export async function sweep(services: Services): Promise<void> {
  const { users, signingKeys, clock, log } = services
  const parts: Readonly<Record<string, () => Promise<void>>> = {
    sessions: () => sweepSessions(services),
    'signing-keys': () => signingKeys.sweep(),
    attempts: () => users.forgetAttempts(clock() - FORGET_ATTEMPTS_SECONDS, ATTEMPTS_STEP),
    audit: () => sweepAudit(services),
  }
  for (const [part, run] of Object.entries(parts)) {
    await orOnOutage(run(), ({ store }) => log('sweep-failed', { part, store }))
  }
}
