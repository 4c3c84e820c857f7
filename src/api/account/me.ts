import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import type { SignedInEnv } from '../../guards/auth-env'
import { authenticate } from '../../guards/authenticate'
import { readCredential } from '../../guards/credential'
import { limitWrites } from '../../guards/limit-client'
import { open } from '../../guards/open-route'
import { sessionEnded } from '../../guards/require-live-session'
import { callerOf } from '../../guards/require-principal'
import { jsonBody, jsonOrFormBody } from '../../http/body'
import type { User } from '../../identity/user'
import { requestSourceOf } from '../../request-source/read-request-source'
import type { Services } from '../../services'
import { answer } from '../answer'
import { Name, ReturnTo } from '../fields'
import { ownAccount, sameAccount } from '../own-account'
import type { Pages } from '../pages'
import { presentSession, presentUser } from '../present'

const RenameBody = v.object({ name: v.nullable(Name), ...ownAccount })
const RenameForm = v.object({ ...RenameBody.entries, return_to: ReturnTo })

/**
 * Who am I, and what do I call myself.
 *
 * The account is read from D1, so these routes know at once when the session is over, in either mode, although they
 * ask for no live session: the read that finds the account finds that out too.
 */
export function meRoutes(services: Services) {
  const { config, users, clock } = services
  const limited = limitWrites(services, requestSourceOf)

  async function rename(c: Context<SignedInEnv>, name: string | null): Promise<User> {
    const { principal } = c.var
    const { sessionId: id, userId, mode } = principal
    const change = { name, source: requestSourceOf(c), now: clock() }
    const user = await users.rename({ id, userId, mode }, change)
    if (!user) throw sessionEnded(principal)
    return user
  }

  return new Hono<SignedInEnv>()
    .get('/me', async (c) => {
      const { principal } = c.var
      const caller = await users.findWithSession(principal.sessionId, clock())
      if (!caller) throw sessionEnded(principal)
      return c.json(presentMe(caller))
    })

    .patch('/me', limited, jsonBody(RenameBody), sameAccount, async (c) =>
      c.json({ user: presentUser(await rename(c, c.req.valid('json').name)) }),
    )

    .post('/me', limited, jsonOrFormBody(RenameForm), sameAccount, async (c) => {
      const { name, return_to } = c.req.valid('json')
      const user = await rename(c, name)
      return answer(c, config, { returnTo: return_to }, { user: presentUser(user) })
    })
}

/** `GET /`: who is asking, for people and programs. Open, so it authenticates by itself. */
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

function presentMe({ user, session }: Caller) {
  return { user: presentUser(user), session: presentSession(session, session.id) }
}
