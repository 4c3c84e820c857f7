import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { createMailbox, createPerson, createTestClock } from '../../packages/testing/index.ts'
import { createApp } from './orders-app.ts'

const clock = createTestClock()
const mailbox = createMailbox()
const settings = { ...env, MAILER: 'cloudflare', MAIL_FROM: 'Shop <login@example.com>' }
const { app, auth } = createApp(settings, { clock, mailer: mailbox })
const ask = (path: string, init?: RequestInit) => app.request(`${env.ISSUER}${path}`, init)

describe.each(['session', 'token'] as const)('in %s mode', (mode) => {
  it('shows people their orders, and nobody else', async () => {
    const { id, headers } = await createPerson(auth, { mode })
    const answer = await ask('/orders', { headers })
    expect(await answer.json()).toEqual({ orders: [], userId: id })
    expect((await ask('/orders', { method: 'POST', headers })).status).toBe(201)
    expect((await ask('/orders')).status).toBe(401)
  })

  it('shows statistics to administrators', async () => {
    const admin = await createPerson(auth, { mode, roles: { db: env.DB, names: ['admin'] } })
    expect((await ask('/statistics', { headers: admin.headers })).status).toBe(200)
    const { headers } = await createPerson(auth, { mode })
    expect((await ask('/statistics', { headers })).status).toBe(403)
  })

  it('asks for a new sign-in once the session has expired', async () => {
    const { headers } = await createPerson(auth, { mode })
    clock.advance(31 * 24 * 60 * 60)
    expect((await ask('/orders', { headers })).status).toBe(401)
  })
})

it('mails a link to choose a new password', async () => {
  const { email } = await createPerson(auth)
  await auth.request('/password/forgot', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ email }),
  })
  await auth.sweep()
  expect(mailbox.link(email).pathname).toBe('/password/reset')
})
