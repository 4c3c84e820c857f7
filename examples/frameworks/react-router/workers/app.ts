import { createRequestHandler } from 'react-router'
import { auth } from '../app/auth.server'

const handle = createRequestHandler(() => import('virtual:react-router/server-build'), import.meta.env.MODE)

export default {
  fetch(request: Request) {
    const { pathname } = new URL(request.url)
    return pathname === '/auth' || pathname.startsWith('/auth/') ? auth.fetch(request) : handle(request)
  },
  scheduled: () => auth.sweep(),
}
