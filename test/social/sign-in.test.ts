import { env } from 'cloudflare:workers'
import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { expectProblem, newEmail, send } from '../support/person'
import {
  ACME,
  goToProvider,
  linkIn,
  newBrowser,
  newSubject,
  type SocialService,
  signInAt,
  socialService,
  tokenSignIn,
} from '../support/providers'
import { personWithTotp } from '../support/second-factor'

let service: SocialService

beforeAll(async () => {
  service = socialService()
})

async function identitiesOf(subject: string) {
  const { results } = await env.DB.prepare('SELECT * FROM identities WHERE subject = ?1').bind(subject).all()
  return results
}

describe('a sign-in at a provider', () => {
  it('makes an account with a proven address the first time, and signs in to it the second', async () => {
    const subject = newSubject()
    const browser = newBrowser(service)
    const first = await signInAt(service, browser, { subject, returnTo: '/here' })
    expect(first).toMatchObject({ status: 303 })
    expect(first.headers.get('Location')).toBe('/here')
    const me = await browser.request('GET', '/me')
    expect(me.body).toMatchObject({
      user: { email: subject.email, email_verified: true, name: 'Ada Lovelace' },
      session: { amr: ['fed'], acr: 'urn:janus:1fa' },
    })

    const other = newBrowser(service)
    await signInAt(service, other, { subject: { ...subject, email: newEmail() } })
    // SOC-02: another address at the provider changes nothing here.
    expect((await other.request('GET', '/me')).body.user).toEqual(me.body.user)
    expect(await identitiesOf(subject.sub)).toMatchObject([{ issuer: ACME, user_id: me.body.user.id }])
  })

  it('gives tokens to an app in token mode, which hands on what came back', async () => {
    const subject = newSubject()
    const first = await (await tokenSignIn(service, { subject })).confirm()
    expect(first.status).toBe(201)
    expect(decodeJwt(first.body.access_token)).toMatchObject({ sub: first.body.user.id, amr: ['fed'] })
    expect(first.cookies).toEqual({})
    const second = await (await tokenSignIn(service, { subject })).confirm({ refresh_in: 'cookie' })
    expect(second).toMatchObject({ status: 200, body: { user: { id: first.body.user.id } } })
    expect(second.body.refresh_token).toBeUndefined()
  })
})

describe.each(['session', 'token'] as const)(
  'LOG-04, MFA-08, Melody #514: an account with a second factor, in %s mode',
  (mode) => {
    it('is not signed in to by its provider alone', async () => {
      const { person, session, recoveryCodes } = await personWithTotp(mode, service)
      const subject = newSubject()
      expect((await linkIn(service, { ...person, ...session }, { subject })).status).toBeLessThan(400)
      const browser = newBrowser(service)
      const first =
        mode === 'session'
          ? await signInAt(service, browser, { subject, returnTo: '/here' })
          : await (await tokenSignIn(service, { subject })).confirm()
      if (mode === 'session') {
        expect(first.headers.get('Location')).toBe('/login/second-factor')
        expect(Object.keys(first.cookies)).toEqual(['__Host-pending-sign-in'])
      } else {
        expect(Object.keys(first.body).sort()).toEqual(['expires_in', 'next', 'pending'])
        expect(first.cookies).toEqual({})
      }
      expect((await browser.request('GET', '/me')).status).toBe(401)
      const [recovery_code] = recoveryCodes
      const body = { recovery_code, ...(mode === 'token' ? { pending: first.body.pending } : {}) }
      const second = await browser.request('POST', '/login/second-factor', { body })
      expect(second).toMatchObject({
        status: 200,
        body: { user: { id: person.userId }, session: { amr: ['fed', 'otp'], acr: 'urn:janus:2fa' } },
      })
      expect(second.body.return_to).toBe(mode === 'session' ? '/here' : 'https://app.example.com/signed-in')
    })
  },
)

it('a second tab does not end what the first has begun', async () => {
  const browser = newBrowser(service)
  const [one, other] = [newSubject(), newSubject()]
  const first = await goToProvider(service, browser, { subject: one })
  const second = await goToProvider(service, browser, { subject: other })
  expect((await browser.request('GET', first)).status).toBe(303)
  expect((await browser.request('GET', second)).status).toBe(303)
  expect((await browser.request('GET', '/me')).body.user.email).toBe(other.email)
})

it('of two first sign-ins at once, one makes the account and the other signs in to it', async () => {
  const subject = newSubject()
  const browsers = [newBrowser(service), newBrowser(service)]
  const answers = await Promise.all(browsers.map((browser) => signInAt(service, browser, { subject })))
  expect(answers.map(({ status }) => status)).toEqual([303, 303])
  expect(await identitiesOf(subject.sub)).toHaveLength(1)
})

it('of two identities with one address at once, one makes the account, and the other is offered to it', async () => {
  const email = newSubject().email
  const subjects = [newSubject({ email }), newSubject({ email })]
  const apps = await Promise.all(subjects.map((subject) => tokenSignIn(service, { subject })))
  const answers = await Promise.all(apps.map(({ confirm }) => confirm()))
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 201])
  expect(answers.find(({ status }) => status === 200)?.body.next).toEqual(['sign-in'])
})

it('SOC-02: one subject at two issuers is two people', async () => {
  const subject = newSubject()
  const atAcme = await (await tokenSignIn(service, { subject })).confirm()
  const other = { ...subject, email: `${subject.sub}@gmail.com` }
  const atGoogle = await (await tokenSignIn(service, { provider: 'google', subject: other })).confirm()
  expect(atGoogle.status).toBe(201)
  expect(atGoogle.body.user.id).not.toBe(atAcme.body.user.id)
})

it('lists the providers, in their order', async () => {
  const { body } = await send(service, 'GET', '/login/social')
  expect(body.providers).toEqual([
    { name: 'acme', label: 'acme' },
    { name: 'google', label: 'Google' },
    { name: 'github', label: 'GitHub' },
    { name: 'microsoft', label: 'Microsoft' },
    { name: 'apple', label: 'Apple' },
  ])
  const body422 = { mode: 'token', return_to: 'https://evil.example/' }
  expectProblem(await send(service, 'POST', '/login/social/acme', { body: body422 }), 422, 'invalid-input')
  expectProblem(await send(service, 'POST', '/login/social/evil', { body: {} }), 404, 'not-found')
})
