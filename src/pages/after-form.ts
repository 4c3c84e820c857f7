import type { MiddlewareHandler } from 'hono'
import type { Config } from '../config/config'
import type { AuthCookie, AuthCookies } from '../http/auth-cookies'
import { isForm } from '../http/body'
import { prefersPage } from '../http/prefers-page'
import { withVariables } from '../http/request-variables'

/**
 * Leads the browser by way of `GET /continue` after a form that gave it a cookie, or that ends at another origin.
 *
 * There Janus sees whether the browser kept the cookie. And Chromium applies `form-action` of the page to every redirect of its form
 * (CSP Level 3 §6.4.1), so that a redirect to an app elsewhere would be blocked; `/continue` begins a navigation of its own.
 *
 * Programs that post forms are redirected as the route says.
 */
export function continueAfterForms({ cookies, basePath }: Config): MiddlewareHandler {
  return async (c, next) => {
    await next()
    const target = c.res.status === 303 && isForm(c) && prefersPage(c) ? c.res.headers.get('Location') : null
    // guard: a code of a client is in no URL of Janus
    if (target === null || withVariables(c).get('leadsElsewhere')) return
    const cookie = givenCookie(c.res.headers.getSetCookie(), cookies)
    if (cookie === null && target.startsWith('/')) return
    const query = new URLSearchParams({
      ...(cookie === null ? {} : { cookie: cookie.purpose }),
      return_to: target,
    })
    c.res.headers.set('Location', `${basePath}/continue?${query}`)
  }
}

/**
 * Returns the cookie of a response that the next request must bring back, or `null` if there is none. The refresh and device cookies
 * are `SameSite=Strict`: they stay away where an app on another site posted the form.
 */
function givenCookie(set: readonly string[], cookies: AuthCookies): AuthCookie | null {
  const { session, registration, signInLink, emailChange, mailSent, pendingSignIn } = cookies
  const isGiven = ({ name }: AuthCookie) =>
    set.some((text) => text.startsWith(`${name}=`) && !text.startsWith(`${name}=;`))
  return [session, pendingSignIn, registration, signInLink, emailChange, mailSent].find(isGiven) ?? null
}
