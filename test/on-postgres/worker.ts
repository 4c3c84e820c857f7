import { env } from 'cloudflare:workers'
import { createJanus } from '../../src/janus'
import { createPages } from '../../src/pages/create-pages'
import { createEvents } from '../../src/wiring/create-events'
import { createMail } from '../../src/wiring/create-mail'
import { createPasskeys } from '../../src/wiring/create-passkeys'
import { createSecondFactors } from '../../src/wiring/create-second-factors'
import { createSocialLogin } from '../../src/wiring/create-social-login'
import { createOwnPostgres } from './database'

// The Worker as src/index.ts makes it, on PostgreSQL.
const janus = createJanus(env, {
  createPages,
  createEvents,
  createMail,
  createPasskeys,
  createSecondFactors,
  createSocialLogin,
  createDatabase: createOwnPostgres,
})

export { SessionCopiesObject } from '../../src/wiring/durable-object-copies'

export default { fetch: janus.fetch, scheduled: () => janus.sweep() } satisfies ExportedHandler
