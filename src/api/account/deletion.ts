import * as v from 'valibot'
import { deleteAccount } from '../../flows/delete-account'
import type { SignedInEnv } from '../../guards/auth-env'
import { limitClient } from '../../guards/limit-client'
import { requireLiveSession } from '../../guards/require-live-session'
import { jsonOrFormBody } from '../../http/body'
import { Hono } from '../../http/hono'
import { Problem } from '../../http/problem'
import { requestSourceOf } from '../../request-source/read-request-source'
import type { SelfServices } from '../../services'
import { answer } from '../answer'
import { ReturnTo, Text } from '../fields'
import { ownAccount, sameAccount } from '../own-account'
import { ownerRefused, presentedProof } from '../presented-proof'
import { forgetSession } from '../sign-in/answer-sign-in'

const DeleteAccountBody = v.object({ password: v.optional(Text), ...ownAccount, return_to: ReturnTo })

/** Creates `POST /me/delete`, which deletes one's own account. An attempt at the password is counted. */
export function deletionRoutes(services: SelfServices) {
  const { config } = services
  const live = requireLiveSession(services)
  const limited = limitClient(services, requestSourceOf)

  return new Hono<SignedInEnv>().post(
    '/me/delete',
    live,
    limited,
    jsonOrFormBody(DeleteAccountBody),
    sameAccount,
    async (c) => {
      const { password, return_to } = c.req.valid('json')
      const input = { ...presentedProof(c, services, password), source: requestSourceOf(c) }
      const deletion = await deleteAccount(services, c.var.principal, input)
      if (deletion.outcome === 'last-administrator') {
        const detail = `Give somebody else the role ${config.adminRole} first, or ask an operator to delete this account.`
        throw new Problem('last-administrator', { detail })
      }
      if (deletion.outcome !== 'deleted') throw ownerRefused(deletion)
      forgetSession(c, config)
      return answer(c, config, { returnTo: return_to }, null)
    },
  )
}
