import type { Context } from 'hono'
import type { Config } from '../config/config'
import { cookieValues } from '../guards/credential'
import { open } from '../guards/open-route'
import { Hono } from '../http/hono'
import { appHome, safeReturnTo } from '../http/return-to'
import { isLocal } from '../http/trustworthy-url'
import { ContinuePage, NoCookiePage } from './continue-page'
import type { Frame } from './frame'
import { answerPage, pageContext } from './page-context'

/**
 * Creates `GET /continue`, to which forms lead (see {@link continueAfterForms}). Says so if the cookie that `cookie` names did not come back;
 * goes on otherwise. `return_to` is read as that of a form, so nobody is led where a form could not lead them.
 */
export function continueRoute(frame: Frame) {
  const { config } = frame
  return new Hono().get('/continue', open, (c) => {
    const context = pageContext(c, frame)
    // guard: /continue leads only where a form could lead
    const target = safeReturnTo(c.req.query('return_to'), config, appHome(config))
    if (lacksCookie(c, config)) {
      const issuer = new URL(config.issuer)
      const localHttp = issuer.protocol === 'http:' && isLocal(issuer)
      // Only where the form was to sign in is there something to come back to.
      const returnTo = c.req.query('cookie') === 'session' ? target : null
      return answerPage(c, context, <NoCookiePage {...{ context, issuer, localHttp, returnTo }} />, 400)
    }
    if (target.startsWith('/')) return c.redirect(target, 303)
    c.header('Refresh', `0;url=${target}`)
    const { host } = new URL(target)
    return answerPage(c, context, <ContinuePage context={context} href={target} host={host} />)
  })
}

function lacksCookie(c: Context, { cookies }: Config): boolean {
  const expected = Object.values(cookies).find(({ purpose }) => purpose === c.req.query('cookie'))
  // guard: a page after a form notices that its cookie did not come back
  return expected !== undefined && cookieValues(c.req.raw.headers, expected).length === 0
}
