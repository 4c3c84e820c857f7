import * as v from 'valibot'
import { stepUpByFactor } from '../../flows/second-factor-step-up'
import type { SignedInEnv } from '../../guards/auth-env'
import { limitClient } from '../../guards/limit-client'
import { jsonOrFormBody } from '../../http/body'
import { Hono } from '../../http/hono'
import { Problem } from '../../http/problem'
import { requestSourceOf } from '../../request-source/read-request-source'
import type { SecondFactorPart, Services } from '../../services'
import { sameAccount } from '../own-account'
import { attemptRefused } from '../sign-in/answer-sign-in'
import { factorFields, typedFactor } from '../sign-in/second-factor'
import { answerStepUp, stepUpFields } from './step-up'

const FactorBody = v.object({ ...factorFields, ...stepUpFields })

/** Creates the routes to prove again who one is, by the second factor. */
export function factorStepUpRoutes(services: Services & SecondFactorPart) {
  const limited = limitClient(services, requestSourceOf)

  return new Hono<SignedInEnv>().post(
    '/reauthenticate/second-factor',
    limited,
    jsonOrFormBody(FactorBody),
    sameAccount,
    async (c) => {
      const { return_to, account_id: _, ...factor } = c.req.valid('json')
      const input = { typed: typedFactor(factor), source: requestSourceOf(c) }
      const stepUp = await stepUpByFactor(services, c.var.principal, input)
      if (stepUp.outcome === 'no-second-factor') throw new Problem('second-factor-not-set')
      if (stepUp.outcome === 'invalid-code') throw new Problem('invalid-second-factor')
      if (stepUp.outcome === 'throttled') throw attemptRefused(stepUp)
      return answerStepUp(c, services, stepUp, return_to)
    },
  )
}
