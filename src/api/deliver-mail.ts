import type { MiddlewareHandler } from 'hono'
import { deliverQueued } from '../mail/deliver-mail'
import type { Services } from '../services'

/** Sends mail that a request has queued, behind its response. */
export function deliverMail({ delivery, defer }: Pick<Services, 'delivery' | 'defer'>): MiddlewareHandler {
  return async (_, next) => {
    try {
      await next()
    } finally {
      if (delivery) defer(deliverQueued(delivery))
    }
  }
}
