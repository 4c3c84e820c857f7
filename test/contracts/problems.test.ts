import { env } from 'cloudflare:workers'
import { afterEach, expect, it, vi } from 'vitest'
import { PROBLEMS, type ProblemCode } from '../../src/http/problem'
import { stoppedService } from '../support/guessing'
import { mailingService } from '../support/mail'
import { oauthService } from '../support/oauth'
import { addPasskey, signInWithPasskey } from '../support/passkeys'
import {
  type Answer,
  clientOf,
  expectProblem,
  newAddress,
  newEmail,
  PASSWORD,
  read,
  send,
  signedInPerson,
} from '../support/person'
import { linkIn, newSubject, socialService, tokenSignIn } from '../support/providers'
import { firstStep, personWithTotp, secondStep, wrongCode } from '../support/second-factor'
import { deployed, ownService } from '../support/service'

/** Listed, and not built yet. */
type NotBuilt = 'forbidden'

/** Each refusal that the contract lists, provoked, with the status it is listed with. */
const PROVOKED: Record<Exclude<ProblemCode, NotBuilt>, readonly [number, () => Promise<Answer>]> = {
  'invalid-json': [400, () => sendLogin('{')],
  'invalid-link': [400, () => send(mailingService(), 'POST', '/email/verify', { body: { token: 'x' } })],
  'invalid-code': [
    400,
    () => send(mailingService(), 'POST', '/login/link/confirm', { body: { code: '000000' } }),
  ],
  'passkey-refused': [
    400,
    async () =>
      (await signedInPerson({ mode: 'session' })).post('/passkeys', {
        credential: { id: 'x', response: { clientDataJSON: 'x', attestationObject: 'x' } },
      }),
  ],
  'social-refused': [
    400,
    async () => {
      const { confirm } = await tokenSignIn(socialService(), { subject: newSubject() })
      return confirm({ binding: 'another' })
    },
  ],
  'social-cancelled': [
    400,
    async () => {
      const { confirm } = await tokenSignIn(socialService(), { subject: newSubject() })
      return confirm({ code: undefined, error: 'access_denied' })
    },
  ],
  'social-no-address': [
    400,
    async () => {
      const { confirm } = await tokenSignIn(socialService(), { subject: { sub: crypto.randomUUID() } })
      return confirm()
    },
  ],
  'identity-refused': [
    409,
    async () => {
      const service = socialService()
      const subject = newSubject()
      await (await tokenSignIn(service, { subject })).confirm()
      return linkIn(service, await signedInPerson({ mode: 'token', service }), { subject })
    },
  ],
  'provider-unavailable': [
    502,
    async () => {
      const service = socialService()
      service.provider.interfere = () => new Response(null, { status: 503 })
      return send(service, 'POST', '/login/social/acme', { body: { mode: 'session' } })
    },
  ],
  'authorization-refused': [400, () => send(oauthService(), 'GET', '/oauth/authorize')],
  'passkey-unknown': [
    400,
    async () => {
      const ada = await signedInPerson({ mode: 'session' })
      const { id, soft } = await addPasskey(ada)
      await ada.post(`/passkeys/${id}/remove`)
      return signInWithPasskey(deployed, soft)
    },
  ],
  'invalid-credentials': [
    401,
    () => send(deployed, 'POST', '/login', { body: { email: newEmail(), password: PASSWORD } }),
  ],
  'authentication-required': [401, () => send(deployed, 'GET', '/me')],
  'invalid-token': [401, () => send(deployed, 'GET', '/me', { headers: { Authorization: 'Bearer x' } })],
  'token-expired': [
    401,
    async () => {
      const service = ownService()
      const ada = await signedInPerson({ mode: 'token', service })
      service.ahead = 3600
      return ada.get('/me')
    },
  ],
  'session-ended': [
    401,
    async () => {
      const ada = await signedInPerson({ mode: 'session' })
      await ada.post('/logout')
      return ada.get('/me')
    },
  ],
  'invalid-second-factor': [
    401,
    async () => {
      const { person } = await personWithTotp('token')
      const pending = await firstStep(person)
      return secondStep(person, pending, { code: await wrongCode(person) })
    },
  ],
  'sign-in-expired': [
    401,
    () => send(deployed, 'POST', '/login/second-factor', { body: { code: '000000' } }),
  ],
  'insufficient-user-authentication': [
    401,
    async () => {
      const service = ownService()
      const ada = await signedInPerson({ mode: 'session', service })
      service.ahead = 3600
      return ada.post('/me/totp', {})
    },
  ],
  'email-not-verified': [
    409,
    async () => (await signedInPerson({ mode: 'session', service: mailingService() })).post('/me/totp', {}),
  ],
  'second-factor-not-set': [
    409,
    async () => (await signedInPerson({ mode: 'session' })).post('/me/recovery-codes', {}),
  ],
  'mailbox-not-proven': [
    409,
    async () => {
      const service = mailingService()
      const { person } = await personWithTotp('token', service)
      const { body } = await firstStep(person)
      return send(service, 'POST', '/login/second-factor/recovery', { body })
    },
  ],
  'second-factor-required': [
    409,
    async () => {
      const ada = await personWithTotp('session')
      const strict = ownService({ SECOND_FACTOR: 'required' })
      return clientOf(strict, 'session', ada.session.answer).post('/me/second-factor/remove', {})
    },
  ],
  'refresh-token-reused': [
    401,
    async () => {
      const service = ownService()
      const { refreshToken } = await signedInPerson({ mode: 'token', service })
      const refresh = () => send(service, 'POST', '/refresh', { body: { refresh_token: refreshToken } })
      await refresh()
      service.ahead = 60
      return refresh()
    },
  ],
  'cross-site-request': [
    403,
    () => send(deployed, 'POST', '/login', { headers: { 'Sec-Fetch-Site': 'cross-site' } }),
  ],
  'human-check-failed': [
    403,
    () => {
      const keys = {
        TURNSTILE_SITE_KEY: '0x4AAAAAAAtestwidget',
        TURNSTILE_SECRET_KEY: '0x4AAAAAAAtestsecretOfOurOwn',
      }
      return send(ownService(keys), 'POST', '/register', { body: { email: newEmail(), password: PASSWORD } })
    },
  ],
  'registration-closed': [
    403,
    () => {
      const body = { email: newEmail(), password: PASSWORD }
      return send(ownService({ REGISTRATION: 'closed' }), 'POST', '/register', { body })
    },
  ],
  'not-found': [404, () => send(deployed, 'GET', '/nothing')],
  'method-not-allowed': [405, () => send(deployed, 'PUT', '/me')],
  'account-mismatch': [
    409,
    async () =>
      (await signedInPerson({ mode: 'session' })).patch('/me', { name: null, account_id: 'another' }),
  ],
  'password-not-set': [
    409,
    async () => {
      const ada = await signedInPerson({ mode: 'session' })
      await env.DB.prepare('UPDATE users SET password_hash = NULL WHERE id = ?1').bind(ada.userId).run()
      return ada.post('/me/delete', { password: PASSWORD })
    },
  ],
  'last-way-in': [
    409,
    async () => {
      const ada = await signedInPerson({ mode: 'session' })
      const { id } = await addPasskey(ada)
      await env.DB.prepare('UPDATE users SET password_hash = NULL WHERE id = ?1').bind(ada.userId).run()
      return ada.post(`/passkeys/${id}/remove`)
    },
  ],
  'last-administrator': [
    409,
    async () => {
      const service = ownService({ ADMIN_ROLE: newEmail() })
      const ada = await signedInPerson({ mode: 'session', service })
      const roles = JSON.stringify([service.services.config.adminRole])
      await env.DB.prepare('UPDATE users SET roles = ?1 WHERE id = ?2').bind(roles, ada.userId).run()
      return (await ada.signIn()).post('/me/delete', { password: PASSWORD })
    },
  ],
  'account-exists': [
    409,
    async () => {
      const { email } = await signedInPerson({ mode: 'session' })
      return send(deployed, 'POST', '/register', { body: { email, password: `not ${PASSWORD}` } })
    },
  ],
  'body-too-large': [413, () => sendLogin(' '.repeat(64 * 1024 + 1))],
  'unsupported-media-type': [415, () => sendLogin('{}', 'text/plain')],
  'invalid-input': [422, () => sendLogin('{}')],
  'password-refused': [
    422,
    () => send(deployed, 'POST', '/register', { body: { email: newEmail(), password: 'short' } }),
  ],
  'mode-not-offered': [
    422,
    () => {
      const body = { email: newEmail(), password: PASSWORD, mode: 'token' }
      return send(ownService({ AUTH_MODE: 'session' }), 'POST', '/login', { body })
    },
  ],
  'too-many-attempts': [
    429,
    async () => {
      const service = stoppedService({ FREE_ATTEMPTS: '1' })
      const body = { email: newEmail(), password: PASSWORD }
      // One is free, the second begins a delay.
      for (let attempt = 0; attempt < 2; attempt++) await send(service, 'POST', '/login', { body })
      return send(service, 'POST', '/login', { body })
    },
  ],
  'internal-error': [
    500,
    () => {
      const service = ownService()
      vi.spyOn(service.services.attempts, 'reserve').mockRejectedValue(new Error('a bug'))
      return send(service, 'POST', '/login', { body: { email: newEmail(), password: PASSWORD } })
    },
  ],
  'store-unavailable': [
    503,
    () => {
      const DB = {
        prepare: () => {
          throw new Error('down')
        },
      }
      return send(ownService({ DB }), 'POST', '/login', { body: { email: newEmail(), password: PASSWORD } })
    },
  ],
}

async function sendLogin(body: string, type = 'application/json'): Promise<Answer> {
  const headers = { 'CF-Connecting-IP': newAddress(), 'Content-Type': type }
  return read(
    await deployed.fetch(new Request(`${deployed.issuer}/login`, { method: 'POST', headers, body })),
  )
}

afterEach(() => {
  vi.restoreAllMocks()
})

it.each(Object.entries(PROVOKED))(
  'API-01: %s has the status, the type and the title that are listed',
  async (code, [status, provoke]) => {
    const answer = await provoke()
    expectProblem(answer, status, code)
    expect(answer.body.title).toBe(PROBLEMS[code as ProblemCode].title)
    const explained = await send(deployed, 'GET', new URL(answer.body.type).pathname)
    expect(explained.body).toEqual({ code, status, title: answer.body.title })
  },
)

it('API-01: gives each refusal an id of its own', async () => {
  const [one, other] = [await send(deployed, 'GET', '/me'), await send(deployed, 'GET', '/me')]
  expect(one.body.instance).not.toBe(other.body.instance)
})

it('bad input names every fault at once: the fields that there are, and no values', async () => {
  const body = { email: 'not-an-address', password: 17, mode: 'canary-mode', canary: 'canary-value' }
  const refusal = await send(deployed, 'POST', '/login', { body })
  expectProblem(refusal, 422, 'invalid-input')
  expect(
    refusal.body.errors.map(({ field, code }: { field: string; code: string }) => `${field} ${code}`),
  ).toEqual(['email invalid', 'password type', 'mode type', ' unknown'])
  for (const value of ['not-an-address', '17', 'canary']) {
    expect(JSON.stringify(refusal.body.errors)).not.toContain(value)
  }
})
