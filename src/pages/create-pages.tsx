import type { Pages } from '../api/pages'
import { prefersPage } from '../http/prefers-page'
import { PROBLEMS } from '../http/problem'
import type { PageServices } from '../services'
import { continueAfterForms } from './after-form'
import { ContinuePage } from './continue-page'
import { FRESH_FORM } from './form-state'
import { createFrame, type OwnLook } from './frame'
import { HomePage } from './home-page'
import type { PageContext } from './page'
import { answerPage, pageContext } from './page-context'
import { pageRoutes } from './page-routes'
import { ProblemPage } from './problem-page'
import { RecoveryCodesPage } from './recovery-codes-page'
import { answerRefusal } from './refusal'
import { offered, type Screen } from './screen'
import { SCREENS } from './screens'
import type { Site } from './site'
import { TotpPage } from './totp-page'

/** Lists what the pages may be made with besides a service. */
export interface PageOptions extends OwnLook {
  /** Those that Janus has, unless it is given. */
  readonly screens?: readonly Screen[]
}

/** Creates the pages of a service. */
export function createPages(
  services: PageServices,
  { screens: all = SCREENS, ...look }: PageOptions = {},
): Pages {
  const { config } = services
  const frame = createFrame(config, look)
  const site: Site = {
    services,
    frame,
    screens: all.filter(({ part }) => part === undefined || services[part] !== null),
    // A form begins a session there.
    providers: config.modes.includes('session') ? (services.socialPart?.providers ?? []) : [],
  }
  return {
    routes: pageRoutes(site),
    wanted: prefersPage,
    afterForms: continueAfterForms(config),

    async home(c, user) {
      const context = pageContext(c, frame)
      const page = <HomePage context={context} user={user} registration={offered(config).registration} />
      return answerPage(c, context, page)
    },

    async onward(c, { href, host }) {
      const context = pageContext(c, frame)
      c.header('Refresh', `0;url=${href}`)
      return answerPage(c, context, <ContinuePage context={context} href={href} host={host} />)
    },

    async totpOffer(c, offer) {
      const context = pageContext(c, frame)
      return answerPage(c, context, <TotpPage context={context} offer={offer} state={FRESH_FORM} />)
    },

    async recoveryCodes(c, codes, next) {
      const context = pageContext(c, frame)
      return answerPage(c, context, <RecoveryCodesPage context={context} codes={codes} next={next ?? null} />)
    },

    async show(c, page, { status, ...options } = {}) {
      const context = pageContext(c, frame)
      const render = page as (context: PageContext) => Parameters<typeof answerPage>[2]
      return answerPage(c, context, render(context), status, options)
    },

    async problemType(c, code) {
      const context = pageContext(c, frame)
      const { status } = PROBLEMS[code]
      return answerPage(
        c,
        context,
        <ProblemPage context={context} code={code} status={status} reference={null} />,
      )
    },

    refusal: (c, problem, requestId) => answerRefusal(site, c, { problem, requestId }),
  }
}
