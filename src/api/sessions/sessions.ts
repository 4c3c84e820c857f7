import type { Context } from 'hono'
import * as v from 'valibot'
import { endOwnSession } from '../../flows/sign-out'
import type { SignedInEnv } from '../../guards/auth-env'
import { requireLiveSession } from '../../guards/require-live-session'
import { jsonOrFormBody } from '../../http/body'
import { Hono } from '../../http/hono'
import { Problem } from '../../http/problem'
import { requestSourceOf } from '../../request-source/read-request-source'
import type { SelfServices } from '../../services'
import type { SessionCursor } from '../../sessions/own-session-store'
import type { Session } from '../../sessions/session'
import { answer } from '../answer'
import { readCursor } from '../cursor'
import { ReturnTo } from '../fields'
import { ownAccount, sameAccount } from '../own-account'
import { presentListedSession } from '../present'
import { requestedId } from '../requested-id'
import { forgetSession } from '../sign-in/answer-sign-in'

/** Sets how many sessions one answer lists. */
const PAGE_SIZE = 100

const EndSessionBody = v.object({ ...ownAccount, return_to: ReturnTo })

/** Creates the routes for one's own sessions, and those of apps that one allowed: list them, end them. */
export function sessionRoutes(services: SelfServices) {
  const { config, ownSessions, clock } = services
  const live = requireLiveSession(services)

  async function endOne(c: Context<SignedInEnv>, id: string): Promise<void> {
    const { principal } = c.var
    // First, so that the client forgets even if storage fails.
    if (id === principal.sessionId) forgetSession(c, config)
    const ended = await endOwnSession(services, principal, { id, source: requestSourceOf(c) })
    if (!ended) throw new Problem('not-found')
  }

  return new Hono<SignedInEnv>()
    .get('/sessions', live, async (c) => {
      const { userId, sessionId } = c.var.principal
      const before = readCursor(c, parseCursor)
      // One more than is shown tells whether there is a next page.
      const listed = await ownSessions.list(userId, { before, limit: PAGE_SIZE + 1 }, clock())
      const shown = listed.slice(0, PAGE_SIZE)
      const last = listed.length > PAGE_SIZE ? shown.at(-1) : undefined
      return c.json({
        sessions: shown.map((session) => presentListedSession(session, sessionId)),
        ...(last ? { next_cursor: formatCursor(last) } : {}),
      })
    })

    .delete('/sessions/:id', live, async (c) => {
      await endOne(c, requestedId(c))
      return c.body(null, 204)
    })

    .post('/sessions/:id/end', live, jsonOrFormBody(EndSessionBody), sameAccount, async (c) => {
      await endOne(c, requestedId(c))
      return answer(c, config, { returnTo: c.req.valid('json').return_to }, null)
    })
}

function formatCursor({ createdAt, id }: Session): string {
  return `${createdAt}.${id}`
}

function parseCursor(text: string): SessionCursor | null {
  const [, createdAt, id] = /^(\d{1,12})\.([\w-]{22})$/.exec(text) ?? []
  return createdAt !== undefined && id !== undefined ? { createdAt: Number(createdAt), id } : null
}
