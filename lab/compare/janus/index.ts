import { env } from 'cloudflare:workers'
import { Hono } from 'hono'
import { createJanus, createMail, createPages } from 'janus'
import { type JanusEnv, janus } from 'janus/verify'

const auth = createJanus(env, { createMail, createPages })
const signedIn = janus({ issuer: env.ISSUER, service: auth })

const app = new Hono<JanusEnv>()
  .route('/auth', auth)
  .get('/orders', signedIn, (c) => c.json({ orders: [], userId: c.var.principal.userId }))

export default { fetch: app.fetch, scheduled: () => auth.sweep() }
