import { startDevice } from '../../flows/oauth/device-grant'
import type { SignedInEnv } from '../../guards/auth-env'
import { limitClient } from '../../guards/limit-client'
import { openToOtherSites } from '../../guards/open-route'
import { Hono } from '../../http/hono'
import { DEVICE_CODE_SECONDS, POLL_SECONDS } from '../../oauth/device-grant'
import { isOAuthError } from '../../oauth/oauth-error'
import { requestSourceOf } from '../../request-source/read-request-source'
import type { ProviderPart, Services } from '../../services'
import { proveClient } from './client-proof'
import { readOAuthForm, takesForm } from './oauth-form'
import { answerOAuthError } from './token'

/** Creates `POST /oauth/device_authorization` (RFC 8628 §3.1). It reads no cookie. */
export function deviceAuthorizationRoutes(services: Services & ProviderPart) {
  const limited = limitClient(services, requestSourceOf)
  const form = takesForm(
    'scope',
    'resource',
    'client_id',
    'client_secret',
    'client_assertion_type',
    'client_assertion',
  )
  const page = `${services.config.issuer}/device`

  return new Hono<SignedInEnv>().post(
    '/oauth/device_authorization',
    openToOtherSites,
    limited,
    form,
    async (c) => {
      const sent = await readOAuthForm(c)
      if (isOAuthError(sent)) return answerOAuthError(c, sent)
      const client = await proveClient(c, sent, services)
      if (isOAuthError(client)) return answerOAuthError(c, client)
      const asked = { scope: sent.get('scope') ?? null, resource: sent.get('resource') ?? null }
      const started = await startDevice(services, { client, ...asked })
      if (isOAuthError(started)) return answerOAuthError(c, started)
      return c.json({
        device_code: started.deviceCode,
        user_code: started.userCode,
        verification_uri: page,
        verification_uri_complete: `${page}?user_code=${started.userCode}`,
        expires_in: DEVICE_CODE_SECONDS,
        interval: POLL_SECONDS,
      })
    },
  )
}
