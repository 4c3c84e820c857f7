import type { MiddlewareHandler } from 'hono'
import { deferTo } from '../http/defer'
import { deliverQueued } from '../mail/deliver-mail'
import type { Services } from '../services'

/** Sends mail that a request has queued, behind its response. */
export function deliverMail({ delivery }: Pick<Services, 'delivery'>): MiddlewareHandler {
  return async (c, next) => {
    try {
      await next()
    } finally {
      if (delivery) deferTo(c)(deliverQueued(delivery))
    }
  }
}
