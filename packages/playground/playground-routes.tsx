import type { SignedInEnv } from '../../src/guards/auth-env'
import { open } from '../../src/guards/open-route'
import { Hono } from '../../src/http/hono'
import { Problem } from '../../src/http/problem'
import { assetRoutes } from '../../src/pages/asset-routes'
import { CATALOGUE } from '../../src/pages/catalogue'
import { createFrame } from '../../src/pages/frame'
import { answerPage, pageContext } from '../../src/pages/page-context'
import { presentInstant } from '../../src/runtime/clock'
import type { Services } from '../../src/services'
import { ASSET_FILES } from './asset-files'
import { PlaygroundPage } from './playground-page'
import type { StoredSessions } from './stored-session'

/**
 * Creates the playground, where it is on: a page, and two routes for its script.
 *
 * The page is open; both others are closed by default. `whoami` asks for no live session, as most routes of an app
 * would not: it is where the modes differ.
 */
export function playgroundRoutes({ config }: Pick<Services, 'config'>, storedSessions: StoredSessions) {
  return (
    new Hono<SignedInEnv>()
      .get('/playground', open, (c) => {
        const context = {
          ...pageContext(c, createFrame(config)),
          language: 'en',
          texts: CATALOGUE.en,
        } as const
        const { modes, registration, liveCheck, passwordMinLength } = config
        const offers = {
          bothModes: modes.length === 2,
          registration: registration === 'open',
          passwordMinLength,
        }
        return answerPage(
          c,
          context,
          <PlaygroundPage
            context={context}
            offers={offers}
            liveCheck={liveCheck}
            cookieName={config.cookies.session.name}
          />,
        )
      })

      .route('/playground', assetRoutes(ASSET_FILES))

      .get('/playground/whoami', (c) => {
        const { userId, sessionId, mode, roles, authenticatedAt, amr, acr } = c.var.principal
        return c.json({
          user_id: userId,
          session_id: sessionId,
          mode,
          roles,
          authenticated_at: presentInstant(authenticatedAt),
          amr,
          acr,
        })
      })

      // Not live either: who ended a session wants to see what is left of it.
      .get('/playground/sessions/:id', async (c) => {
        const stored = await storedSessions.find(c.req.param('id'), c.var.principal.userId)
        if (!stored) throw new Problem('not-found')
        return c.json({ d1: stored.row, kv: stored.copy })
      })
  )
}
