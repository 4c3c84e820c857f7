import * as v from 'valibot'
import { cancelRecovery, startRecovery } from '../../flows/factor-recovery'
import type { SignedInEnv } from '../../guards/auth-env'
import { limitClient } from '../../guards/limit-client'
import { open } from '../../guards/open-route'
import { requireLiveSession } from '../../guards/require-live-session'
import { jsonOrFormBody } from '../../http/body'
import { Hono } from '../../http/hono'
import { Problem } from '../../http/problem'
import { requestSourceOf } from '../../request-source/read-request-source'
import { presentInstant } from '../../runtime/clock'
import type { SecondFactorPart, Services } from '../../services'
import { answer } from '../answer'
import { ReturnTo, Text } from '../fields'
import { ownAccount, sameAccount } from '../own-account'
import { refuseWithoutMail } from '../require-mail'
import { invalidLink } from './answer-sign-in'
import { signInExpired, stepArrival } from './second-factor'

const StartBody = v.object({ pending: v.optional(Text) })
const CancelBody = v.object({ token: Text })
const CancelOwnBody = v.object({ ...ownAccount, return_to: ReturnTo })

/** Creates the routes for the recovery of an account whose owner has lost every second factor: ask for it, and cancel it. */
export function factorRecoveryRoutes(services: Services & SecondFactorPart) {
  const { config, factorRecoveries, clock } = services
  const limited = limitClient(services, requestSourceOf)
  const live = requireLiveSession(services)

  /** Refuses where nobody but an operator recovers an account. @throws {Problem} `not-found`. */
  function refuseUnlessOffered() {
    refuseWithoutMail({ delivery: services.mail?.delivery ?? null })
    if (services.recoverySeconds === null) throw new Problem('not-found')
  }

  return new Hono<SignedInEnv>()
    .post('/login/second-factor/recovery', open, limited, jsonOrFormBody(StartBody), async (c) => {
      refuseUnlessOffered()
      const arrival = await stepArrival(c, services, c.req.valid('json'))
      const started = await startRecovery(services, arrival)
      if (started.outcome === 'sign-in-expired') throw signInExpired()
      if (started.outcome !== 'started') throw new Problem('mailbox-not-proven')
      const body = { recovery_due_at: presentInstant(started.dueAt) }
      return answer(c, config, { returnTo: null, page: '/login/second-factor/recovery?done' }, body, 202)
    })

    .post('/login/second-factor/recovery/cancel', open, limited, jsonOrFormBody(CancelBody), async (c) => {
      refuseUnlessOffered()
      const { token } = c.req.valid('json')
      if (!(await cancelRecovery(services, token, requestSourceOf(c)))) throw invalidLink()
      return answer(c, config, { returnTo: null, page: '/login/second-factor/recovery/cancel?done' }, null)
    })

    .post(
      '/me/second-factor/recovery/cancel',
      live,
      jsonOrFormBody(CancelOwnBody),
      sameAccount,
      async (c) => {
        await factorRecoveries.cancelOwn(c.var.principal, requestSourceOf(c), clock())
        return answer(c, config, { returnTo: c.req.valid('json').return_to, page: '/account' }, null)
      },
    )
}
