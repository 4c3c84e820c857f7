import type { Context } from 'hono'
import type { Client } from '../sessions/session'

const USER_AGENT_MAX_LENGTH = 256

/** Where a request comes from, as far as it may be shown to the account's owner. */
export function clientOf(c: Context): Client {
  // Controls and direction marks could make one line of a list look like another.
  const userAgent = c.req
    .header('User-Agent')
    ?.replace(/[\p{Cc}\p{Cf}]/gu, '')
    .slice(0, USER_AGENT_MAX_LENGTH)
  const country = c.req.raw.cf?.country
  return {
    userAgent: userAgent || null,
    country: typeof country === 'string' && /^[A-Z0-9]{2}$/.test(country) ? country : null,
  }
}
