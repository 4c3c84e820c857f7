import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import { refreshSession } from '../../flows/refresh-session'
import { cookieValues } from '../../guards/credential'
import { limitWrites } from '../../guards/limit-client'
import type { AuthCookies } from '../../http/auth-cookies'
import { jsonBody } from '../../http/body'
import { INVALID_TOKEN_CHALLENGE, Problem } from '../../http/problem'
import { requestSourceOf } from '../../request-source/read-request-source'
import type { Services } from '../../services'
import { presentSession } from '../present'
import { presentCredentials } from './answer-sign-in'

const RefreshBody = v.object({ refresh_token: v.optional(v.string('Send a string.')) })

/** Exchanges a refresh token, from where it was put: the body or a cookie. */
export function refreshRoutes(services: Services) {
  const { modes, cookies } = services.config
  const limited = limitWrites(services, requestSourceOf)
  return new Hono().post('/refresh', limited, jsonBody(RefreshBody), async (c) => {
    if (!modes.includes('token')) throw new Problem('mode-not-offered')
    const { text, place } = presentedRefreshToken(c, cookies, c.req.valid('json').refresh_token)
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

/** @throws {Problem} `authentication-required` if there is none, `invalid-token` if two cookies claim to be it. */
function presentedRefreshToken(
  c: Context,
  cookies: AuthCookies,
  inBody: string | undefined,
): { text: string; place: 'body' | 'cookie' } {
  if (inBody !== undefined) return { text: inBody, place: 'body' }
  const [text, ...others] = cookieValues(c.req.raw.headers, cookies.refresh)
  if (text === undefined) throw new Problem('authentication-required', { detail: 'Send a refresh token.' })
  if (others.length > 0) throw new Problem('invalid-token', { headers: INVALID_TOKEN_CHALLENGE })
  return { text, place: 'cookie' }
}
