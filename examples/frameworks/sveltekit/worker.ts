import { env } from 'cloudflare:workers'
import { createJanus, createMail, createPages } from 'janus'
// @ts-expect-error: it is there after `npm run build`.
import app from './.svelte-kit/cloudflare/_worker.js'

const auth = createJanus(env, { createMail, createPages })

export default {
  fetch(request: Request, bindings: object, context: unknown) {
    const { pathname } = new URL(request.url)
    if (pathname === '/auth' || pathname.startsWith('/auth/')) return auth.fetch(request)
    // In the app: platform.env.AUTH.
    return app.fetch(request, { ...bindings, AUTH: auth }, context)
  },
  scheduled: () => auth.sweep(),
}
