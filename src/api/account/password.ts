import * as v from 'valibot'
import { changePassword } from '../../flows/change-password'
import type { SignedInEnv } from '../../guards/auth-env'
import { limitClient } from '../../guards/limit-client'
import { presentedDevices } from '../../guards/presented-devices'
import { requireLiveSession } from '../../guards/require-live-session'
import { jsonOrFormBody } from '../../http/body'
import { Hono } from '../../http/hono'
import { requestSourceOf } from '../../request-source/read-request-source'
import type { SelfServices } from '../../services'
import { answer } from '../answer'
import { deviceField, giveDevice } from '../device'
import { newPasswordFaults, ReturnTo, Text } from '../fields'
import { ownAccount, sameAccount } from '../own-account'
import { ownerRefused, presentedProof } from '../presented-proof'
import { credentialPlace, passwordRefused, presentSignIn, refreshTokenPlace } from '../sign-in/answer-sign-in'

const ChangePasswordBody = v.object({
  current_password: v.optional(Text),
  new_password: Text,
  ...ownAccount,
  ...deviceField,
  return_to: ReturnTo,
})

/** Changes a password that is known, or sets the first one. */
export function passwordRoutes(services: SelfServices) {
  const { config } = services
  const limited = limitClient(services, requestSourceOf)
  const live = requireLiveSession(services)
  const furtherFaults = newPasswordFaults('new_password', services)

  return new Hono<SignedInEnv>().post(
    '/password',
    live,
    limited,
    jsonOrFormBody(ChangePasswordBody, { furtherFaults }),
    sameAccount,
    async (c) => {
      const { current_password, new_password, device_token, return_to } = c.req.valid('json')
      const input = {
        ...presentedProof(c, services, current_password),
        newPassword: new_password,
        source: requestSourceOf(c),
      }
      const change = await changePassword(services, c.var.principal, input)
      if (change.outcome === 'password-refused') throw passwordRefused('new_password', change.refusal)
      if (change.outcome !== 'changed') throw ownerRefused(change, 'current_password')
      const place = refreshTokenPlace(c, config.cookies, c.var.principal.sessionId)
      const presentedIds = await presentedDevices(services, c.req.raw.headers, device_token)
      const device = { deviceId: change.signedIn.deviceId, presentedIds }
      const body = {
        ...presentSignIn(c, config.cookies, change.signedIn, place),
        ...(await giveDevice(c, services, device, credentialPlace(change.signedIn, place))),
      }
      return answer(c, config, { returnTo: return_to }, body)
    },
  )
}
