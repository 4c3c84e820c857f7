import { env } from 'cloudflare:workers'
import { createJanus } from './janus'

const janus = createJanus(env)

export default {
  fetch: janus.app.fetch,
  scheduled: () => janus.sweep(),
} satisfies ExportedHandler
