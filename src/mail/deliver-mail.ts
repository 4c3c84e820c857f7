import type { Clock } from '../runtime/clock'
import type { Log } from '../runtime/log'
import { orOnOutage } from '../runtime/outage'
import type { QueuedMail } from './mail'
import { type Mailer, MailRefused, type Message } from './mailer'
import type { Outbox } from './outbox'
import type { MailRenderer } from './render-mail'

export interface DeliveryServices {
  readonly outbox: Outbox
  readonly mailer: Mailer
  readonly renderMail: MailRenderer
  readonly clock: Clock
  readonly log: Log
}

/** Sets how much mail one run of the sweep tries: each takes two of the 50 queries that the free plan allows, and others wait, too. */
const SWEEP_STEP = 12

/** So many failures in a row are the carrier's, not the messages'. */
const MOST_FAILURES = 3

/** Sends mail that was queued. What fails stays in the outbox for the sweep. */
export async function deliverQueued(services: DeliveryServices, mailIds: readonly string[]): Promise<void> {
  for (const id of mailIds) {
    await orOnOutage<unknown>(deliver(services, id), ({ store }) =>
      services.log('mail-left-to-sweep', { store }),
    )
  }
}

/** Tries again what is due, until the carrier seems to be down; the rest waits. @throws {StoreUnavailable} */
export async function sweepOutbox(services: DeliveryServices): Promise<void> {
  const { outbox, clock } = services
  let failures = 0
  for (const id of await outbox.findDue(clock(), SWEEP_STEP)) {
    failures = (await deliver(services, id)) === 'failed' ? failures + 1 : 0
    if (failures === MOST_FAILURES) return
  }
}

async function deliver(services: DeliveryServices, id: string): Promise<'done' | 'failed'> {
  const { outbox, mailer, renderMail, clock, log } = services
  const now = clock()
  const claimed = await outbox.claim(id, now)
  if (!claimed) return 'done'
  const { kind, subjectId, expiresAt } = claimed.mail

  async function giveUp(reason: string, error?: unknown): Promise<'done'> {
    log('mail-failed', { kind, reason, ...(error === undefined ? {} : { error: codeOf(error) }) })
    await outbox.bury({ id, subjectId }, reason, now)
    return 'done'
  }

  if (claimed.outcome === 'unreadable') {
    // While a new secret is being rolled out, an isolate may not have it yet.
    if (now < expiresAt) log('mail-unreadable', { kind })
    return now < expiresAt ? 'done' : giveUp('unreadable')
  }
  if (now >= expiresAt) return giveUp('not-delivered-in-time')
  const mail = await withToken(outbox, claimed.mail)
  if (mail === null) {
    // Whoever was invited has an account now, or is not to have one.
    await outbox.delete(id)
    return 'done'
  }
  let message: Message
  try {
    message = renderMail(mail)
  } catch {
    // Not the carrier's fault: the next message is not held up by it.
    return giveUp('not-renderable')
  }
  try {
    await mailer.send(message)
  } catch (error) {
    if (error instanceof MailRefused) return giveUp('refused-by-carrier', error)
    log('mail-not-sent', { kind, error: codeOf(error) })
    return 'failed'
  }
  await outbox.delete(id)
  return 'done'
}

/** Returns a mail with what its link needs: whoever queued an invitation may have had no secret to encrypt a token with. */
async function withToken(outbox: Outbox, mail: QueuedMail): Promise<QueuedMail | null> {
  if (mail.kind !== 'invitation' || mail.token !== null) return mail
  const token = await outbox.mintInvitation(mail)
  return token === null ? null : { ...mail, token }
}

/** Returns what may be logged of an error: a code or a name, never words, for a carrier may quote the recipient in them. */
function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (/^[A-Z_]+( \d{3})?$/.test(code)) return code
  return error instanceof Error ? error.name : 'unknown'
}
