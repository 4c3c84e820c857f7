// The Worker of the tests on a Durable Object: every part, and the database in the object.
import { env } from 'cloudflare:workers'
import { allParts } from '../../src/all-parts'
import { createJanus } from '../../src/janus'
import { createDurableObjectDatabase } from '../../src/wiring/durable-object-database'

export { JanusDatabase } from '../../src/wiring/durable-object-database'

const janus = createJanus(env, {
  ...allParts,
  createDatabase: createDurableObjectDatabase,
})

export default { fetch: janus.fetch, scheduled: () => janus.sweep() } satisfies ExportedHandler
