import { handle } from '@astrojs/cloudflare/handler'
import { auth } from './auth'

export default {
  fetch(request: Request, ...more: [env: never, context: never]) {
    const { pathname } = new URL(request.url)
    return pathname === '/auth' || pathname.startsWith('/auth/')
      ? auth.fetch(request)
      : handle(request, ...more)
  },
  scheduled: () => auth.sweep(),
}
