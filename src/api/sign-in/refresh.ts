import type { Context } from 'hono'
import * as v from 'valibot'
import { refreshSession } from '../../flows/refresh-session'
import { cookieValues } from '../../guards/credential'
import { limitWrites } from '../../guards/limit-client'
import { open } from '../../guards/open-route'
import type { AuthCookies } from '../../http/auth-cookies'
import { jsonBody } from '../../http/body'
import { Hono } from '../../http/hono'
import { INVALID_TOKEN_CHALLENGE, Problem } from '../../http/problem'
import { requestSourceOf } from '../../request-source/read-request-source'
import type { Services } from '../../services'
import { presentSession } from '../present'
import { presentCredentials } from './answer-sign-in'

const RefreshBody = v.object({
  refresh_token: v.optional(v.string('Send a string.')),
  if_present: v.optional(v.boolean('Send true or false.')),
})

/** Exchanges a refresh token, from where it was put: the body or a cookie. */
export function refreshRoutes(services: Services) {
  const { modes, cookies } = services.config
  const limited = limitWrites(services, requestSourceOf)
  return new Hono().post('/refresh', open, limited, jsonBody(RefreshBody), async (c) => {
    if (!modes.includes('token')) throw new Problem('mode-not-offered')
    const { refresh_token, if_present = false } = c.req.valid('json')
    const presented = presentedRefreshToken(c, cookies, refresh_token)
    if (!presented) {
      // A page asks at every visit, and browsers show each 401 as an error.
      if (if_present) return c.body(null, 204)
      throw new Problem('authentication-required', { detail: 'Send a refresh token.' })
    }
    const { text, place } = presented
    const refresh = await refreshSession(services, { text, source: requestSourceOf(c) })
    if (refresh.outcome !== 'refreshed') {
      throw new Problem(refresh.outcome, { headers: INVALID_TOKEN_CHALLENGE })
    }
    const { session, credentials } = refresh
    return c.json({
      ...presentCredentials(c, cookies, session, credentials, place),
      session: presentSession(session, session.id),
    })
  })
}

/** Returns the refresh token, or `null` if there is none. @throws {Problem} `invalid-token` if two cookies claim to be it. */
function presentedRefreshToken(
  c: Context,
  cookies: AuthCookies,
  inBody: string | undefined,
): { text: string; place: 'body' | 'cookie' } | null {
  if (inBody !== undefined) return { text: inBody, place: 'body' }
  const [text, ...others] = cookieValues(c.req.raw.headers, cookies.refresh)
  if (text === undefined) return null
  if (others.length > 0) throw new Problem('invalid-token', { headers: INVALID_TOKEN_CHALLENGE })
  return { text, place: 'cookie' }
}
