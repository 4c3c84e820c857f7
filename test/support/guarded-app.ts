import { Hono } from 'hono'
import type { SignedInEnv } from '../../src/guards/auth-env'
import { requirePrincipal } from '../../src/guards/require-principal'
import { handleFailure } from '../../src/http/failure'
import { securityHeaders } from '../../src/http/security-headers'
import type { OwnService, Service } from './service'

/**
 * Returns an app of someone's own with one protected route, `GET /protected`. It reads nothing by itself, so whatever is read
 * was read to find out who is asking.
 */
export function guardedApp({ issuer, services, settle }: OwnService): Service {
  const app = new Hono<SignedInEnv>()
    .use(securityHeaders)
    .get('/protected', requirePrincipal(services), (c) => {
      const { userId, sessionId, mode, roles } = c.var.principal
      return c.json({ user_id: userId, session_id: sessionId, mode, roles })
    })
  app.onError((error, c) =>
    handleFailure(error, c, { typeBase: `${issuer}/problems/`, log: services.log, local: false }),
  )
  return {
    issuer,
    async fetch(request) {
      const response = await app.fetch(request)
      await settle()
      return response
    },
  }
}
