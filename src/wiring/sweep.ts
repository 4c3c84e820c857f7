import { sweepAudit } from '../audit/sweep-audit'
import { resealTotpSeeds } from '../factors/reseal-seeds'
import { REPEAT_SECONDS } from '../flows/repetition'
import { sweepOutbox } from '../mail/deliver-mail'
import { orOnOutage } from '../runtime/outage'
import type { Services } from '../services'
import { sweepSessions } from '../sessions/sweep-sessions'

/** How many budgets, challenges, devices and links one run forgets. */
const FORGET_STEP = 1000

/** What is left to do in the background, every minute. Each part is done even if a store fails another. */
export async function sweep(services: Services): Promise<void> {
  const { attempts, passkeys, devices, links, signingKeys, delivery, clock, log } = services
  const parts: Readonly<Record<string, () => Promise<void>>> = {
    sessions: () => sweepSessions(services),
    'signing-keys': () => signingKeys.sweep(),
    budgets: () => attempts.forget(clock(), FORGET_STEP),
    challenges: () => passkeys.forgetChallenges(clock(), FORGET_STEP),
    devices: () => devices.forgetUnused(clock(), FORGET_STEP),
    links: () => links.forget({ expired: clock(), used: clock() - REPEAT_SECONDS }, FORGET_STEP),
    'pending-sign-ins': () => services.pendingSignIns.forget(clock(), FORGET_STEP),
    'totp-seeds': () => resealTotpSeeds(services),
    mail: async () => {
      if (delivery) await sweepOutbox(delivery)
    },
    audit: () => sweepAudit(services),
  }
  for (const [part, run] of Object.entries(parts)) {
    await orOnOutage(run(), ({ store }) => log('sweep-failed', { part, store }))
  }
}
