import { env } from 'cloudflare:workers'
import { createJanus } from './janus'
import { createPages } from './pages/create-pages'

const janus = createJanus(env, { createPages })

export default {
  fetch: janus.app.fetch,
  scheduled: () => janus.sweep(),
} satisfies ExportedHandler
