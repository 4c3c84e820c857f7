import { sweepAudit } from '../audit/sweep-audit'
import { resealTotpSeeds } from '../factors/reseal-seeds'
import { orOnOutage } from '../runtime/outage'
import { sweepSessions } from '../sessions/sweep-sessions'
import type { WiredServices } from './mail'

/** How many budgets, challenges, devices and links one run forgets. */
export const FORGET_STEP = 1000

/** What is left to do in the background, every minute. Each part is done even if a store fails another. */
export async function sweep(services: WiredServices): Promise<void> {
  const { attempts, passkeys, devices, signingKeys, mail, clock, log } = services
  const parts: Readonly<Record<string, () => Promise<void>>> = {
    sessions: () => sweepSessions(services),
    'signing-keys': () => signingKeys.sweep(),
    budgets: () => attempts.forget(clock(), FORGET_STEP),
    challenges: () => passkeys.forgetChallenges(clock(), FORGET_STEP),
    devices: () => devices.forgetUnused(clock(), FORGET_STEP),
    'pending-sign-ins': () => services.pendingSignIns.forget(clock(), FORGET_STEP),
    'totp-seeds': () => resealTotpSeeds(services),
    ...mail?.sweepParts,
    audit: () => sweepAudit(services),
  }
  for (const [part, run] of Object.entries(parts)) {
    await orOnOutage(run(), ({ store }) => log('sweep-failed', { part, store }))
  }
}
