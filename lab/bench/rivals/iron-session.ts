import { Hono } from 'hono'
import { getIronSession, webCookies } from 'iron-session'
import { worker } from '../servers/worker.ts'

/** iron-session: the session is sealed in the cookie. Nothing is stored, so nothing can be ended before it expires. */
export default worker(({ AUTH_SECRET }) => {
  const options = { password: AUTH_SECRET, cookieName: 'iron' }
  return new Hono()
    .post('/enter', async (c) => {
      const headers = new Headers()
      const session = await getIronSession<{ userId: string }>(webCookies(c.req.raw, headers), options)
      session.userId = (await c.req.json()).user_id
      await session.save()
      return new Response('{}', { headers })
    })
    .get('/protected', async (c) => {
      const cookies = webCookies(c.req.raw, new Headers())
      const { userId } = await getIronSession<{ userId: string }>(cookies, options)
      return userId ? c.json({ user_id: userId }) : c.json({}, 401)
    })
})
