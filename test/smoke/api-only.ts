// An entry as src/index.ts is, without the pages: what bundle.test.ts weighs.
import { env } from 'cloudflare:workers'
import { createJanus } from '../../src/janus'

const janus = createJanus(env)

export default {
  fetch: janus.fetch,
  scheduled: () => janus.sweep(),
} satisfies ExportedHandler
