import type { MiddlewareHandler } from 'hono'
import { deliverQueued } from '../mail/deliver-mail'
import type { MailServices } from '../services'
import type { Defer } from '../sessions/resolve-session'

/** Sends mail that a request has queued, behind its response. */
export function deliverMail({ delivery }: Pick<MailServices, 'delivery'>, defer: Defer): MiddlewareHandler {
  return async (_, next) => {
    try {
      await next()
    } finally {
      if (delivery) defer(deliverQueued(delivery))
    }
  }
}
