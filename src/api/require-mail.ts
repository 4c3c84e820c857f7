import type { MiddlewareHandler } from 'hono'
import { Problem } from '../http/problem'
import { withFacts } from '../http/route-facts'
import type { MailServices } from '../services'

/** Answers as if a route were not there where no mail is sent. */
export function requireMail(services: Pick<MailServices, 'delivery'>): MiddlewareHandler {
  const refuse: MiddlewareHandler = async (_, next) => {
    refuseWithoutMail(services)
    await next()
  }
  return withFacts(refuse, { mail: true })
}

/** Refuses where Janus sends no mail. @throws {Problem} `not-found`. */
export function refuseWithoutMail({ delivery }: Pick<MailServices, 'delivery'>): void {
  if (!delivery) throw new Problem('not-found', { detail: 'This service does not send mail (MAILER=none).' })
}
