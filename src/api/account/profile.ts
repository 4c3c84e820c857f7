import type { Context } from 'hono'
import * as v from 'valibot'
import type { SignedInEnv } from '../../guards/auth-env'
import { limitWrites } from '../../guards/limit-client'
import { sessionEnded } from '../../guards/require-live-session'
import { jsonBody, jsonOrFormBody, missingField, notTaken } from '../../http/body'
import { Hono } from '../../http/hono'
import { Problem } from '../../http/problem'
import type { Profile } from '../../identity/user-store'
import { requestSourceOf } from '../../request-source/read-request-source'
import type { SelfServices } from '../../services'
import { answer } from '../answer'
import { Name, ReturnTo } from '../fields'
import { ownAccount, sameAccount } from '../own-account'
import { presentProfile } from '../present'

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

/** Changes what an owner says of the account: its name, and what is kept on it. The write finds out whether the session is over. */
export function profileRoutes(services: SelfServices) {
  const { config, ownAccounts, metadataRules, clock } = services
  const limited = limitWrites(services, requestSourceOf)

  async function change(c: Context<SignedInEnv>, profile: OwnProfile): Promise<Profile> {
    const { principal } = c.var
    const { sessionId: id, userId, mode } = principal
    const changed = await ownAccounts.changeProfile(
      { id, userId, mode },
      { ...profile, source: requestSourceOf(c), now: clock() },
    )
    if (!changed) throw sessionEnded(principal)
    return changed
  }

  /** Returns the metadata as it is stored. @throws {Problem} `invalid-input`. */
  async function parseUserMetadata(value: unknown): Promise<string | null> {
    // guard: the owner of an account writes only what the app has a schema for
    if (!metadataRules.ownerWrites) throw notTaken('user_metadata')
    const parsed = await metadataRules.parse('user_metadata', value)
    if (!parsed.ok) throw new Problem('invalid-input', { errors: parsed.errors })
    return parsed.json
  }

  return new Hono<SignedInEnv>()
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

type OwnProfile = Pick<Parameters<SelfServices['ownAccounts']['changeProfile']>[1], 'name' | 'userMetadata'>
