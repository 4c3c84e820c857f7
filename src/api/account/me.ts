import type { Context } from 'hono'
import * as v from 'valibot'
import type { SignedInEnv } from '../../guards/auth-env'
import { authenticate } from '../../guards/authenticate'
import { readCredential } from '../../guards/credential'
import { limitWrites } from '../../guards/limit-client'
import { open } from '../../guards/open-route'
import { sessionEnded } from '../../guards/require-live-session'
import { callerOf } from '../../guards/require-principal'
import { jsonBody, jsonOrFormBody, missingField, notTaken } from '../../http/body'
import { Hono } from '../../http/hono'
import { Problem } from '../../http/problem'
import type { Profile } from '../../identity/user-store'
import { requestSourceOf } from '../../request-source/read-request-source'
import type { Services } from '../../services'
import { answer } from '../answer'
import { Name, ReturnTo } from '../fields'
import { ownAccount, sameAccount } from '../own-account'
import type { Pages } from '../pages'
import { presentProfile, presentSession } from '../present'

/** Looked at when it is known what may be in it. */
const UserMetadata = v.pipe(
  v.unknown(),
  v.check((value) => typeof value === 'object' && !Array.isArray(value), 'Send a JSON object.'),
)

const ProfileBody = v.object({
  name: v.optional(v.nullable(Name)),
  user_metadata: v.optional(UserMetadata),
  ...ownAccount,
})
const ProfileForm = v.object({ name: v.nullable(Name), ...ownAccount, return_to: ReturnTo })

/**
 * Reads and changes the account of the caller: its name, and what is kept on it.
 *
 * The account is read from D1, so these routes know at once when the session is over, in either mode, although they
 * ask for no live session: the read that finds the account finds that out too.
 */
export function meRoutes(services: Services) {
  const { config, users, metadataRules, clock } = services
  const limited = limitWrites(services, requestSourceOf)

  async function change(c: Context<SignedInEnv>, profile: OwnProfile): Promise<Profile> {
    const { principal } = c.var
    const { sessionId: id, userId, mode } = principal
    const changed = await users.changeProfile(
      { id, userId, mode },
      { ...profile, source: requestSourceOf(c), now: clock() },
    )
    if (!changed) throw sessionEnded(principal)
    return changed
  }

  /** @throws {Problem} `invalid-input`. */
  async function parseUserMetadata(value: unknown): Promise<string | null> {
    // guard: the owner of an account writes only what the app has a schema for
    if (!metadataRules.ownerWrites) throw notTaken('user_metadata')
    const parsed = await metadataRules.parse('user_metadata', value)
    if (!parsed.ok) throw new Problem('invalid-input', { errors: parsed.errors })
    return parsed.json
  }

  return new Hono<SignedInEnv>()
    .get('/me', async (c) => {
      const { principal } = c.var
      const caller = await users.findWithSession(principal.sessionId, clock())
      if (!caller) throw sessionEnded(principal)
      return c.json(presentMe(caller))
    })

    .patch('/me', limited, jsonBody(ProfileBody), sameAccount, async (c) => {
      const { name, user_metadata } = c.req.valid('json')
      if (name === undefined && user_metadata === undefined) throw missingField('name')
      const userMetadata = user_metadata === undefined ? undefined : await parseUserMetadata(user_metadata)
      return c.json({ user: presentProfile(await change(c, { name, userMetadata })) })
    })

    .post('/me', limited, jsonOrFormBody(ProfileForm), sameAccount, async (c) => {
      const { name, return_to } = c.req.valid('json')
      const changed = await change(c, { name })
      return answer(c, config, { returnTo: return_to }, { user: presentProfile(changed) })
    })
}

type OwnProfile = Pick<Parameters<Services['users']['changeProfile']>[1], 'name' | 'userMetadata'>

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
