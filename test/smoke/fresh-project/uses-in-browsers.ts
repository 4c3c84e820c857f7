// Compiled, never run: the types of the routes where there are none of Workers.
import { hc } from 'hono/client'
import type { JanusRoutes } from 'janus'

const client = hc<JanusRoutes>('https://example.com/auth')
const answer = await client.me.$get()
export const email: string = (await answer.json()).user.email
// @ts-expect-error There is no such route.
client.log_in.$post()
// @ts-expect-error A sign-in needs a password.
client.login.$post({ json: { email: 'ada@example.com' } })
