import { env } from 'cloudflare:workers'
import { Hono } from 'hono'
import { expect, it } from 'vitest'
import { adminPage } from '../../examples/admin/admin-page'
import { createAdmin } from '../../src/wiring/create-admin'
import { mailingService } from '../support/mail'
import { newEmail, signedInPerson } from '../support/person'

it('ADM-01, CSRF-01: the admin page of examples finds, changes and invites, for who has the role and for no form of a foreign page', async () => {
  const service = mailingService()
  const admin = createAdmin({ services: service.services }, { role: 'support' })
  const parts = { auth: service.callers, admin, proveAgainAt: '/auth/reauthenticate' }
  const app = new Hono().route('/admin', adminPage(parts))
  const grace = await signedInPerson({ mode: 'session', service })
  const ada = await signedInPerson({ mode: 'session', service })
  await env.DB.prepare(`UPDATE users SET roles = '["support"]' WHERE id = ?1`).bind(grace.userId).run()
  const { headers } = await grace.signIn()

  async function open(path: string, fields?: Record<string, string>, own: object = headers) {
    const site = { 'Sec-Fetch-Site': 'same-origin', Origin: service.issuer, ...own }
    const response = await app.request(`${service.issuer}/admin${path}`, {
      headers: site,
      ...(fields ? { method: 'POST', body: new URLSearchParams(fields) } : {}),
    })
    return { status: response.status, text: await response.text() }
  }

  expect((await open('', undefined, ada.headers)).status).toBe(403)
  expect((await open('', undefined, { Cookie: '' })).status).toBe(401)
  const found = await open(`?prefix=${ada.email.slice(0, -6)}`)
  expect(found).toMatchObject({ status: 200, text: expect.stringContaining(ada.email) })
  expect(found.text).not.toContain(grace.email)

  const disable = { id: ada.userId, do: 'disable' }
  const foreign = { ...headers, 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' }
  expect((await open('', disable, foreign)).status).toBe(403)
  expect(await admin.show(await principal(), ada.userId)).toMatchObject({ account: { disabled_at: null } })
  expect((await open('', disable)).status).toBe(303)
  expect(await admin.show(await principal(), ada.userId)).toMatchObject({ account: { open_sessions: 0 } })
  expect((await open('', { ...disable, do: 'constructor' })).status).toBe(400)

  const email = newEmail()
  expect((await open('?invite', { email, roles: 'support' })).text).toContain('on its way')
  await service.sweepMailTo(email)
  expect(service.mailTo(email)).toHaveLength(1)

  service.ahead = 11 * 60
  const late = await open('', { id: ada.userId, do: 'enable' })
  expect(late).toMatchObject({ status: 401, text: expect.stringContaining('/auth/reauthenticate') })

  async function principal() {
    const caller = await service.callers.authenticate(new Headers(headers), 'GET')
    if (!caller.ok) throw new Error(JSON.stringify(caller))
    return caller.principal
  }
})
