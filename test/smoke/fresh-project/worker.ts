import { env } from 'cloudflare:workers'
import { Hono } from 'hono'
import {
  createJanus,
  createMail,
  createPages,
  createPasskeys,
  createProvider,
  createSecondFactors,
} from 'janus'
import { type JanusEnv, janus } from 'janus/verify'

const auth = createJanus(env, {
  createMail,
  createPages,
  createPasskeys,
  createProvider,
  createSecondFactors,
})

const app = new Hono<JanusEnv>()
  .get('/', (c) => c.text('The shop'))
  .route('/auth', auth)
  .get('/orders', janus({ issuer: env.ISSUER, service: auth }), (c) =>
    c.json({ orders_of: c.var.principal.userId }),
  )

export default {
  fetch: app.fetch,
  scheduled: () => auth.sweep(),
} satisfies ExportedHandler
