import * as v from 'valibot'
import { passkeyOptions, signInWithPasskey } from '../../flows/sign-in/passkey'
import { limitClient } from '../../guards/limit-client'
import { open } from '../../guards/open-route'
import { jsonBody } from '../../http/body'
import { Hono } from '../../http/hono'
import { Problem } from '../../http/problem'
import { mintSecret } from '../../links/one-time-token'
import { requestSourceOf } from '../../request-source/read-request-source'
import type { PasskeyPart, Services } from '../../services'
import { deviceField } from '../device'
import { Text } from '../fields'
import { passkeyParty, passkeyRefused, UsedCredential } from '../passkey-credential'
import { answerSignIn, modeFields } from './answer-sign-in'
import { signingIn } from './signing-in'

const OptionsBody = v.object({ binding: v.optional(Text) })

const PasskeyBody = v.object({
  credential: UsedCredential,
  binding: Text,
  ...modeFields,
  ...deviceField,
})

/** Creates the routes to sign in with a passkey: ask for a challenge, and answer it. */
export function passkeySignInRoutes(services: Services & PasskeyPart) {
  const limited = limitClient(services, requestSourceOf)

  return new Hono()
    .post('/login/passkey/options', open, limited, jsonBody(OptionsBody), async (c) => {
      const party = passkeyParty(services)
      // Whoever asks keeps it: a page in its script, a client in its memory. A challenge is worth nothing to anybody else.
      const binding = c.req.valid('json').binding ?? (await mintSecret()).text
      const options = await passkeyOptions(services, party, binding)
      return c.json({ options, binding })
    })

    .post('/login/passkey', open, limited, jsonBody(PasskeyBody), async (c) => {
      const party = passkeyParty(services)
      const { credential, binding, ...asked } = c.req.valid('json')
      const sign = await signingIn(c, services, asked)
      const attempt = await signInWithPasskey(services, party, { ...sign, response: credential, binding })
      if (attempt.outcome === 'unknown') throw new Problem('passkey-unknown')
      if (attempt.outcome === 'refused') throw passkeyRefused()
      return answerSignIn(c, services, attempt, { ...asked, ...sign, status: 200 })
    })
}
