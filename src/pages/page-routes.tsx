import { presentedOffer } from '../api/account/identities'
import { readMailSent } from '../api/mail-sent'
import { refuseWithoutMail } from '../api/require-mail'
import type { SignedInEnv } from '../guards/auth-env'
import { open } from '../guards/open-route'
import { requireLiveSession } from '../guards/require-live-session'
import { Hono } from '../http/hono'
import { prefersPage } from '../http/prefers-page'
import { Problem } from '../http/problem'
import { accountPage } from './account-view'
import { ASSET_FILES } from './asset-files'
import { assetRoutes } from './asset-routes'
import { CheckMailPage, parseMailSent } from './check-mail-page'
import { ConnectPage } from './connect-page'
import { continueRoute } from './continue-route'
import { FRESH_FORM } from './form-state'
import { logoRoute } from './logo-route'
import { ownPageFor } from './own-page'
import { answerPage, pageContext } from './page-context'
import { REAUTHENTICATE, reauthenticatePage } from './reauthenticate-view'
import { referenceRoutes } from './reference-routes'
import { offered } from './screen'
import { screenRoutes } from './screen-routes'
import type { Site } from './site'

/** Creates the routes that are pages only, and those of the files of pages. */
export function pageRoutes(site: Site): Hono<SignedInEnv> {
  const { services, frame, providers } = site
  const { config } = services
  return (
    new Hono<SignedInEnv>()
      .route('/', screenRoutes(site))
      .get('/login/connect', open, async (c) => {
        const { socialPart } = services
        const offer = socialPart && (await presentedOffer(c, { ...services, ...socialPart }))
        const provider = providers.find(({ name }) => name === offer?.provider)
        if (!offer || !provider) return c.redirect(`${config.basePath}/login`, 303)
        const context = pageContext(c, frame)
        const { mail } = offered(config)
        const page = { context, label: provider.label, email: offer.email, mail }
        return answerPage(c, context, <ConnectPage {...page} />)
      })
      .get('/mail-sent', open, (c) => {
        refuseWithoutMail({ delivery: services.mail?.delivery ?? null })
        const own = ownPageFor(site, c, '/mail-sent')
        if (own !== null) return c.redirect(own, 303)
        const context = pageContext(c, frame)
        const kind = parseMailSent(c.req.query('for'))
        if (!kind) throw new Problem('not-found')
        const sent = readMailSent(c, services.cookies)
        return answerPage(
          c,
          context,
          <CheckMailPage context={context} kind={kind} {...sent} state={FRESH_FORM} />,
        )
      })
      // A form posts there, so a browser may ask for its page. Programs go on to the account as JSON.
      .get('/me', (c, next) => (prefersPage(c) ? c.redirect(`${config.basePath}/account`, 303) : next()))
      .get('/.well-known/change-password', open, (c) =>
        c.redirect(`${config.basePath}/account?show=password#password-section`, 303),
      )
      .get('/account', requireLiveSession(services), async (c) => {
        const own = ownPageFor(site, c, '/account')
        if (own !== null) return c.redirect(own, 303)
        const context = pageContext(c, frame)
        const page = await accountPage(services, { c, context, principal: c.var.principal })
        return answerPage(c, context, page)
      })
      .get(REAUTHENTICATE, requireLiveSession(services), async (c, next) => {
        // Programs are told as JSON what can be presented.
        if (!prefersPage(c)) return next()
        const own = ownPageFor(site, c, REAUTHENTICATE)
        if (own !== null) return c.redirect(own, 303)
        const context = pageContext(c, frame)
        return answerPage(
          c,
          context,
          await reauthenticatePage(services, { c, context, principal: c.var.principal }),
        )
      })
      // First, because the logo may stand among the assets.
      .route('/', logoRoute(services))
      .route('/', continueRoute(frame))
      .route('/', assetRoutes(ASSET_FILES, frame.styles))
      .route('/', referenceRoutes(frame))
  )
}
