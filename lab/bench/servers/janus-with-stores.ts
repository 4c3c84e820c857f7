import { createDurableObjectCopies } from '../../../src/wiring/durable-object-copies'
import { createDurableObjectDatabase } from '../../../src/wiring/durable-object-database'
import { createMemcachedCopies } from '../../../src/wiring/memcached-copies'
import { createPostgres } from '../../../src/wiring/postgres-database'
import { createRedisCopies } from '../../../src/wiring/redis-copies'
import { janusApp } from './janus-app.ts'
import { worker } from './worker.ts'

export { SessionCopiesObject } from '../../../src/wiring/durable-object-copies'
export { JanusDatabase } from '../../../src/wiring/durable-object-database'

/** Janus with every store that it has on Workers: `DATABASE` and `SESSION_COPIES` choose. */
export default worker((bindings) =>
  janusApp(bindings, {
    createDatabase: (settings) => createDurableObjectDatabase(settings) ?? createPostgres(settings),
    createSessionCopies: (settings) =>
      createDurableObjectCopies(settings) ?? createRedisCopies(settings) ?? createMemcachedCopies(settings),
  }),
)
