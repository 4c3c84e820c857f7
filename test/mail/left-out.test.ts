import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { createJanus, type JanusOptions } from '../../src/janus'
import { newAddress, newEmail, PASSWORD } from '../support/person'

/** Returns a Janus that is not given `createMail`. */
function withoutMail(settings: Partial<Record<string, unknown>> = {}, options: JanusOptions = {}) {
  const janus = createJanus({ ...env, ...settings }, { log: () => {}, defer: () => {}, ...options })
  const ask = (method: string, path: string, body?: unknown) =>
    janus.request(path, {
      method,
      headers: { 'Content-Type': 'application/json', 'CF-Connecting-IP': newAddress() },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  return { janus, ask }
}

it('the API without the parts of mail signs people in, and has no route that mails', async () => {
  const { janus, ask } = withoutMail()
  const email = newEmail()
  expect((await ask('POST', '/register', { email, password: PASSWORD })).status).toBe(201)
  expect((await ask('POST', '/login', { email, password: PASSWORD })).status).toBe(200)
  for (const path of [
    '/login/link',
    '/password/forgot',
    '/password/reset',
    '/email/verify',
    '/email/change',
  ]) {
    expect((await ask('POST', path, {})).status, path).toBe(404)
  }
  await janus.sweep()
})

it.each([
  ['a carrier', { MAILER: 'resend', RESEND_API_KEY: 're_sample', MAIL_FROM: 'login@example.com' }, {}],
  ['a mailer of one’s own', {}, { mailer: { send: async () => {} } }],
])('is not served without them where it is given %s', async (_, settings, options) => {
  const { janus, ask } = withoutMail({ ISSUER: 'http://localhost:8787', ...settings }, options)
  expect(janus.services).toBeNull()
  expect(await (await ask('GET', '/readyz')).text()).toContain('was not given createMail')
  expect((await ask('POST', '/login', { email: newEmail(), password: PASSWORD })).status).toBe(500)
})

it('is served where janus dev prints mail, as a service that sends none', async () => {
  const { janus, ask } = withoutMail({ ISSUER: 'http://localhost:8787', MAILER: 'console' })
  expect(janus.services?.config.mail).toEqual({ carrier: 'none' })
  expect((await ask('POST', '/password/forgot', {})).status).toBe(404)
  const verified = withoutMail({
    ISSUER: 'http://localhost:8787',
    MAILER: 'console',
    REGISTRATION: 'verified',
  })
  expect(verified.janus.services).toBeNull()
})

it('registers nobody where an address is to be proven first', async () => {
  const { janus } = withoutMail({ REGISTRATION: 'verified' })
  expect(janus.services).toBeNull()
})
