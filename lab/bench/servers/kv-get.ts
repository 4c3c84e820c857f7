import { Hono } from 'hono'
import { worker } from './worker.ts'

/** The floor of a session in KV: a bare route that reads one record of the size of Janus's. */
export default worker(({ SESSIONS }) =>
  new Hono()
    .post('/enter', async (c) => {
      const { user_id } = await c.req.json()
      await SESSIONS.put(user_id, JSON.stringify({ user_id, rest: 'x'.repeat(250) }), { expirationTtl: 3600 })
      return c.json({ token: user_id })
    })
    .get('/protected', async (c) => {
      const key = c.req.header('Authorization')?.slice('Bearer '.length)
      const record = key ? await SESSIONS.get<{ user_id: string }>(key, 'json') : null
      return record ? c.json({ user_id: record.user_id }) : c.json({}, 401)
    }),
)
