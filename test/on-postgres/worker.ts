import { env } from 'cloudflare:workers'
import { allParts } from '../../src/all-parts'
import { createJanus } from '../../src/janus'
import { createOwnPostgres } from './database'

// The Worker as src/index.ts makes it, on PostgreSQL.
const janus = createJanus(env, {
  ...allParts,
  createDatabase: createOwnPostgres,
})

export { SessionCopiesObject } from '../../src/wiring/durable-object-copies'

export default { fetch: janus.fetch, scheduled: () => janus.sweep() } satisfies ExportedHandler
