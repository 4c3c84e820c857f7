// Compiled, never run: what the types of `janus` and `janus/verify` let one write, and what they do not.
import { Hono } from 'hono'
import { hc } from 'hono/client'
import {
  type CallerService,
  createJanus,
  createMail,
  createPages,
  type JanusRoutes,
  type Mailer,
  MailRefused,
  type Message,
  type Principal,
} from 'janus'
import { createMailbox, createPerson, createTestClock, type TestPerson } from 'janus/testing'
import { createServiceClient, type JanusEnv, janus, requireRole, type Verdict } from 'janus/verify'

const issuer = 'https://example.com/auth'
declare const service: CallerService
declare const mailer: Mailer

const auth = createJanus({}, { mailer, createMail, createPages })
new Hono().route('/auth', auth)
export const tested: Promise<TestPerson> = createPerson(
  createJanus({}, { clock: createTestClock(), mailer: createMailbox(), createMail }),
  { mode: 'token' },
)
// @ts-expect-error There is no such mode.
createPerson(auth, { mode: 'cookie' })
export const refusing: Mailer = {
  async send(message: Message) {
    throw new MailRefused(message.subject)
  },
}
export const swept: Promise<void> = auth.sweep()
export const verdict: Promise<Verdict> = auth.requireLive(new Headers(), 'GET')
// @ts-expect-error An environment is an object.
createJanus('production')
// @ts-expect-error There is no such option.
createJanus({}, { page: true })

const client = hc<JanusRoutes>(issuer)
export const answer = client.login.$post({ json: { email: 'ada@example.com', password: 'x' } })
// @ts-expect-error There is no such route.
client.log_in.$post()

new Hono<JanusEnv>().get('/', janus({ issuer, service, live: true }), requireRole('admin'), (c) => {
  const principal: Principal = c.var.principal
  // @ts-expect-error A principal is not to be changed.
  principal.userId = 'eve'
  // @ts-expect-error It is not called that.
  return c.json(c.var.user)
})
export const bound = createServiceClient({ issuer, service }).endSession('id')
// @ts-expect-error A database is no Janus.
janus({ issuer, service: {} as D1Database })
// @ts-expect-error Whom to trust is not to be guessed.
janus({ service })
// @ts-expect-error Only Janus itself can say whether a session still stands.
janus({ issuer, live: true })
