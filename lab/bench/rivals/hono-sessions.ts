import { Hono } from 'hono'
import { CookieStore, type Session, sessionMiddleware } from 'hono-sessions'
import { worker } from '../servers/worker.ts'

/** hono-sessions with its cookie store, the one that needs no adapter of one's own on Workers. */
export default worker(({ AUTH_SECRET }) => {
  const session = sessionMiddleware({
    store: new CookieStore(),
    encryptionKey: AUTH_SECRET,
    expireAfterSeconds: 3600,
    autoExtendExpiration: false,
    cookieOptions: { sameSite: 'Lax', path: '/', httpOnly: true },
  })
  return new Hono<{ Variables: { session: Session<{ userId: string }>; session_key_rotation: boolean } }>()
    .use(session)
    .post('/enter', async (c) => {
      c.var.session.set('userId', (await c.req.json()).user_id)
      return c.json({})
    })
    .get('/protected', (c) => {
      const userId = c.var.session.get('userId')
      return userId ? c.json({ user_id: userId }) : c.json({}, 401)
    })
})
