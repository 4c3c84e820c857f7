import { Hono } from 'hono'
import { worker } from './worker.ts'

/**
 * A password hash of 600,000 iterations in one call, beside a bare route: what a sign-in does to the requests next to
 * it when it does not yield. Production refuses such a call; a local workerd does not.
 */
export default worker(() =>
  new Hono()
    .post('/login', async (c) => {
      const password = new TextEncoder().encode((await c.req.json()).password)
      const key = await crypto.subtle.importKey('raw', password, 'PBKDF2', false, ['deriveBits'])
      const salt = crypto.getRandomValues(new Uint8Array(16))
      await crypto.subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt, iterations: 600_000 }, key, 256)
      return c.json({ done: true })
    })
    .get('/protected', (c) => c.json({ user_id: '00000000-0000-4000-8000-000000000000' })),
)
