import { sweepAudit } from '../audit/sweep-audit'
import { orOnOutage } from '../runtime/outage'
import { sweepSessions } from '../sessions/sweep-sessions'
import { partsOf, type WiredServices } from './wired-services'

/** Bounds the budgets, challenges, devices and links that one run forgets. */
export const FORGET_STEP = 1000

/** Does what is left to do in the background, every minute. Each part is done even if a store fails another. */
export async function sweep(services: WiredServices): Promise<void> {
  const { attempts, devices, signingKeys, events, clock, log } = services
  const parts: Readonly<Record<string, () => Promise<void>>> = {
    sessions: () => sweepSessions(services),
    'signing-keys': () => signingKeys.sweep(),
    budgets: () => attempts.forget(clock(), FORGET_STEP),
    devices: () => devices.forgetUnused(clock(), FORGET_STEP),
    ...Object.assign({}, ...partsOf(services).map(({ sweepParts }) => sweepParts)),
    // Before the trail, where they are read, forgets its oldest rows.
    ...(events ? { events: () => events.sweep() } : {}),
    audit: () => sweepAudit(services),
  }
  for (const [part, run] of Object.entries(parts)) {
    await orOnOutage(run(), ({ store }) => log('sweep-failed', { part, store }))
  }
}
