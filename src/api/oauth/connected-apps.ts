import type { Context } from 'hono'
import * as v from 'valibot'
import { endOwnSession } from '../../flows/sign-out'
import type { SignedInEnv } from '../../guards/auth-env'
import { requireLiveSession } from '../../guards/require-live-session'
import { jsonOrFormBody } from '../../http/body'
import { Hono } from '../../http/hono'
import { Problem } from '../../http/problem'
import { requestSourceOf } from '../../request-source/read-request-source'
import { presentInstant } from '../../runtime/clock'
import type { ProviderPart, Services } from '../../services'
import type { GrantedApp, ListedSession } from '../../sessions/session'
import { answer } from '../answer'
import { ReturnTo } from '../fields'
import { ownAccount, sameAccount } from '../own-account'
import { requestedId } from '../requested-id'

const DisconnectBody = v.object({ ...ownAccount, return_to: ReturnTo })

/** Creates the routes for the apps that a person connected to their account: list them, disconnect one. */
export function connectedAppRoutes(services: Services & ProviderPart) {
  const { config, ownSessions, clock } = services
  const live = requireLiveSession(services)
  return new Hono<SignedInEnv>()
    .get('/apps', live, async (c: Context<SignedInEnv>) => {
      // Apps count among the sessions of an account, so there are no more.
      const page = { before: null, limit: config.maxSessions, kind: 'app' } as const
      const listed = await ownSessions.list(c.var.principal.userId, page, clock())
      return c.json({
        apps: listed.flatMap(({ app, ...grant }) => (app === null ? [] : [presentConnectedApp(grant, app)])),
      })
    })

    .post('/apps/:id/disconnect', live, jsonOrFormBody(DisconnectBody), sameAccount, async (c) => {
      // guard: nothing but an app is disconnected as one
      const target = { id: requestedId(c), kind: 'app', source: requestSourceOf(c) } as const
      if (!(await endOwnSession(services, c.var.principal, target))) throw new Problem('not-found')
      return answer(c, config, { returnTo: c.req.valid('json').return_to }, null)
    })
}

/** Presents what an app was allowed, once. The id is a handle for ending it, not a credential. */
export function presentConnectedApp(
  {
    id,
    createdAt,
    lastSeenAt,
    expiresAt,
  }: Pick<ListedSession, 'id' | 'createdAt' | 'lastSeenAt' | 'expiresAt'>,
  { id: clientId, name, host, scope, resource }: GrantedApp,
) {
  return {
    id,
    client_id: clientId,
    name,
    host,
    scope,
    resource,
    created_at: presentInstant(createdAt),
    last_seen_at: presentInstant(lastSeenAt),
    expires_at: presentInstant(expiresAt),
  }
}
