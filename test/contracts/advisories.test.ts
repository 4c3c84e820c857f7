import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { provenPerson } from '../support/links'
import { mailingService } from '../support/mail'
import { ask, locationOf, newClient, oauthService, postForm, requestOf } from '../support/oauth'
import { addPasskey, signInWithPasskey } from '../support/passkeys'
import { type Answer, clientOf, newEmail, PASSWORD, send, signedInPerson } from '../support/person'
import { atGitHub, newBrowser, newSubject, signInAt, socialService, tokenSignIn } from '../support/providers'
import { codeOf, firstStep, pendingOf, personWithTotp, secondStep, setUpTotp } from '../support/second-factor'
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

  it('CVE-2024-45042, Kratos b0111d4bd, INC-31: one factor reads and changes nothing of an account that has a second, whatever that factor is', async () => {
    const service = mailingService()
    const ada = await provenPerson(service, mode)
    const linked = async () => {
      const asked = await send(service, 'POST', '/login/link', { body: { email: ada.email } })
      return { asked, by: { binding: asked.body.binding, mode } }
    }
    // The mailed code is what Kratos counted as the highest level there was.
    const FIRST: Readonly<Record<string, () => Promise<Answer>>> = {
      password: () =>
        send(service, 'POST', '/login', { body: { email: ada.email, password: PASSWORD, mode } }),
      link: async () => {
        const { by } = await linked()
        const body = { ...by, token: service.tokenFor(ada.email) }
        return send(service, 'POST', '/login/link/confirm', { body })
      },
      code: async () => {
        const { by } = await linked()
        const body = { ...by, code: service.codeFor(ada.email) }
        return send(service, 'POST', '/login/link/confirm', { body })
      },
    }
    const before = []
    for (const begin of Object.values(FIRST)) before.push(clientOf(service, mode, await begin()))
    await setUpTotp(ada, await ada.signIn())
    const SETTINGS = [
      ['GET', '/me/second-factor'],
      ['GET', '/sessions'],
      ['GET', '/passkeys'],
      ['PATCH', '/me'],
      ['POST', '/me/totp'],
      ['POST', '/me/second-factor/remove'],
      ['POST', '/me/recovery-codes'],
      ['POST', '/passkeys/options'],
      ['POST', '/password'],
      ['POST', '/reauthenticate'],
    ] as const
    for (const session of before) {
      // What a token reads without asking D1 it reads until it ends (docs/explain/staleness.md); it changes nothing.
      const asked = mode === 'token' ? SETTINGS.filter(([, path]) => path !== '/me/second-factor') : SETTINGS
      for (const [method, path] of asked) {
        const body =
          { '/me': { name: 'Eve' }, '/reauthenticate': { password: PASSWORD } }[path as string] ?? {}
        const options = { headers: session.headers, ...(method === 'GET' ? {} : { body }) }
        const { status } = await send(service, method, path, options)
        expect([method, path, status]).toEqual([method, path, 401])
      }
      if (mode === 'session') expect((await session.get('/me')).status).toBe(401)
      else {
        const body = { refresh_token: session.refreshToken }
        expect((await send(service, 'POST', '/refresh', { body })).status).toBe(401)
      }
    }
    for (const [way, begin] of Object.entries(FIRST)) {
      const { answer, headers } = pendingOf(await begin())
      expect(answer.body.next, way).toEqual(['totp', 'recovery-code'])
      for (const [method, path] of [...SETTINGS, ['GET', '/me']]) {
        const options = { headers, ...(method === 'GET' ? {} : { body: {} }) }
        const { status } = await send(service, `${method}`, `${path}`, options)
        expect([way, method, path, status]).toEqual([way, method, path, 401])
      }
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
