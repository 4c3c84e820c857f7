import { type ActiveToken, introspectToken } from '../../flows/oauth/introspect-token'
import { revokeToken } from '../../flows/oauth/revoke-token'
import type { SignedInEnv } from '../../guards/auth-env'
import { limitClient } from '../../guards/limit-client'
import { openToOtherSites } from '../../guards/open-route'
import { Hono } from '../../http/hono'
import { isOAuthError } from '../../oauth/oauth-error'
import { requestSourceOf } from '../../request-source/read-request-source'
import type { ProviderPart, Services } from '../../services'
import { proveClient } from './client-proof'
import { readOAuthForm, takesForm } from './oauth-form'
import { answerOAuthError } from './token'

/** Creates `POST /oauth/revoke` (RFC 7009) and `POST /oauth/introspect` (RFC 7662). They read no cookie. */
export function tokenStatusRoutes(services: Services & ProviderPart) {
  const limited = limitClient(services, requestSourceOf)
  const form = takesForm(
    'token',
    'token_type_hint',
    'client_id',
    'client_secret',
    'client_assertion_type',
    'client_assertion',
  )
  const { issuer } = services.config

  return new Hono<SignedInEnv>()
    .post('/oauth/revoke', openToOtherSites, limited, form, async (c) => {
      const sent = await readOAuthForm(c)
      if (isOAuthError(sent)) return answerOAuthError(c, sent)
      const client = await proveClient(c, sent, services)
      if (isOAuthError(client)) return answerOAuthError(c, client)
      const facts = { client, token: sent.get('token') ?? null, source: requestSourceOf(c) }
      const refusal = await revokeToken(services, facts)
      return refusal ? answerOAuthError(c, refusal) : c.body(null, 200)
    })

    .post('/oauth/introspect', openToOtherSites, form, async (c) => {
      const sent = await readOAuthForm(c)
      if (isOAuthError(sent)) return answerOAuthError(c, sent)
      const client = await proveClient(c, sent, services)
      if (isOAuthError(client)) return answerOAuthError(c, client)
      const active = await introspectToken(services, { client, token: sent.get('token') ?? null })
      if (active === null) return c.json({ active: false })
      return isOAuthError(active) ? answerOAuthError(c, active) : c.json(presentActive(active, issuer))
    })
}

function presentActive(
  { subject, clientId, scope, audience, issuedAt, expiresAt, id, sessionId }: ActiveToken,
  issuer: string,
) {
  return {
    active: true,
    iss: issuer,
    sub: subject,
    client_id: clientId,
    scope,
    exp: expiresAt,
    ...(issuedAt === null ? {} : { iat: issuedAt }),
    ...(sessionId === null ? {} : { sid: sessionId }),
    ...(audience === null || id === null ? {} : { token_type: 'Bearer', aud: audience, jti: id }),
  }
}
