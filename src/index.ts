import { env } from 'cloudflare:workers'
import { createJanus } from './janus'
import { createPages } from './pages/create-pages'
import { createPlayground } from './playground/create-playground'

const janus = createJanus(env, { createPages, createPlayground })

export default {
  fetch: janus.app.fetch,
  scheduled: () => janus.sweep(),
} satisfies ExportedHandler
