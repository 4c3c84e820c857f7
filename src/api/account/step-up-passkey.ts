import * as v from 'valibot'
import { stepUpByPasskey, stepUpOptions } from '../../flows/passkey-step-up'
import type { SignedInEnv } from '../../guards/auth-env'
import { limitClient } from '../../guards/limit-client'
import { requireLiveSession } from '../../guards/require-live-session'
import { jsonBody } from '../../http/body'
import { Hono } from '../../http/hono'
import { Problem } from '../../http/problem'
import { requestSourceOf } from '../../request-source/read-request-source'
import type { PasskeyPart, Services } from '../../services'
import { ownAccount, sameAccount } from '../own-account'
import { passkeyParty, passkeyRefused, UsedCredential } from '../passkey-credential'
import { answerStepUp } from './step-up'

const OptionsBody = v.object({ ...ownAccount })
const PasskeyBody = v.object({ credential: UsedCredential, ...ownAccount })

/** Creates the routes to prove again who one is, by a passkey: ask for a challenge, and answer it. */
export function passkeyStepUpRoutes(services: Services & PasskeyPart) {
  const live = requireLiveSession(services)
  const limited = limitClient(services, requestSourceOf)

  return new Hono<SignedInEnv>()
    .post('/reauthenticate/passkey/options', live, limited, jsonBody(OptionsBody), sameAccount, async (c) =>
      c.json(await stepUpOptions(services, passkeyParty(services), c.var.principal)),
    )

    .post('/reauthenticate/passkey', limited, jsonBody(PasskeyBody), sameAccount, async (c) => {
      const party = passkeyParty(services)
      const { credential: response } = c.req.valid('json')
      const input = { response, source: requestSourceOf(c) }
      const stepUp = await stepUpByPasskey(services, party, c.var.principal, input)
      if (stepUp.outcome === 'unknown') throw new Problem('passkey-unknown')
      if (stepUp.outcome === 'refused') throw passkeyRefused()
      return answerStepUp(c, services, stepUp, undefined)
    })
}
