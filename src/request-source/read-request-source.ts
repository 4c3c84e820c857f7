import type { Context } from 'hono'
import { languageOf } from './language'
import { requestIdOf } from './request-id'
import type { RequestSource } from './request-source'

/** In UTF-8: what is stored for a request is bounded by what it takes there. Browsers send some 120. */
const USER_AGENT_MAX_BYTES = 256

/** Reads where a request comes from. Only the edge is trusted for the address, because a client can write every other header. */
export function requestSourceOf(c: Context): RequestSource {
  // Controls and direction marks could make one line of a list look like another.
  const userAgent = c.req.header('User-Agent')?.replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '')
  const address = c.req.header('CF-Connecting-IP')
  const country = c.req.raw.cf?.country
  return {
    requestId: requestIdOf(c),
    address: address !== undefined && /^[0-9a-fA-F:.]{2,45}$/.test(address) ? address : null,
    userAgent: cutToBytes(userAgent ?? '', USER_AGENT_MAX_BYTES) || null,
    language: languageOf(c),
    country: typeof country === 'string' && /^[A-Z0-9]{2}$/.test(country) ? country : null,
  }
}

/** Returns the longest beginning of a text that takes at most so many bytes of UTF-8 and ends with a whole character. */
function cutToBytes(text: string, maxBytes: number): string {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(maxBytes))
  return text.slice(0, read)
}
