import { Hono } from 'hono'
import { requirePrincipal } from '../src/authentication/require-principal'
import { handleFailure } from '../src/http/failure'
import { createJanus } from '../src/janus'
import { worker } from './servers/worker.ts'

/**
 * An app of someone's own with Janus mounted in it and one trivial route behind Janus's guard, which reads nothing by
 * itself: it costs what the guard costs. The only file of the benchmark that imports Janus.
 */
export default worker((bindings) => {
  const { app, services } = createJanus(bindings)
  if (!services) throw new Error('Janus is not configured')
  const { passwords, config, log } = services
  const host = new Hono()
    .all('/auth/*', (c) => app.fetch(c.req.raw, c.env, c.executionCtx))
    .get('/protected', requirePrincipal(services), (c) => c.json({ user_id: c.var.principal.userId }))
    // The hash of a sign-in or sign-up, and nothing else.
    .post('/hash', async (c) => {
      const { password } = await c.req.json()
      await passwords.verifyNothing(password)
      return c.json({ done: true })
    })
  host.onError((error, c) => handleFailure(error, c, { typeBase: `${config.issuer}/problems/`, log }))
  return host
})
