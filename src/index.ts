import { env, WorkerEntrypoint } from 'cloudflare:workers'
import { createPlayground } from '../packages/playground/create-playground'
import type { RecentTerms } from './guards/recent-proof'
import type { CallerService } from './guards/verdict'
import { createJanus } from './janus'
import { createPages } from './pages/create-pages'
import { createEvents } from './wiring/create-events'
import { createMail } from './wiring/create-mail'
import { createPasskeys } from './wiring/create-passkeys'
import { createSecondFactors } from './wiring/create-second-factors'
import { createSocialLogin } from './wiring/create-social-login'
import { createDurableObjectCopies } from './wiring/durable-object-copies'
import { createMemcachedCopies } from './wiring/memcached-copies'
import { createRedisCopies } from './wiring/redis-copies'

// Deploying sets NODE_ENV to `production`, and the bundler leaves out what only the other branch uses.
const janus = createJanus(env, {
  createPages,
  createEvents,
  createMail,
  createPasskeys,
  createSecondFactors,
  createSocialLogin,
  createSessionCopies: (settings) =>
    createDurableObjectCopies(settings) ?? createRedisCopies(settings) ?? createMemcachedCopies(settings),
  ...(process.env.NODE_ENV === 'production' ? {} : { createPlayground }),
})

/** For `SESSION_COPIES = "durable-object"`: the class to bind as `COPIES`. */
export { SessionCopiesObject } from './wiring/durable-object-copies'

export default {
  fetch: janus.fetch,
  scheduled: () => janus.sweep(),
} satisfies ExportedHandler

/** Serves other Workers over a service binding with `entrypoint = "Janus"`. Only those of the same account can have one. */
export class Janus extends WorkerEntrypoint implements CallerService {
  authenticate(headers: Headers, method?: string) {
    return janus.authenticate(headers, method)
  }

  requireLive(headers: Headers, method?: string) {
    return janus.requireLive(headers, method)
  }

  requireRecent(headers: Headers, terms: RecentTerms, method?: string) {
    return janus.requireRecent(headers, terms, method)
  }

  user(principal: { readonly userId: string }) {
    return janus.user(principal)
  }

  endSession(id: string) {
    return janus.endSession(id)
  }
}
