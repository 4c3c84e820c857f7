import { env } from 'cloudflare:workers'
import { createPlayground } from '../packages/playground/create-playground'
import { createJanus } from './janus'
import { createPages } from './pages/create-pages'
import { createEvents } from './wiring/create-events'
import { createMail } from './wiring/create-mail'
import { createPasskeys } from './wiring/create-passkeys'
import { createProvider } from './wiring/create-provider'
import { createSecondFactors } from './wiring/create-second-factors'
import { createSocialLogin } from './wiring/create-social-login'
import { createDurableObjectCopies } from './wiring/durable-object-copies'
import { createMemcachedCopies } from './wiring/memcached-copies'
import { createRedisCopies } from './wiring/redis-copies'

/**
 * The service that this Worker serves, of its settings and bindings. Deploying sets NODE_ENV to `production`, and the bundler leaves out what
 * only the other branch uses.
 */
export const janus = createJanus(env, {
  createPages,
  createEvents,
  createMail,
  createPasskeys,
  createSecondFactors,
  createSocialLogin,
  createProvider,
  createSessionCopies: (settings) =>
    createDurableObjectCopies(settings) ?? createRedisCopies(settings) ?? createMemcachedCopies(settings),
  ...(process.env.NODE_ENV === 'production' ? {} : { createPlayground }),
})
