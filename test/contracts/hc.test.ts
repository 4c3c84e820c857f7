import { hc } from 'hono/client'
import { expect, expectTypeOf, it } from 'vitest'
import type { JanusRoutes } from '../../src/wiring/routes-type'
import { newAddress, newEmail, PASSWORD } from '../support/person'
import { deployed } from '../support/service'

/** Hono's own client, typed by the routes themselves. */
const client = hc<JanusRoutes>(deployed.issuer, {
  headers: () => ({ 'CF-Connecting-IP': newAddress() }),
  fetch: (input: RequestInfo | URL, init?: RequestInit) => deployed.fetch(new Request(input, init)),
})

it('hc<JanusRoutes> registers, signs in, reads and ends, by types that are those of the answers', async () => {
  const email = newEmail()
  const registered = await client.register.$post({ json: { email, password: PASSWORD, mode: 'token' } })
  expect(registered.status).toBe(201)

  const signedIn = await client.login.$post({ json: { email, password: PASSWORD, mode: 'token' } })
  if (signedIn.status !== 200) throw new Error(`Answered ${signedIn.status}`)
  const body = await signedIn.json()
  if (!('user' in body)) throw new Error('An account without a second factor is signed in at once')
  expectTypeOf(body.user.email).toEqualTypeOf<string>()
  if (!('access_token' in body)) throw new Error('A sign-in in token mode has an access token')
  const headers = { Authorization: `Bearer ${body.access_token}` }

  const me = await (await client.me.$get({}, { headers })).json()
  expectTypeOf(me.user.email).toEqualTypeOf<string>()
  expect(me.user.email).toBe(email)

  const { sessions } = await (await client.sessions.$get({}, { headers })).json()
  expectTypeOf(sessions).items.toHaveProperty('last_seen_at')
  const other = sessions.find(({ current }) => !current)
  const ended = await client.sessions[':id'].$delete({ param: { id: other?.id ?? '' } }, { headers })
  expect(ended.status).toBe(204)

  const renamed = await client.me.$patch({ json: { name: 'Ada' } }, { headers })
  expect((await renamed.json()).user.name).toBe('Ada')
})

it('refuses at compile time what the server would refuse', () => {
  // @ts-expect-error There is no password.
  expectTypeOf(() => client.login.$post({ json: { email: 'ada@example.com' } })).toBeFunction()
  // @ts-expect-error There is no such mode.
  expectTypeOf(() => client.login.$post({ json: { email: '', password: '', mode: 'jwt' } })).toBeFunction()
  // @ts-expect-error There is no such route.
  expectTypeOf(() => client.signin).toBeFunction()
})
