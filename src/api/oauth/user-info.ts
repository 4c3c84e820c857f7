import type { Context } from 'hono'
import { readUserInfo } from '../../flows/oauth/user-info'
import type { SignedInEnv } from '../../guards/auth-env'
import { openToOtherSites } from '../../guards/open-route'
import { Hono } from '../../http/hono'
import { parseReadableType } from '../../http/media-type'
import { isOAuthError, type OAuthError, oauthError } from '../../oauth/oauth-error'
import type { ProviderPart, Services } from '../../services'
import { readOAuthForm, takesForm } from './oauth-form'

/** Creates `GET` and `POST /oauth/userinfo` (OpenID Connect Core §5.3). They read no cookie, so pages of clients elsewhere may call them. */
export function userInfoRoutes(services: Services & ProviderPart) {
  return new Hono<SignedInEnv>()
    .get('/oauth/userinfo', openToOtherSites, (c) => answer(c, services))
    .post('/oauth/userinfo', openToOtherSites, takesForm('access_token'), (c) => answer(c, services))
}

async function answer(c: Context, services: Services & ProviderPart) {
  const token = await presentedToken(c)
  if (token === null) return challenge(c, 401, null)
  if (typeof token === 'object') return challenge(c, 400, token)
  const info = await readUserInfo(services, token)
  switch (info.outcome) {
    case 'told':
      return c.json(info.claims)
    case 'invalid-token':
      return challenge(
        c,
        401,
        oauthError('invalid_token', 'The access token is not valid here, or has ended.'),
      )
    case 'insufficient-scope':
      return challenge(c, 403, oauthError('insufficient_scope', 'The access token has no scope openid.'))
  }
}

/** Returns the token in the header or the form of a request (RFC 6750 §2.1, §2.2), or `null`. The URL is never read. */
async function presentedToken(c: Context): Promise<string | OAuthError | null> {
  const header = c.req.header('Authorization')
  const isForm = c.req.method === 'POST' && parseReadableType(c.req.header('Content-Type') ?? '') === 'form'
  const form = isForm ? await readOAuthForm(c) : new Map<string, string>()
  if (isOAuthError(form)) return form
  const inForm = form.get('access_token') ?? null
  if (header === undefined) return inForm
  // guard: a token is presented in one way
  if (inForm !== null) return oauthError('invalid_request', 'Send the access token in one way only.')
  return /^Bearer +(\S+)$/i.exec(header)?.[1] ?? oauthError('invalid_request', 'Send Authorization: Bearer.')
}

/** Refuses in the words of RFC 6750 §3. Whoever sent no token learns only that one is needed (§3.1). */
function challenge(c: Context, status: 400 | 401 | 403, refused: OAuthError | null) {
  const scope = refused?.error === 'insufficient_scope' ? ', scope="openid"' : ''
  const why = refused ? `, error="${refused.error}", error_description="${refused.description}"${scope}` : ''
  c.header('WWW-Authenticate', `Bearer realm="Janus"${why}`)
  const { error, description } = refused ?? oauthError('invalid_token', 'Send an access token.')
  return c.json({ error, error_description: description }, status)
}
