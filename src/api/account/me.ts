import type { SignedInEnv } from '../../guards/auth-env'
import { authenticate } from '../../guards/authenticate'
import { readCredential } from '../../guards/credential'
import { open } from '../../guards/open-route'
import { sessionEnded } from '../../guards/require-live-session'
import { callerOf } from '../../guards/require-principal'
import { Hono } from '../../http/hono'
import type { Services } from '../../services'
import type { Pages } from '../pages'
import { presentProfile, presentSession } from '../present'

/**
 * Creates `GET /me`: the account of the caller. It is read from the database, so it knows at once when the session is over, in either mode, although it
 * asks for no live session: the read that finds the account finds that out too.
 */
export function meRoutes(services: Services) {
  const { users, clock } = services

  return new Hono<SignedInEnv>().get('/me', async (c) => {
    const { principal } = c.var
    const caller = await users.findWithSession(principal.sessionId, clock())
    if (!caller) throw sessionEnded(principal)
    return c.json(presentMe(caller))
  })
}

/** Creates `GET /`: who is asking, for people and programs. Open, so it authenticates by itself. */
export function whoAmIRoute(services: Services, pages: Pages | null) {
  const { users, clock } = services
  return new Hono().get('/', open, async (c) => {
    const credential = readCredential(c.req.raw.headers, services.cookies)
    const authentication = await authenticate(services, credential)
    // A cookie may have been forgotten here by the last person; a bearer token was sent on purpose.
    const refused = authentication.outcome !== 'authenticated'
    const principal =
      refused && credential.carrier !== 'bearer' && credential.carrier !== 'unusable-authorization'
        ? null
        : callerOf(authentication).principal
    const caller = principal && (await users.findWithSession(principal.sessionId, clock()))
    if (principal?.mode === 'token' && !caller) throw sessionEnded(principal)

    if (pages?.wanted(c)) return pages.home(c, caller?.user ?? null)
    return c.json(caller ? { authenticated: true, ...presentMe(caller) } : { authenticated: false })
  })
}

type Caller = NonNullable<Awaited<ReturnType<Services['users']['findWithSession']>>>

function presentMe({ user, metadata, session }: Caller) {
  return { user: presentProfile({ user, metadata }), session: presentSession(session, session.id) }
}
