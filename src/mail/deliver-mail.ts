import type { Clock } from '../clock'
import type { Log } from '../log'
import { orOnOutage } from '../outage'
import { type Mailer, MailRefused } from './mailer'
import type { Outbox } from './outbox'
import type { MailRenderer } from './render-mail'

export interface DeliveryServices {
  readonly outbox: Outbox
  readonly mailer: Mailer
  readonly renderMail: MailRenderer
  readonly clock: Clock
  readonly log: Log
}

/** How much mail one run of the sweep tries: the free plan lets a request make 50 others. */
const SWEEP_STEP = 20

/**
 * Sends what requests of this isolate have queued; behind a response, which never waits for it. What fails stays in the outbox
 * for the sweep.
 */
export async function deliverQueued(services: DeliveryServices): Promise<void> {
  for (const id of services.outbox.takeQueued()) {
    await orOnOutage<unknown>(deliver(services, id), ({ store }) =>
      services.log('mail-left-to-sweep', { store }),
    )
  }
}

/** Tries again what is due. If the carrier fails one message it would fail the others, so the rest waits. @throws {StoreUnavailable} */
export async function sweepOutbox(services: DeliveryServices): Promise<void> {
  const { outbox, clock } = services
  for (const id of await outbox.findDue(clock(), SWEEP_STEP)) {
    if ((await deliver(services, id)) === 'failed') return
  }
}

async function deliver(services: DeliveryServices, id: string): Promise<'done' | 'failed'> {
  const { outbox, mailer, renderMail, clock, log } = services
  const now = clock()
  const claimed = await outbox.claim(id, now)
  if (!claimed) return 'done'
  const { kind } = claimed.mail

  async function giveUp(reason: string): Promise<'done'> {
    log('mail-failed', { kind, reason })
    await outbox.bury({ id, subjectId: claimed?.mail.subjectId ?? null }, reason, now)
    return 'done'
  }

  if (claimed.outcome === 'unreadable') return giveUp('unreadable')
  const { mail } = claimed
  if (now >= mail.expiresAt) return giveUp('not-delivered-in-time')
  try {
    await mailer.send(renderMail(mail))
  } catch (error) {
    if (error instanceof MailRefused) return giveUp('refused-by-carrier')
    // Not the message: a carrier may quote the recipient in it.
    log('mail-not-sent', { kind, error: error instanceof Error ? error.name : 'unknown' })
    return 'failed'
  }
  await outbox.delete(id)
  return 'done'
}
