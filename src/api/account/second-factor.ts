import type { Context } from 'hono'
import * as v from 'valibot'
import {
  confirmTotp,
  type FactorChanged,
  offerTotp,
  ownSecondFactor,
  removeSecondFactor,
  renewRecoveryCodes,
} from '../../flows/second-factor'
import type { SignedInEnv } from '../../guards/auth-env'
import { limitClient } from '../../guards/limit-client'
import { presentedDevices } from '../../guards/presented-devices'
import { requireLiveSession, sessionEnded } from '../../guards/require-live-session'
import { requireRecent } from '../../guards/require-recent'
import { isForm, jsonOrFormBody } from '../../http/body'
import { Hono } from '../../http/hono'
import { Problem } from '../../http/problem'
import { requestSourceOf } from '../../request-source/read-request-source'
import { presentInstant } from '../../runtime/clock'
import type { SecondFactorPart, Services } from '../../services'
import { answer } from '../answer'
import { Code } from '../code-field'
import { deviceField, giveDevice } from '../device'
import { ReturnTo, Text } from '../fields'
import { ownAccount, sameAccount } from '../own-account'
import type { Pages } from '../pages'
import { credentialPlace, presentSignIn, refreshTokenPlace } from '../sign-in/answer-sign-in'

const OwnBody = v.object({ ...ownAccount, ...deviceField, return_to: ReturnTo })
const ConfirmBody = v.object({ enrolment: Text, code: Code, ...OwnBody.entries })

/** Creates the routes for the second factor of one's own account. What is shown once is a page to a browser that sent a form. */
export function secondFactorRoutes(services: Services & SecondFactorPart, pages: Pages | null) {
  const { config } = services
  const live = requireLiveSession(services)
  const recent = requireRecent(services)
  const limited = limitClient(services, requestSourceOf)
  const terms = { provenOnly: (services.mail?.delivery ?? null) !== null }

  /** Returns the pages if the caller is shown one. A form of a token session gets its new tokens as JSON. */
  function pagesFor(c: Context<SignedInEnv>): Pages | null {
    return isForm(c) && c.var.principal.mode === 'session' && pages?.wanted(c) ? pages : null
  }

  async function answerChange(c: Context<SignedInEnv>, change: FactorChanged, device_token?: string | null) {
    if (change.outcome === 'invalid-code') throw new Problem('invalid-second-factor')
    if (change.outcome === 'email-not-verified') throw new Problem('email-not-verified')
    if (change.outcome === 'required') throw new Problem('second-factor-required')
    if (change.outcome !== 'changed') throw new Problem('second-factor-not-set')
    const { signedIn, recoveryCodes } = change
    const place = refreshTokenPlace(c, config.cookies, c.var.principal.sessionId)
    const presentedIds = await presentedDevices(services, c.req.raw.headers, device_token)
    const device = { deviceId: signedIn.deviceId, presentedIds }
    const body = {
      ...presentSignIn(c, config.cookies, signedIn, place),
      ...(await giveDevice(c, services, device, credentialPlace(signedIn, place))),
    }
    return { body, recoveryCodes }
  }

  return new Hono<SignedInEnv>()
    .get('/me/second-factor', async (c) => {
      const own = await ownSecondFactor(services, c.var.principal)
      return c.json({
        totp: own.totpSince === null ? null : { confirmed_at: presentInstant(own.totpSince) },
        recovery_codes_left: own.recoveryCodesLeft,
        recovery_due_at: own.recoveryDueAt === null ? null : presentInstant(own.recoveryDueAt),
      })
    })

    .post('/me/totp', live, recent, limited, jsonOrFormBody(OwnBody), sameAccount, async (c) => {
      const offer = await offerTotp(services, c.var.principal, terms)
      if (offer === 'email-not-verified') throw new Problem('email-not-verified')
      if (!offer) throw sessionEnded(c.var.principal)
      const shown = pagesFor(c)
      if (shown) return shown.totpOffer(c, { ...offer, accountId: c.var.principal.userId })
      return c.json({ enrolment: offer.enrolment, seed: offer.seed, otpauth_uri: offer.otpauthUri })
    })

    .post('/me/totp/confirm', live, recent, limited, jsonOrFormBody(ConfirmBody), sameAccount, async (c) => {
      const { enrolment, code, device_token } = c.req.valid('json')
      const deviceIds = await presentedDevices(services, c.req.raw.headers, device_token)
      const input = { ...terms, enrolment, code, deviceIds, source: requestSourceOf(c) }
      const change = await confirmTotp(services, c.var.principal, input)
      const { body, recoveryCodes } = await answerChange(c, change, device_token)
      const shown = pagesFor(c)
      if (shown) return shown.recoveryCodes(c, recoveryCodes)
      return c.json({ ...body, recovery_codes: recoveryCodes })
    })

    .post(
      '/me/second-factor/remove',
      live,
      recent,
      limited,
      jsonOrFormBody(OwnBody),
      sameAccount,
      async (c) => {
        const { device_token, return_to } = c.req.valid('json')
        const deviceIds = await presentedDevices(services, c.req.raw.headers, device_token)
        const change = await removeSecondFactor(services, c.var.principal, {
          deviceIds,
          source: requestSourceOf(c),
        })
        const { body } = await answerChange(c, change, device_token)
        if (c.var.principal.mode === 'token') return c.json(body)
        return answer(c, config, { returnTo: return_to, page: '/account' }, body)
      },
    )

    .post('/me/recovery-codes', live, recent, limited, jsonOrFormBody(OwnBody), sameAccount, async (c) => {
      const codes = await renewRecoveryCodes(services, c.var.principal, requestSourceOf(c))
      if (!codes) throw new Problem('second-factor-not-set')
      const shown = pagesFor(c)
      if (shown) return shown.recoveryCodes(c, codes)
      return c.json({ recovery_codes: codes })
    })
}
