import type { Context } from 'hono'
import { setAuthCookie } from '../../http/auth-cookies'
import { isForm, missingField } from '../../http/body'
import { parseReturnTo } from '../../http/return-to'
import { hashSecretText, type MintedSecret, mintSecret } from '../../links/one-time-token'
import type { Services, SocialPart } from '../../services'
import type { Mode } from '../../sessions/mode'
import { ATTEMPT_SECONDS, newSecrets, type SocialAttempt } from '../../social/attempt'
import type { Provider } from '../../social/provider'
import type { Pages } from '../pages'
import { presentedBinding } from '../sign-in/binding'
import { orUnavailable, redirectUriOf } from './ask-provider'

interface Goal extends Pick<SocialAttempt, 'linksFor'> {
  readonly mode: Mode
  readonly returnTo: string | undefined
}

/**
 * Sends a person to a provider. A form gets a page that leads on, because Chromium applies `form-action` to every redirect of a form; a
 * program gets the URL to open. Stores nothing.
 */
export async function beginAtProvider(
  c: Context,
  services: Services & SocialPart,
  pages: Pages | null,
  provider: Provider,
  { mode, returnTo: asked, linksFor }: Goal,
) {
  const { config, seals, clock } = services
  const returnTo = parseReturnTo(asked, config)
  if (mode === 'token' && returnTo === null)
    throw missingField('return_to', 'Send a URL of your app, on an origin of ALLOWED_ORIGINS.')
  const binding = await (mode === 'token' ? mintSecret() : keptBinding(c, services))
  const secrets = newSecrets()
  const terms = { ...secrets, provider: provider.name, bindingHash: binding.hash, mode, returnTo, linksFor }
  const state = await seals.attempts.seal({ ...terms, expiresAt: clock() + ATTEMPT_SECONDS })
  const redirectUri = redirectUriOf(services, provider.name)
  const url = await orUnavailable(c, services, provider, () =>
    provider.authorizationUrl({ ...secrets, redirectUri, state }),
  )
  if (mode === 'session') setAuthCookie(c, config.cookies.social, binding.text, ATTEMPT_SECONDS)
  if (isForm(c)) return pages ? pages.onward(c, url) : c.redirect(url.href, 303)
  const body = { authorization_url: url.href, expires_in: ATTEMPT_SECONDS }
  return c.json(mode === 'token' ? { ...body, binding: binding.text } : body)
}

/** Returns the secret that the browser already has, so that two tabs do not end each other's sign-in, or a new one. */
async function keptBinding(c: Context, { config }: Pick<Services, 'config'>): Promise<MintedSecret> {
  const text = presentedBinding(c, config.cookies.social, undefined)
  const hash = text === null ? null : await hashSecretText(text)
  return text !== null && hash !== null ? { text, hash } : mintSecret()
}
