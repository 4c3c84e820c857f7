import { Hono } from 'hono'
import { jwt, sign } from 'hono/jwt'
import { worker } from './worker.ts'

/** Hono's own JWT middleware with HS256: no key set, no rotation, no way to end a session. */
export default worker(({ AUTH_SECRET }) =>
  new Hono<{ Variables: { jwtPayload: { sub: string } } }>()
    .post('/enter', async (c) => {
      const { user_id } = await c.req.json()
      const exp = Math.floor(Date.now() / 1000) + 3600
      return c.json({ token: await sign({ sub: user_id, exp }, AUTH_SECRET, 'HS256') })
    })
    .get('/protected', jwt({ secret: AUTH_SECRET, alg: 'HS256' }), (c) =>
      c.json({ user_id: c.var.jwtPayload.sub }),
    ),
)
