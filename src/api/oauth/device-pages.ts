import type { Context } from 'hono'
import * as v from 'valibot'
import { claimDevice } from '../../flows/oauth/device-grant'
import type { SignedInEnv } from '../../guards/auth-env'
import { limitClient } from '../../guards/limit-client'
import { open } from '../../guards/open-route'
import { optionalPrincipal } from '../../guards/optional-principal'
import { jsonOrFormBody } from '../../http/body'
import { Hono } from '../../http/hono'
import { Problem } from '../../http/problem'
import type { Client } from '../../oauth/client'
import { parseUserCode } from '../../oauth/device-grant'
import { REQUEST_SECONDS, SEALED_MAX_LENGTH } from '../../oauth/request-seals'
import type { Granted } from '../../oauth/scopes'
import { requestSourceOf } from '../../request-source/read-request-source'
import type { ProviderPart, Services } from '../../services'
import { refuseOtherAccount } from '../own-account'

/** Describes what a person is asked who entered the code of a device. */
export interface DeviceQuestion {
  readonly client: Client
  readonly granted: Granted
  readonly userCode: string
  readonly person: { readonly userId: string; readonly email: string }
  /** The request, sealed for the form. */
  readonly sealed: string
  readonly lastsSeconds: number
}

/** The pages on which a person connects a device. They are made elsewhere, so that the API knows no page. */
export interface DevicePages {
  /** Answers 400 if `wrong`. @param userCode That of `verification_uri_complete`, to compare; `null`: to enter. */
  enter(
    c: Context,
    state: { readonly userCode: string | null; readonly wrong: boolean; readonly userId: string },
  ): Response | Promise<Response>
  ask(c: Context, question: DeviceQuestion): Response | Promise<Response>
  done(c: Context, allowed: boolean): Response | Promise<Response>
}

const EnterBody = v.object({
  user_code: v.pipe(v.string(), v.maxLength(100, 'Send the code that the device shows.')),
  account_id: v.optional(v.string()),
})
const DecideBody = v.object({
  request: v.pipe(v.string(), v.maxLength(SEALED_MAX_LENGTH, 'Send what the page has.')),
  account_id: v.optional(v.string()),
  decision: v.picklist(['allow', 'deny'], 'Send allow or deny.'),
})

/** Creates the pages on which a person connects a device that has no browser (RFC 8628 §3.3). */
export function deviceRoutes(services: Services & ProviderPart, pages: DevicePages) {
  const { config, deviceGrants, seals, clock } = services
  const limited = limitClient(services, requestSourceOf)

  return (
    new Hono<SignedInEnv>()
      .get('/device', open, async (c) => {
        const userCode = parseUserCode(c.req.query('user_code') ?? '')
        const principal = await optionalPrincipal(services, c.req.raw.headers)
        if (principal?.mode !== 'session') {
          const query = userCode === null ? '' : `?user_code=${userCode}`
          const back = new URLSearchParams({ return_to: `${config.basePath}/device${query}` })
          return c.redirect(`${config.basePath}/login?${back}`, 303)
        }
        return pages.enter(c, { userCode, wrong: false, userId: principal.userId })
      })

      // guard: codes of devices cannot be tried without end
      .post('/device', limited, jsonOrFormBody(EnterBody), async (c) => {
        const { user_code: entered, account_id } = c.req.valid('json')
        const { userId, sessionId } = cookiePrincipal(c)
        refuseOtherAccount(userId, account_id)
        const claimed = await claimDevice(services, entered, { userId, sessionId })
        if (!claimed) return pages.enter(c, { userCode: null, wrong: true, userId })
        const { client, granted, userCodeHash, email } = claimed
        const expiresAt = clock() + REQUEST_SECONDS
        const sealed = await seals.device.seal({ userCodeHash, userId, ...granted, expiresAt })
        const lastsSeconds = config.sessionLifetimeSeconds
        return pages.ask(c, {
          client,
          granted,
          userCode: parseUserCode(entered) ?? '',
          person: { userId, email },
          sealed,
          lastsSeconds,
        })
      })

      .post('/device/decide', jsonOrFormBody(DecideBody), async (c) => {
        const { request, account_id, decision } = c.req.valid('json')
        const { userId, sessionId } = cookiePrincipal(c)
        refuseOtherAccount(userId, account_id)
        const shown = await seals.device.open(request, clock())
        const allowed = decision === 'allow'
        // The store asks again whose the code is.
        if (!shown || shown.userId !== userId) throw expired()
        const { userCodeHash, scope, resource } = shown
        const decided = await deviceGrants.decide(
          userCodeHash,
          { userId, sessionId },
          { allowed, scope, resource },
          clock(),
        )
        if (!decided) throw expired()
        return pages.done(c, allowed)
      })
  )
}

/** Returns the principal if it came by cookie: no other credential may answer the question. */
function cookiePrincipal(c: Context<SignedInEnv>) {
  const { principal } = c.var
  if (principal.mode !== 'session') throw expired()
  return principal
}

function expired(): Problem {
  return new Problem('authorization-refused', { detail: 'The code of the device has expired, or was used.' })
}
