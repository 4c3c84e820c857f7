import type { Context } from 'hono'
import * as v from 'valibot'
import { addPasskey, preparePasskey } from '../../flows/passkeys'
import type { SignedInEnv } from '../../guards/auth-env'
import { limitClient } from '../../guards/limit-client'
import { requireLiveSession, sessionEnded } from '../../guards/require-live-session'
import { requireRecent } from '../../guards/require-recent'
import { jsonBody, jsonOrFormBody } from '../../http/body'
import { Hono } from '../../http/hono'
import { Problem } from '../../http/problem'
import { MOST_PASSKEYS, type Passkey } from '../../passkeys/passkey-store'
import { requestSourceOf } from '../../request-source/read-request-source'
import { presentInstant } from '../../runtime/clock'
import type { PasskeyPart, Services } from '../../services'
import { deleteCachedCopies } from '../../sessions/delete-cached-copies'
import { requiresFactor } from '../../sessions/factor-policy'
import { answer } from '../answer'
import { Name, ReturnTo } from '../fields'
import { ownAccount, sameAccount } from '../own-account'
import { passkeyParty, passkeyRefused, RegisteredCredential } from '../passkey-credential'
import { requestedId } from '../requested-id'
import { waysIn } from './ways-in'

const OptionsBody = v.object({ ...ownAccount })
const AddBody = v.object({
  credential: RegisteredCredential,
  name: v.optional(v.nullable(Name)),
  ...ownAccount,
})
const RenameBody = v.object({ name: Name, ...ownAccount, return_to: ReturnTo })
const RemoveBody = v.object({ ...ownAccount, return_to: ReturnTo })

/** Creates the routes for the passkeys of one's own account: list, add, rename, remove. */
export function passkeyRoutes(services: Services & PasskeyPart) {
  const { config, passkeys, users, clock } = services
  const live = requireLiveSession(services)
  const recent = requireRecent(services)
  const limited = limitClient(services, requestSourceOf)

  function changeBy(c: Context<SignedInEnv>) {
    const { userId, sessionId, mode } = c.var.principal
    return { userId, sessionId, mode, source: requestSourceOf(c) }
  }

  return new Hono<SignedInEnv>()
    .get('/passkeys', live, async (c) => {
      const { id: rp_id } = passkeyParty(services)
      const { passkeys: listed, userHandle } = await passkeys.listOwned(c.var.principal.userId)
      // With these a browser is told which passkeys are left.
      return c.json({ passkeys: listed.map(presentPasskey), rp_id, user_handle: userHandle })
    })

    .post('/passkeys/options', live, recent, limited, jsonBody(OptionsBody), sameAccount, async (c) => {
      const party = passkeyParty(services)
      const { userId, sessionId } = c.var.principal
      const account = await users.findById(userId)
      if (!account) throw sessionEnded(c.var.principal)
      return c.json(await preparePasskey(services, party, { user: account.user, sessionId }))
    })

    .post('/passkeys', live, recent, limited, jsonBody(AddBody), sameAccount, async (c) => {
      const party = passkeyParty(services)
      const { credential, name = null } = c.req.valid('json')
      const added = await addPasskey(services, party, { ...changeBy(c), ...credential, name })
      if (added.outcome === 'refused') throw passkeyRefused()
      if (added.outcome !== 'added') throw notAdded(added.outcome)
      return c.json({ passkey: presentPasskey(added.passkey) }, 201)
    })

    .post('/passkeys/:id/rename', live, limited, jsonOrFormBody(RenameBody), sameAccount, async (c) => {
      const { name, return_to } = c.req.valid('json')
      const target = { id: requestedId(c), userId: c.var.principal.userId }
      const passkey = await passkeys.rename(target, name ?? passkeyParty(services).name)
      if (!passkey) throw new Problem('not-found')
      return answer(c, config, { returnTo: return_to }, { passkey: presentPasskey(passkey) })
    })

    .post('/passkeys/:id/remove', live, recent, jsonOrFormBody(RemoveBody), sameAccount, async (c) => {
      const by = { ...changeBy(c), now: clock() }
      const removed = await passkeys.remove(requestedId(c), by, {
        ways: waysIn(services),
        secondFactorRequired: requiresFactor(services.factorPolicy, c.var.principal.roles),
      })
      if (removed.outcome !== 'removed') throw new Problem(NOT_REMOVED[removed.outcome])
      services.sendMail(removed.mailIds)
      await deleteCachedCopies(services.sessionCache, removed.ended)
      return answer(c, config, { returnTo: c.req.valid('json').return_to }, null)
    })
}

const NOT_REMOVED = {
  unknown: 'not-found',
  'last-way-in': 'last-way-in',
  'last-factor': 'second-factor-required',
} as const

function notAdded(outcome: 'exists' | 'too-many'): Problem {
  const detail =
    outcome === 'exists'
      ? 'This passkey is registered already.'
      : `An account has at most ${MOST_PASSKEYS} passkeys. Remove one first.`
  return new Problem('passkey-refused', { detail })
}

/** Presents a passkey as its owner sees it. */
export function presentPasskey(passkey: Passkey) {
  return {
    id: passkey.id,
    credential_id: passkey.credentialId,
    name: passkey.name,
    synced: passkey.backedUp,
    created_at: presentInstant(passkey.createdAt),
    last_used_at: passkey.lastUsedAt === null ? null : presentInstant(passkey.lastUsedAt),
  }
}
