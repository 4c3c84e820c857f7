// The Worker of the tests on a Durable Object: every part, and the database in the object.
import { env } from 'cloudflare:workers'
import { createJanus } from '../../src/janus'
import { createPages } from '../../src/pages/create-pages'
import { createEvents } from '../../src/wiring/create-events'
import { createMail } from '../../src/wiring/create-mail'
import { createPasskeys } from '../../src/wiring/create-passkeys'
import { createSecondFactors } from '../../src/wiring/create-second-factors'
import { createSocialLogin } from '../../src/wiring/create-social-login'
import { createDurableObjectDatabase } from '../../src/wiring/durable-object-database'

export { JanusDatabase } from '../../src/wiring/durable-object-database'

const janus = createJanus(env, {
  createPages,
  createEvents,
  createMail,
  createPasskeys,
  createSecondFactors,
  createSocialLogin,
  createDatabase: createDurableObjectDatabase,
})

export default { fetch: janus.fetch, scheduled: () => janus.sweep() } satisfies ExportedHandler
