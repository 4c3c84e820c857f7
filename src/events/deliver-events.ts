import type { Clock } from '../runtime/clock'
import type { Log } from '../runtime/log'
import { orOnOutage } from '../runtime/outage'
import { eventsOf, type JanusEvent } from './event'
import type { ClaimedEvents, EventStore } from './event-store'
import { EventNotTaken, type EventReceiver } from './receiver'

export interface EventServices {
  readonly store: EventStore
  readonly receivers: readonly EventReceiver[]
  /** Says how old a row must be before no row can appear before it. */
  readonly settleSeconds: number
  readonly clock: Clock
  readonly log: Log
}

/** Limits the rows of the trail that one claim reads. Each event is a subrequest, and the free plan allows 50. */
const STEP = 20

/** Says how long a receiver is one caller's, in seconds. More than a claim takes: it stops after half of that. */
const CLAIM_SECONDS = 120

/** An event that was not taken for this long is given up. */
const LIFETIME_SECONDS = 24 * 60 * 60

/** Delivers what the receivers have not had yet, in order. @throws {StoreUnavailable} */
export async function deliverEvents(services: EventServices): Promise<void> {
  const { store, receivers, clock } = services
  const behind = await store.findBehind(
    receivers.map(({ name }) => name),
    clock(),
  )
  for (const receiver of receivers.filter(({ name }) => behind.includes(name))) {
    await deliverTo(receiver, services)
  }
}

/**
 * Creates what delivers behind a response. One run at a time in an isolate: a request that comes meanwhile makes that run go on once more, and
 * waits for nothing. On Workers the run of a request may be cut off with it, so one that takes longer than a claim no longer counts. What
 * fails is left to the sweep.
 */
export function createEventPump(services: EventServices): () => Promise<void> {
  const { clock, log } = services
  let runsUntil = 0
  let again = false
  return async () => {
    again = true
    // guard: a run that was cut off does not stop those after it
    if (clock() < runsUntil) return
    while (again) {
      again = false
      runsUntil = clock() + CLAIM_SECONDS
      await orOnOutage(deliverEvents(services), ({ store }) =>
        log('events-left-to-sweep', { store }),
      ).finally(() => {
        runsUntil = 0
      })
    }
  }
}

async function deliverTo(receiver: EventReceiver, services: EventServices): Promise<void> {
  const { store, clock, settleSeconds } = services
  const now = clock()
  const until = now + CLAIM_SECONDS
  const claimed = await store.claim(receiver.name, {
    now,
    until,
    settledBefore: now - settleSeconds + 1,
    limit: STEP,
  })
  if (!claimed) return
  const { place, rows } = claimed
  let to = place
  for (const row of rows) {
    for (const event of eventsOf(row)) {
      const error = await tryToDeliver(receiver, event)
      if (error !== null)
        return leave(receiver, { claimed, to, at: row.seq, happened: row.at }, event, error, services)
    }
    to = row.seq
    if (clock() - now > CLAIM_SECONDS / 2) break
  }
  await store.settle(receiver.name, { from: place, to, attempts: 0, dueAt: 0 })
}

/** Returns the code of what went wrong, or `null`. Never words: they may quote the event. */
async function tryToDeliver(receiver: EventReceiver, event: JanusEvent): Promise<string | null> {
  try {
    await receiver.deliver(event)
    return null
  } catch (error) {
    if (error instanceof EventNotTaken) return error.code
    return error instanceof Error ? error.name : 'unknown'
  }
}

/** Leaves an event that was not taken: for a later try, or, once it is too old, for good. */
async function leave(
  { name }: EventReceiver,
  reached: {
    readonly claimed: ClaimedEvents
    readonly to: number
    readonly at: number
    readonly happened: number
  },
  event: JanusEvent,
  error: string,
  { store, clock, log }: EventServices,
): Promise<void> {
  const { claimed, to, at, happened } = reached
  const now = clock()
  const facts = { receiver: name, event_id: event.id, type: event.type, error }
  if (now - happened > LIFETIME_SECONDS) {
    log('event-given-up', facts)
    const move = { from: claimed.place, to: at, attempts: 0, dueAt: 0 }
    return store.giveUp(name, move, { id: event.id, now })
  }
  log('event-not-delivered', facts)
  const attempts = to === claimed.place ? claimed.attempts + 1 : 1
  // After its n-th attempt an event waits for 2^(n-1) minutes, at most for 64.
  const dueAt = now + 60 * 2 ** Math.min(attempts - 1, 6)
  return store.settle(name, { from: claimed.place, to, attempts, dueAt })
}
