import type { Context } from 'hono'
import type { Client } from '../client'
import { requestIdOf } from '../http/request-id'
import { chooseLanguage } from '../language'

const USER_AGENT_MAX_LENGTH = 256

/** Where a request comes from. Only the edge is believed about the address: every other header is the client's own word. */
export function clientOf(c: Context): Client {
  // Controls and direction marks could make one line of a list look like another.
  const userAgent = c.req
    .header('User-Agent')
    ?.replace(/[\p{Cc}\p{Cf}]/gu, '')
    .slice(0, USER_AGENT_MAX_LENGTH)
    // The cut may have left half of a character.
    .replace(/\p{Cs}$/u, '')
  const address = c.req.header('CF-Connecting-IP')
  const country = c.req.raw.cf?.country
  return {
    requestId: requestIdOf(c),
    address: address !== undefined && /^[0-9a-fA-F:.]{2,45}$/.test(address) ? address : null,
    userAgent: userAgent || null,
    language: chooseLanguage(c.req.header('Accept-Language')),
    country: typeof country === 'string' && /^[A-Z0-9]{2}$/.test(country) ? country : null,
  }
}
