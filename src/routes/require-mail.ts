import type { MiddlewareHandler } from 'hono'
import { Problem } from '../http/problem'
import type { Services } from '../services'

/** Answers as if a route were not there where no mail is sent. */
export function requireMail({ delivery }: Pick<Services, 'delivery'>): MiddlewareHandler {
  return async (_, next) => {
    if (!delivery) throw new Problem('not-found', { detail: 'This service sends no mail.' })
    await next()
  }
}
