import { Hono } from 'hono'
import { worker } from './worker.ts'

/** The measure of all others: a route that knows nobody and answers as if it did. */
export default worker(() =>
  new Hono().get('/protected', (c) => c.json({ user_id: '00000000-0000-4000-8000-000000000000' })),
)
