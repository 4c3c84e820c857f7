import type { Context } from 'hono'
import * as v from 'valibot'
import type { SignedIn } from '../../flows/sign-in/prepared-session'
import { type StepUp, stepUpByPassword } from '../../flows/step-up'
import type { SignedInEnv } from '../../guards/auth-env'
import { limitClient } from '../../guards/limit-client'
import { sessionEnded } from '../../guards/require-live-session'
import { jsonOrFormBody, missingField } from '../../http/body'
import { Hono } from '../../http/hono'
import { requestSourceOf } from '../../request-source/read-request-source'
import { presentInstant } from '../../runtime/clock'
import type { SelfServices, Services } from '../../services'
import { answer } from '../answer'
import { ReturnTo, Text } from '../fields'
import { ownAccount, sameAccount } from '../own-account'
import { attemptRefused, presentSignIn, refreshTokenPlace } from '../sign-in/answer-sign-in'
import { findProofs } from './own-proofs'

/** Holds what a form that proves again who somebody is sends besides the proof. */
export const stepUpFields = { ...ownAccount, return_to: ReturnTo }

const PasswordBody = v.object({ password: Text, ...stepUpFields })

/** Creates the routes to prove again who one is, in a session: what can be presented, and by the password. */
export function stepUpRoutes(services: SelfServices) {
  const limited = limitClient(services, requestSourceOf)

  return new Hono<SignedInEnv>()
    .get('/reauthenticate', async (c) => {
      const own = await findProofs(services, c.var.principal)
      if (!own) throw sessionEnded(c.var.principal)
      return c.json({ next: own.proofs, authenticated_at: presentInstant(c.var.principal.authenticatedAt) })
    })

    .post('/reauthenticate', limited, jsonOrFormBody(PasswordBody), sameAccount, async (c) => {
      const { password, return_to } = c.req.valid('json')
      const input = { password, source: requestSourceOf(c) }
      const stepUp = await stepUpByPassword(services, c.var.principal, input)
      if (stepUp.outcome === 'second-factor-needed')
        throw missingField(
          'code',
          'This session has two factors. Prove the second: POST /reauthenticate/second-factor.',
        )
      if (stepUp.outcome !== 'renewed' && stepUp.outcome !== 'session-ended') throw attemptRefused(stepUp)
      return answerStepUp(c, services, stepUp, return_to)
    })
}

/**
 * Answers a proof that was given again as a sign-in is answered. In token mode it has a new access token, and no refresh token: the client
 * keeps the one it has.
 */
export function answerStepUp(
  c: Context<SignedInEnv>,
  services: Services,
  stepUp: StepUp,
  returnTo: string | undefined,
) {
  if (stepUp.outcome !== 'renewed') throw sessionEnded(c.var.principal)
  return answer(
    c,
    services.config,
    { returnTo, page: '/account' },
    presentStepUp(c, services, stepUp.signedIn),
  )
}

function presentStepUp(c: Context<SignedInEnv>, { config }: Services, signedIn: SignedIn) {
  const place = refreshTokenPlace(c, config.cookies, c.var.principal.sessionId)
  return presentSignIn(c, config.cookies, signedIn, place)
}
