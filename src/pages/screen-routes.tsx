import type { Context } from 'hono'
import * as v from 'valibot'
import { ReturnTo, Text, TurnstileToken } from '../api/fields'
import { refuseWithoutMail } from '../api/require-mail'
import type { SignedInEnv } from '../guards/auth-env'
import { open } from '../guards/open-route'
import { jsonOrFormBody } from '../http/body'
import { Hono } from '../http/hono'
import { ownPageUrl } from '../http/own-page-url'
import { Problem } from '../http/problem'
import { appHome, parseReturnTo, safeReturnTo } from '../http/return-to'
import { type FormState, FRESH_FORM } from './form-state'
import { ownPageFor } from './own-page'
import { answerPage, pageContext } from './page-context'
import { keptValues } from './refused-form'
import type { Screen } from './screen'
import { SignedInPage } from './signed-in-page'
import { signedInUser } from './signed-in-user'
import { renderScreen, type Site, screenAt } from './site'

/** Creates the routes of the pages that are one form. */
export function screenRoutes(site: Site): Hono<SignedInEnv> {
  const { services, frame, screens } = site
  const { config } = services
  const routes = new Hono<SignedInEnv>()
  for (const screen of screens) {
    routes.get(screen.path, open, async (c) => {
      const own = ownPageFor(site, c, screen.path)
      if (own !== null) return c.redirect(own, 303)
      const context = pageContext(c, frame)
      const goal = parseReturnTo(c.req.query('return_to'), config)
      const done = c.req.query('done')
      if (screen.done && done !== undefined) {
        return answerPage(c, context, screen.done({ context, done, returnTo: goal }))
      }
      const asksWho = screen.signsIn && c.req.query('account') !== 'other'
      const user = asksWho ? await signedInUser(services, c) : null
      if (!user) return answerScreen(site, c, screen, FRESH_FORM)
      const returnTo = c.req.query('return_to')
      const continueHref = safeReturnTo(returnTo, config, appHome(config))
      const page = { context, email: user.email, continueHref, returnTo: returnTo ?? null }
      return answerPage(c, context, <SignedInPage {...page} />)
    })
  }
  return routes.post('/login/other', open, jsonOrFormBody(otherScreenBody(screens)), async (c) => {
    const { to, return_to } = c.req.valid('json')
    const own = config.ownPages.get(to)
    if (own !== undefined) return c.redirect(ownPageUrl(own, { return_to }), 303)
    return answerScreen(site, c, screenAt(site, to), { ...FRESH_FORM, values: keptValues(c) })
  })
}

/** Answers with a screen that has just been requested, by its link or from another one. */
async function answerScreen(
  site: Site,
  c: Context<SignedInEnv>,
  screen: Screen | undefined,
  state: FormState,
) {
  const { config, mail } = site.services
  if (!screen) throw new Problem('not-found')
  if (screen.needsMail) refuseWithoutMail({ delivery: mail?.delivery ?? null })
  const refusal = screen.refusal?.(config) ?? null
  if (refusal !== null) throw new Problem(refusal)
  const context = pageContext(c, site.frame)
  return answerPage(c, context, await renderScreen(site, { c, context, screen }, state))
}

/** Screens that ask for an address. What was typed into one goes along to the next, in the body, because a URL is kept in logs. */
function otherScreenBody(screens: readonly Screen[]) {
  const paths = screens.filter(({ asksForAddress }) => asksForAddress).map(({ path }) => path)
  return v.object({
    // guard: what is typed on one form goes along to a form, and to nothing else
    to: v.picklist(paths, 'Send the path of a page.'),
    name: v.optional(Text),
    email: v.optional(Text),
    /** Sent with the rest of the form, and passed over. */
    password: v.optional(Text),
    turnstile_token: TurnstileToken,
    return_to: ReturnTo,
    attempt: v.optional(Text),
  })
}
