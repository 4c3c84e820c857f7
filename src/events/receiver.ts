import type { JanusEvent } from './event'

/** The receivers there can be. Each has a place in the trail of its own. */
export type ReceiverName = 'app' | 'queue' | 'webhook'

/** Takes events, one after the other. */
export interface EventReceiver {
  readonly name: ReceiverName
  /** Delivers an event. @throws {EventNotTaken} Or whatever else, if the event was not taken this time. */
  deliver(event: JanusEvent): Promise<void>
}

/** A receiver has not taken an event this time; the code says why. */
export class EventNotTaken extends Error {
  override readonly name = 'EventNotTaken'

  constructor(readonly code: string) {
    super(`Not taken: ${code}`)
  }
}

/** Creates the receiver that is a function of the app around Janus. */
export function createAppReceiver(onEvent: (event: JanusEvent) => Promise<void> | void): EventReceiver {
  return {
    name: 'app',
    async deliver(event) {
      await onEvent(event)
    },
  }
}

/** Creates the receiver that is a queue of Cloudflare: each event is one message of JSON. */
export function createQueueReceiver(queue: Pick<Queue, 'send'>): EventReceiver {
  return {
    name: 'queue',
    async deliver(event) {
      await queue.send(event, { contentType: 'json' })
    },
  }
}
