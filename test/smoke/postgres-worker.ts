import { env } from 'cloudflare:workers'
import { createJanus } from '../../src/janus'
import { createPostgres } from '../../src/wiring/postgres-database'

const janus = createJanus(env, { createDatabase: createPostgres })

export default { fetch: janus.fetch, scheduled: () => janus.sweep() } satisfies ExportedHandler
