import type { Context } from 'hono'
import { sentFields } from '../http/body'
import { ownPageUrl } from '../http/own-page-url'
import { PROBLEMS, type ProblemCode } from '../http/problem'
import { placeOfForm } from './form-paths'
import { saysSignInExpired } from './refused-form'
import { pathOf, type Site, screenAt } from './site'

/** Returns the page of the app in place of one of Janus, with what the link said; `null`: there is none. */
export function ownPageFor({ services }: Site, c: Context, path: string): string | null {
  const page = services.config.ownPages.get(path)
  if (page === undefined) return null
  const { token, return_to, done, for: kind } = c.req.query()
  const problem = saysSignInExpired(c) ? 'sign-in-expired' : undefined
  return ownPageUrl(page, { token, return_to, done, for: kind, problem, ...stepOf(c, path) })
}

/** Returns the page of the app to which a refused form goes back, with the reason; `null`: the form is on a page of Janus. */
export function ownPageOfForm(site: Site, c: Context, problem: ProblemCode): string | null {
  const path = pathOf(site, c)
  const page = site.services.config.ownPages.get(
    screenAt(site, path) ? path : (placeOfForm(path)?.page ?? path),
  )
  // guard: a failure of Janus is no page of the app
  if (page === undefined || PROBLEMS[problem].status >= 500) return null
  const { token, return_to } = sentFields(c)
  // A page that is told behind the # has a script. It can send the form by itself, and see the answer.
  const shown = { problem, token: page.endsWith('#') ? undefined : token, return_to }
  return ownPageUrl(page, { ...shown, ...stepOf(c, path) })
}

/** Returns what the address of a second step says: what the account can present there, or set up. */
function stepOf(c: Context, path: string) {
  if (!path.startsWith('/login/second-factor')) return {}
  const { by, with: besides } = c.req.query()
  return { by, with: besides }
}
