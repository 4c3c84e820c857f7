import type { Context } from 'hono'
import type { Config } from '../../config/config'
import { Problem } from '../../http/problem'
import { parseReturnTo } from '../../http/return-to'
import type { Services, SocialPart } from '../../services'
import { ATTEMPT_SECONDS, type SocialAttempt } from '../../social/attempt'
import { readClaimedName } from '../../social/claimed-name'
import type { Provider } from '../../social/provider'
import { openAttempt } from './verified-identity'

/** The parameters that an app hands on. */
const FORWARDED = ['code', 'state', 'iss', 'error', 'profile']

/**
 * Leads the browser to the app that began a sign-in in token mode. What is in the URL is of no use without the `binding` that the app keeps,
 * nor without the client secret of Janus.
 */
export function forwardToApp(c: Context, config: Config, { returnTo }: SocialAttempt): Response {
  // guard: where an app is led is checked again when the provider has answered
  const goal = parseReturnTo(returnTo ?? undefined, config)
  if (goal === null) throw new Problem('social-refused')
  const url = new URL(goal, config.origin)
  for (const name of FORWARDED) {
    const value = c.req.query(name)
    if (value !== undefined) url.searchParams.set(name, value)
  }
  return c.redirect(url.href, 303)
}

/** Returns whether the browser says that a page of another site led here, so that it keeps back cookies which are `SameSite=Strict`. */
export function isFromOtherSite(c: Context): boolean {
  const site = c.req.header('Sec-Fetch-Site')
  return site === 'cross-site' || site === 'same-site'
}

/** Asks the browser to come once more, from here: then its cookies come along, that of the device too. */
export function continueOnOwnSite(c: Context): Response {
  const { pathname, search } = new URL(c.req.url)
  c.header('Refresh', `0;url=${pathname}${search}`)
  c.header('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'")
  return c.body(null, 200, { 'Content-Type': 'text/html; charset=utf-8' })
}

/**
 * Takes an answer that a provider posts from its own site. Such a request brings no cookie and proves nothing, so nothing is done but to lead
 * the browser on by GET, where the cookies are (Apple; RFC 6265bis §5.6.7.1). The name is sealed, because a URL is kept in logs.
 */
export async function postedAnswer(
  c: Context,
  services: Services & SocialPart,
  provider: Provider,
  { user, ...answer }: Readonly<Record<string, string | undefined>>,
): Promise<Response> {
  if (!provider.postsAnswers) throw new Problem('not-found')
  const { seals, clock, config } = services
  const attempt = await openAttempt(services, answer.state)
  const url = new URL(`${config.issuer}/login/social/${provider.name}/callback`)
  for (const name of FORWARDED) {
    const value = answer[name]
    if (value !== undefined) url.searchParams.set(name, value)
  }
  const name = user === undefined ? null : nameOfApple(user)
  if (name !== null) {
    const stated = { attemptId: attempt.id, name, expiresAt: clock() + ATTEMPT_SECONDS }
    url.searchParams.set('profile', await seals.names.seal(stated))
  }
  return c.redirect(`${url.pathname}${url.search}`, 303)
}

/** Returns the name that Apple posts the first time that a person uses an app. It is not signed. */
function nameOfApple(text: string): string | null {
  try {
    const { firstName, lastName } = JSON.parse(text).name
    return readClaimedName([firstName, lastName].filter((part) => typeof part === 'string').join(' '))
  } catch {
    return null
  }
}
