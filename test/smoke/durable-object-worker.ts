import { env } from 'cloudflare:workers'
import { createDurableObjectDatabase } from '../../packages/janus/durable-object-database'
import { createJanus, createMail } from '../../packages/janus/index'

export { JanusDatabase, JanusOperator } from '../../packages/janus/durable-object-database'

const janus = createJanus(env, { createMail, createDatabase: createDurableObjectDatabase })

export default { fetch: janus.fetch, scheduled: () => janus.sweep() } satisfies ExportedHandler
