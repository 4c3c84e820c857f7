import { env } from 'cloudflare:workers'
import { createPlayground } from '../packages/playground/create-playground'
import { allParts } from './all-parts'
import { createJanus } from './janus'
import { createDurableObjectCopies } from './wiring/durable-object-copies'
import { createMemcachedCopies } from './wiring/memcached-copies'
import { createRedisCopies } from './wiring/redis-copies'

/**
 * The service that this Worker serves, of its settings and bindings. Deploying sets NODE_ENV to `production`, and the bundler leaves out what
 * only the other branch uses.
 */
export const janus = createJanus(env, {
  ...allParts,
  createSessionCopies: (settings) =>
    createDurableObjectCopies(settings) ?? createRedisCopies(settings) ?? createMemcachedCopies(settings),
  ...(process.env.NODE_ENV === 'production' ? {} : { createPlayground }),
})
