import { env } from 'cloudflare:workers'
import { createJanus } from '../../src/janus'
import { createSelfService } from '../../src/wiring/create-self-service'
import { createPostgres } from '../../src/wiring/postgres-database'

const janus = createJanus(env, { createDatabase: createPostgres, createSelfService })

export default { fetch: janus.fetch, scheduled: () => janus.sweep() } satisfies ExportedHandler
