import * as v from 'valibot'
import { enrolPasskey, passkeyOptionsInSignIn } from '../../flows/sign-in/enrolment'
import { finishByPasskey, passkeyStepOptions } from '../../flows/sign-in/passkey-step'
import { limitClient } from '../../guards/limit-client'
import { open } from '../../guards/open-route'
import { jsonBody } from '../../http/body'
import { Hono } from '../../http/hono'
import { Problem } from '../../http/problem'
import { requestSourceOf } from '../../request-source/read-request-source'
import type { PasskeyPart, SecondFactorPart, Services } from '../../services'
import { deviceField } from '../device'
import { Name, Text } from '../fields'
import { passkeyParty, passkeyRefused, RegisteredCredential, UsedCredential } from '../passkey-credential'
import { answerSignIn, attemptRefused, modeFields } from './answer-sign-in'
import { answerEnrolled } from './enrolment'
import { clearPending, signInExpired, stepArrival } from './second-factor'

const OptionsBody = v.object({ pending: v.optional(Text) })
const StepBody = v.object({
  credential: UsedCredential,
  pending: v.optional(Text),
  ...modeFields,
  ...deviceField,
})

const EnrolBody = v.object({
  credential: RegisteredCredential,
  name: v.optional(v.nullable(Name)),
  pending: v.optional(Text),
  ...modeFields,
  ...deviceField,
})

/** Creates the routes for the second step of a sign-in by a passkey, or by a new one: ask for a challenge, and answer it. */
export function passkeyStepRoutes(services: Services & PasskeyPart) {
  const limited = limitClient(services, requestSourceOf)
  const { secondFactorPart } = services

  /** Returns 404 where there are no second factors, because nothing waits for one. */
  function withPending(part: SecondFactorPart | null) {
    if (!part) throw new Problem('not-found')
    return { ...services, ...part }
  }

  return new Hono()
    .post('/login/second-factor/passkey/options', open, limited, jsonBody(OptionsBody), async (c) => {
      const party = passkeyParty(services)
      const arrival = await stepArrival(c, services, c.req.valid('json'))
      const options = await passkeyStepOptions(withPending(secondFactorPart), party, arrival)
      if (!options) throw signInExpired()
      return c.json(options)
    })

    .post('/login/second-factor/passkey', open, limited, jsonBody(StepBody), async (c) => {
      const party = passkeyParty(services)
      const { credential: response, refresh_in, ...asked } = c.req.valid('json')
      const arrival = await stepArrival(c, services, asked)
      const attempt = await finishByPasskey(withPending(secondFactorPart), party, { ...arrival, response })
      if (attempt.outcome === 'unknown') throw new Problem('passkey-unknown')
      if (attempt.outcome === 'throttled') throw attemptRefused(attempt)
      if (attempt.outcome === 'sign-in-expired') {
        clearPending(c, services.config.cookies)
        throw signInExpired()
      }
      if (attempt.outcome !== 'signed-in') throw passkeyRefused()
      clearPending(c, services.config.cookies)
      const { mode, deviceIds } = arrival
      return answerSignIn(c, services, attempt, { mode, refresh_in, deviceIds, status: 200 })
    })

    .post('/login/second-factor/set-up/passkey/options', open, limited, jsonBody(OptionsBody), async (c) => {
      const party = passkeyParty(services)
      const arrival = await stepArrival(c, services, c.req.valid('json'))
      const options = await passkeyOptionsInSignIn(withPending(secondFactorPart), party, arrival)
      if (!options) throw signInExpired()
      return c.json(options)
    })

    .post('/login/second-factor/set-up/passkey', open, limited, jsonBody(EnrolBody), async (c) => {
      const party = passkeyParty(services)
      const { credential, name = null, refresh_in, ...asked } = c.req.valid('json')
      const arrival = await stepArrival(c, services, asked)
      const made = { ...arrival, ...credential, name }
      const enrolled = await enrolPasskey(withPending(secondFactorPart), party, made)
      if (enrolled.outcome === 'refused') throw passkeyRefused()
      const { body } = await answerEnrolled(c, services, enrolled, { ...arrival, refresh_in })
      return c.json(body)
    })
}
