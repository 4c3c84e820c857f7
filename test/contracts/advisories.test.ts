import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { provenPerson } from '../support/links'
import { mailingService } from '../support/mail'
import { ask, locationOf, newClient, oauthService, postForm, requestOf } from '../support/oauth'
import { addPasskey, signInWithPasskey } from '../support/passkeys'
import { clientOf, newEmail, send, signedInPerson } from '../support/person'
import { atGitHub, newBrowser, newSubject, signInAt, socialService, tokenSignIn } from '../support/providers'
import { codeOf, firstStep, personWithTotp, secondStep } from '../support/second-factor'
import { ownService } from '../support/service'

// What hurt others, tried here. Advisories of one way in are tested with it: test/social, test/contracts/second-factor.test.ts.

const namesOfCopies = async () => (await env.SESSIONS.list()).keys.map(({ name }) => name).sort()

describe.each(['session', 'token'] as const)('in %s mode', (mode) => {
  it('GHSA-xg6x-h9c9-2m83: no copy, memo, seal or cookie holds a sign-in that is not whole', async () => {
    const service = ownService({ SEAL_SECONDS: '30', MEMO_SECONDS: '30' })
    const { person } = await personWithTotp(mode, service)
    const copies = await namesOfCopies()
    const { answer, headers, body } = await firstStep(person)
    expect(Object.keys(answer.cookies)).toEqual(mode === 'session' ? ['__Host-pending-sign-in'] : [])
    expect(await namesOfCopies()).toEqual(copies)
    const handle = body.pending ?? headers.Cookie?.split('=')[1] ?? ''
    for (const presented of [
      { Authorization: `Bearer ${handle}` },
      { Cookie: `__Host-session=${handle}` },
      { Cookie: `__Host-session=${handle}; __Host-seal=${handle}` },
    ]) {
      expect((await send(service, 'GET', '/me', { headers: presented })).status).toBe(401)
      expect((await service.callers.authenticate(new Headers(presented), 'GET')).ok).toBe(false)
    }
  })

  const PROVIDERS = {
    acme: () => newSubject(),
    google: () => ({ ...newSubject(), email: `${crypto.randomUUID()}@gmail.com` }),
    microsoft: () => {
      const [oid, tid] = [crypto.randomUUID(), crypto.randomUUID()]
      return { sub: `sub-${oid}`, oid, tid, ver: '2.0', email: newEmail(), xms_edov: true }
    },
    apple: () => ({ sub: crypto.randomUUID(), email: newEmail(), email_verified: 'true' }),
    github: () => {
      const email = newEmail()
      return { ...atGitHub(email).subject, email }
    },
  } as const

  it.each(Object.entries(PROVIDERS))(
    'Hanko #2885: %s links nothing by an address, though both sides have proven it',
    async (provider, newPerson) => {
      const service = socialService()
      const ada = await signedInPerson({ mode, service })
      const { email, ...others } = newPerson()
      await env.DB.prepare(
        'UPDATE users SET email = ?2, email_canonical = ?2, email_verified_at = 1 WHERE id = ?1',
      )
        .bind(ada.userId, email)
        .run()
      const subject = provider === 'github' ? others : { ...others, email }
      if (mode === 'token') {
        const answer = await (await tokenSignIn(service, { provider, subject })).confirm()
        expect(answer).toMatchObject({ status: 200, body: { next: ['sign-in'] } })
      } else {
        const answer = await signInAt(service, newBrowser(service), { provider, subject })
        expect(answer.headers.get('Location')).toBe('/login/connect')
      }
      const left = env.DB.prepare(
        `SELECT (SELECT count(*) FROM identities WHERE user_id = ?1) AS identities,
                (SELECT count(*) FROM sessions WHERE user_id = ?1) AS sessions`,
      )
      expect(await left.bind(ada.userId).first()).toEqual({ identities: 0, sessions: 1 })
    },
  )

  it('WAN-07, INC-31: a passkey that is removed ends what was begun with one, and the session that removes it stays', async () => {
    const service = mailingService()
    const ada = await provenPerson(service, mode)
    const { id, soft } = await addPasskey(await ada.signIn())
    const thief = clientOf(service, mode, await signInWithPasskey(service, soft, { mode }))
    const other = await ada.signIn()
    expect((await thief.get('/sessions')).status).toBe(200)
    const unknown = await other.post(`/passkeys/${'A'.repeat(22)}/remove`)
    expect(unknown.status).toBe(404)
    expect((await thief.get('/sessions')).status).toBe(200)
    const mine = await ada.signIn()
    expect((await mine.post(`/passkeys/${id}/remove`)).status).toBe(204)
    expect((await thief.get('/sessions')).status).toBe(401)
    if (mode === 'session') expect((await thief.get('/me')).status).toBe(401)
    for (const kept of [other, mine]) expect((await kept.get('/sessions')).status).toBe(200)
  })
})

it('Better Auth #9198: an app is given no code before the second factor', async () => {
  const service = oauthService()
  const { person } = await personWithTotp('session', service)
  const client = await newClient({ firstParty: true })
  const pending = await firstStep(person)
  const silent = locationOf(await ask(service, requestOf(client, { prompt: 'none' }), pending as never))
  expect([silent.searchParams.get('error'), silent.searchParams.get('code')]).toEqual([
    'login_required',
    null,
  ])
  const asked = await ask(service, requestOf(client), pending as never)
  expect(asked.text).not.toContain('code=')
  expect(locationOf(asked).pathname).toBe('/login')
  const fields = { request: 'x', account_id: person.userId, decision: 'allow' }
  const own = { Accept: 'text/html', 'Sec-Fetch-Site': 'same-origin', ...pending.headers }
  expect((await postForm(service, '/oauth/consent', fields, own)).text).not.toContain('code=')
  const whole = clientOf(
    service,
    'session',
    await secondStep(person, pending, { code: await codeOf(person) }),
  )
  const given = locationOf(await ask(service, requestOf(client, { prompt: 'none' }), whole as never))
  expect(given.searchParams.get('code')).not.toBeNull()
})
