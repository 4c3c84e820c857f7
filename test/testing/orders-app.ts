import { Hono } from 'hono'
import { createJanus, createMail, type JanusOptions } from '../../packages/janus/index.ts'
import { type JanusEnv, janus, requireRole } from '../../packages/verify/index.ts'

/** The app under test. `options` are for tests: a clock, a mailer. */
export function createApp(env: { readonly ISSUER: string }, options: JanusOptions = {}) {
  const auth = createJanus(env, { createMail, ...options })
  const signedIn = janus({ issuer: env.ISSUER, service: auth })
  const app = new Hono<JanusEnv>()
    .route('/', auth)
    .get('/orders', signedIn, (c) => c.json({ orders: [], userId: c.var.principal.userId }))
    .post('/orders', signedIn, (c) => c.json({}, 201))
    .get('/statistics', signedIn, requireRole('admin'), (c) => c.json({ orders: 0 }))
  return { app, auth }
}
