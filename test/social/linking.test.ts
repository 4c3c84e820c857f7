import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { addPasskey } from '../support/passkeys'
import {
  clientOf,
  expectProblem,
  newEmail,
  PASSWORD,
  type Person,
  send,
  signedInPerson,
} from '../support/person'
import {
  atGitHub,
  type Browser,
  linkIn,
  newBrowser,
  newSubject,
  playedBy,
  SOCIAL_SETTINGS,
  type SocialService,
  signInAt,
  socialService,
  standIn,
  tokenSignIn,
} from '../support/providers'
import { ownService } from '../support/service'

let service: SocialService

beforeEach(async () => {
  service = socialService()
})

async function rowsOf(userId: string) {
  const { results } = await env.DB.prepare('SELECT * FROM identities WHERE user_id = ?1').bind(userId).all()
  return results
}

async function prove({ userId }: Person) {
  await env.DB.prepare('UPDATE users SET email_verified_at = 1 WHERE id = ?1').bind(userId).run()
}

const SOURCE = { requestId: 'x', address: null, userAgent: null, country: null, language: 'en' } as const

/** Claims of an address that prove nothing. */
const UNPROVEN: Readonly<Record<string, object>> = {
  'is not said to be verified': { email_verified: false },
  'is not said to be verified or not': { email_verified: undefined },
  'is said to be verified by a text': { email_verified: 'true' },
  'is of a domain that the issuer is not authoritative for': { email: () => newEmail() },
}

describe('SOC-03, nOAuth, SuperTokens (compass #1547), LinuxDO (tuff #916): an address', () => {
  it.each(Object.entries(UNPROVEN))(
    'that %s makes no account, and is mailed a link first',
    async (_, bent) => {
      const own = newSubject()
      const email = 'email' in bent ? newEmail() : own.email
      const subject = { ...own, ...bent, email }
      const browser = newBrowser(service)
      const answer = await signInAt(service, browser, { subject })
      expect(answer).toMatchObject({ status: 303 })
      expect(answer.headers.get('Location')).toBe('/mail-sent?for=register')
      expect(await env.DB.prepare('SELECT 1 FROM users WHERE email = ?1').bind(email).first()).toBeNull()
      expect(
        await env.DB.prepare('SELECT 1 FROM identities WHERE subject = ?1').bind(subject.sub).first(),
      ).toBeNull()

      // The link makes the account, in this browser. There the identity is connected, by a button.
      const token = tokenIn(service, email)
      const verified = await browser.request('POST', '/email/verify', { body: { token } })
      expect(verified).toMatchObject({
        status: 200,
        body: { has_password: false, user: { email, email_verified: true } },
      })
      expect(await rowsOf(verified.body.user.id)).toEqual([])
      const { text } = await browser.request('GET', '/account', { headers: { Accept: 'text/html' } })
      expect(text).toContain('action="/identities/connect"')
      // One button connects it, and the others are there.
      expect(text).not.toContain('action="/identities/acme/link"')
      expect(text).toContain('action="/identities/google/link"')
      expect((await browser.request('POST', '/identities/connect')).status).toBe(204)
      const again = newBrowser(service)
      await signInAt(service, again, { subject })
      expect((await again.request('GET', '/me')).body.user.id).toBe(verified.body.user.id)
    },
  )

  it.each(['session', 'token'] as const)(
    'that its provider has not proven says in %s mode nothing of whether an account has it',
    async (mode) => {
      const known = (await signedInPerson({ mode, service })).email
      const answers = []
      for (const email of [known, newEmail()]) {
        const subject = { ...newSubject(), email }
        const answer =
          mode === 'token'
            ? await (await tokenSignIn(service, { subject })).confirm()
            : await signInAt(service, newBrowser(service), { subject })
        answers.push([
          answer.status,
          answer.headers.get('Location'),
          Object.keys(answer.cookies),
          Object.keys(answer.body ?? {}),
        ])
        expect(service.mailTo(email)).toHaveLength(1)
      }
      expect(answers[0]).toEqual(answers[1])
    },
  )

  it('that is missing makes no account, nor one that nobody can prove without mail', async () => {
    const without = { sub: crypto.randomUUID() }
    expectProblem(
      await (await tokenSignIn(service, { subject: without })).confirm(),
      400,
      'social-no-address',
    )
    const provider = standIn()
    const silent = ownService(SOCIAL_SETTINGS, {}, playedBy(provider))
    const subject = { ...newSubject(), email: newEmail() }
    const { confirm } = await tokenSignIn(Object.assign(silent, { provider }), { subject })
    expectProblem(await confirm(), 400, 'social-no-address')
  })

  it('REG-05: is taken in its canonical form, and refused where it is none (GHSA-7rqj-j65f-68wh)', async () => {
    const own = newSubject()
    const answer = await (
      await tokenSignIn(service, { subject: { ...own, email: own.email.toUpperCase() } })
    ).confirm()
    expect(answer).toMatchObject({ status: 201 })
    for (const email of [
      'ada@example.com＠acme.example',
      'ada@acme.example@evil.example',
      'ada＠acme.example',
    ]) {
      const other = await (await tokenSignIn(service, { subject: { ...newSubject(), email } })).confirm()
      expectProblem(other, 400, 'social-no-address')
    }
  })
})

function tokenIn(of: SocialService, email: string): string {
  const texts = of.mailTo(email).map(({ text }) => /[?&#]token=([\w-]{43})/.exec(text)?.[1])
  return texts.find((token) => token !== undefined) ?? ''
}

describe.each(['session', 'token'] as const)('SOC-03: an address that has an account, in %s mode', (mode) => {
  it('links nothing, even where the provider has proven it; its owner signs in once and connects', async () => {
    const ada = await signedInPerson({ mode, service })
    await prove(ada)
    const input = atGitHub(ada.email)
    const client = await offered(mode, input)
    expect(await rowsOf(ada.userId)).toEqual([])
    // Without a session nobody connects anything.
    expectProblem(await client.connect(), 401, 'authentication-required')
    await client.signIn({ email: ada.email, password: PASSWORD })
    expect((await client.connect()).status).toBe(204)
    expect(await rowsOf(ada.userId)).toMatchObject([
      { provider: 'github', subject: input.subject.sub, email: ada.email },
    ])
    expect(service.mailTo(ada.email).map(({ subject }) => subject)).toContain(
      'A sign-in provider was connected to your auth.example.com account',
    )
    // An offer is used once.
    expectProblem(
      await client.connect(),
      mode === 'session' ? 422 : 400,
      mode === 'session' ? 'invalid-input' : 'social-refused',
    )
  })

  it('is not connected to the account of another address, nor later than a recent sign-in', async () => {
    const ada = await signedInPerson({ mode, service })
    const mallory = await signedInPerson({ mode, service })
    const client = await offered(mode, atGitHub(ada.email))
    await client.signIn({ email: mallory.email, password: PASSWORD })
    expectProblem(await client.connect(), 409, 'account-mismatch')
    await client.signIn({ email: ada.email, password: PASSWORD })
    service.ahead = 601
    expectProblem(
      await client.connect(),
      401,
      mode === 'session' ? 'insufficient-user-authentication' : 'insufficient-user-authentication',
    )
    expect(await rowsOf(ada.userId)).toEqual([])
  })

  it('GHSA-g38m-r43w-p2q7: gives whoever planted the account nothing of it', async () => {
    const planted = await signedInPerson({ mode, service })
    // Mallory registered Ada's address, and connected an identity of hers.
    expect((await linkIn(service, planted, { subject: newSubject() })).status).toBe(
      mode === 'session' ? 303 : 204,
    )
    const input = atGitHub(planted.email)
    const client = await offered(mode, input)
    const asked = await client.browser.request('POST', '/login/link', { body: { email: planted.email } })
    const token = tokenIn(service, planted.email)
    await client.confirmLink({ token, binding: asked.body.binding })
    // The first proof has dropped what was planted: password, sessions, identities.
    expect((await planted.get('/me')).status).toBe(401)
    const body = { email: planted.email, password: PASSWORD, mode }
    expectProblem(await send(service, 'POST', '/login', { body }), 401, 'invalid-credentials')
    expect(await rowsOf(planted.userId)).toEqual([])
    expect((await client.connect()).status).toBe(204)
    expect(await rowsOf(planted.userId)).toMatchObject([{ subject: input.subject.sub }])
  })
})

/** Returns a client that came back from a provider, and was told that an account has the address. */
async function offered(mode: 'session' | 'token', input: ReturnType<typeof atGitHub>) {
  const browser = newBrowser(service)
  let offer: string | undefined
  let headers: Record<string, string> = {}
  if (mode === 'session') {
    const answer = await signInAt(service, browser, input)
    expect(answer.headers.get('Location')).toBe('/login/connect')
    const page = await browser.request('GET', '/login/connect', { headers: { Accept: 'text/html' } })
    expect(page.text).toContain('GitHub')
  } else {
    const answer = await (await tokenSignIn(service, input)).confirm()
    expect(answer).toMatchObject({ status: 200, body: { next: ['sign-in'] } })
    expect(Object.keys(answer.body).sort()).toEqual(['expires_in', 'next', 'offer'])
    offer = answer.body.offer
  }
  const keep = (answer: Awaited<ReturnType<Browser['request']>>) => {
    expect(answer.status, answer.text).toBe(200)
    if (mode === 'token') headers = clientOf(service, mode, answer).headers
  }
  return {
    browser,
    async signIn(body: object) {
      keep(await browser.request('POST', '/login', { body: { ...body, mode } }))
    },
    async confirmLink(body: object) {
      keep(await browser.request('POST', '/login/link/confirm', { body: { ...body, mode } }))
    },
    connect: () => browser.request('POST', '/identities/connect', { headers, body: { offer } }),
  }
}

describe.each(['session', 'token'] as const)('an account of one’s own, in %s mode', (mode) => {
  it('is connected to a provider and disconnected again, and its owner is notified of both', async () => {
    const ada = await signedInPerson({ mode, service })
    const subject = newSubject()
    expect((await linkIn(service, ada, { subject })).status).toBe(mode === 'session' ? 303 : 204)
    const { body } = await ada.get('/identities')
    expect(body.identities).toMatchObject([
      { provider: 'acme', label: 'acme', email: subject.email, last_used_at: null },
    ])
    const signedIn = await (await tokenSignIn(service, { subject })).confirm()
    expect(signedIn).toMatchObject({ status: 200, body: { user: { id: ada.userId } } })
    const [identity] = body.identities
    expectProblem(await ada.post('/identities/%00/remove'), 404, 'not-found')
    expect((await ada.post(`/identities/${identity.id}/remove`)).status).toBe(204)
    expect((await ada.get('/identities')).body).toEqual({ identities: [] })
    expect(service.mailTo(ada.email).map((mail) => mail.subject)).toEqual([
      'A sign-in provider was connected to your auth.example.com account',
      'A sign-in provider was disconnected from your auth.example.com account',
    ])
    const { body: activity } = await ada.get('/me/activity')
    expect(activity.events.map(({ event }: { event: string }) => event)).toEqual(
      expect.arrayContaining(['identity-linked', 'identity-unlinked']),
    )
  })

  it('is connected by a recent sign-in, to no identity of another account, and by its own session alone', async () => {
    const ada = await signedInPerson({ mode, service })
    const grace = await signedInPerson({ mode, service })
    const subject = newSubject()
    await linkIn(service, ada, { subject })
    expectProblem(await linkIn(service, grace, { subject }), 409, 'identity-refused')
    // SOC-02: the same subject at another issuer is another person.
    const atGoogle = { provider: 'google', subject }
    expect((await linkIn(service, grace, atGoogle)).status).toBe(mode === 'session' ? 303 : 204)
    service.ahead = 601
    const late = await ada.post('/identities/acme/link', { return_to: 'https://app.example.com/' })
    expectProblem(late, 401, 'insufficient-user-authentication')
    const [{ id = '' } = {}] = (await ada.get('/identities')).body.identities
    expectProblem(await ada.post(`/identities/${id}/remove`), 401, 'insufficient-user-authentication')
  })

  it('does not get what another session began, nor anything once its own is over', async () => {
    const ada = await signedInPerson({ mode, service })
    const grace = await signedInPerson({ mode, service })
    const begun = await ada.post('/identities/acme/link', { return_to: 'https://app.example.com/' })
    const subject = newSubject()
    const back = await service.provider.authorize(begun.body.authorization_url, subject)
    const binding = begun.body.binding ?? begun.cookies['__Host-social']
    const parameters = Object.fromEntries(back.searchParams)
    const answers =
      mode === 'session'
        ? [grace.headers.Cookie, ''].map((cookie) =>
            send(service, 'GET', `${back.pathname}${back.search}`, {
              headers: { Cookie: `${cookie}; __Host-social=${binding}` },
            }),
          )
        : [
            grace.post('/identities/confirm', { ...parameters, binding }),
            send(service, 'POST', '/login/social/confirm', { body: { ...parameters, binding } }),
          ]
    for (const answer of await Promise.all(answers)) expectProblem(answer, 400, 'social-refused')
    expect(
      await env.DB.prepare('SELECT 1 FROM identities WHERE subject = ?1').bind(subject.sub).first(),
    ).toBeNull()
  })

  it('is connected to nothing by a session that ends meanwhile', async () => {
    const ada = await signedInPerson({ mode, service })
    const { identities } = service.services.socialPart ?? {}
    const now = Math.floor(Date.now() / 1000)
    const by = { userId: ada.userId, sessionId: ada.sessionId, mode, source: SOURCE, now }
    const link = async () => {
      const id = crypto.randomUUID().replaceAll('-', '').slice(0, 22)
      const identity = { id, userId: ada.userId, issuer: 'https://id.example', subject: id, provider: 'acme' }
      const used = { id: id.split('').reverse().join(''), expiresAt: now + 60 }
      const stored = { ...identity, email: null, createdAt: now, lastUsedAt: null }
      return (await identities?.link(stored, { ...by, used }))?.outcome
    }
    expect(await link()).toBe('linked')
    await ada.post('/logout')
    expect(await link()).not.toBe('linked')
    expect(await rowsOf(ada.userId)).toHaveLength(1)
  })

  it('keeps its last way in', async () => {
    const ada = await signedInPerson({ mode, service })
    const ids = []
    for (const subject of [newSubject(), newSubject()]) {
      await linkIn(service, ada, { subject })
    }
    for (const { id } of (await ada.get('/identities')).body.identities) ids.push(id)
    await env.DB.prepare('UPDATE users SET password_hash = NULL WHERE id = ?1').bind(ada.userId).run()
    const { identities } = service.services.socialPart ?? {}
    const by = {
      userId: ada.userId,
      sessionId: ada.sessionId,
      mode,
      source: SOURCE,
      now: Math.floor(Date.now() / 1000),
    } as const
    const unlink = async (id: string, ways = {}) => {
      const others = { mail: false, passkeys: true, providers: ['acme'], ...ways }
      return (await identities?.unlink(id, by, others))?.outcome
    }
    const [first = '', second = ''] = ids
    // An identity of a provider that is not configured any more opens nothing.
    expect(await unlink(first, { providers: ['google'] })).toBe('last-way-in')
    const both = await Promise.all([unlink(first), unlink(second)])
    expect([...both].sort()).toEqual(['last-way-in', 'unlinked'])
    const left = both[0] === 'unlinked' ? second : first
    await addPasskey(ada)
    expect(await unlink(left, { passkeys: false })).toBe('last-way-in')
    expect(await unlink(left)).toBe('unlinked')
    expect(await unlink(left)).toBe('unknown')
  })
})

it('LOG-04: an account that is disabled, or whose address must be proven and is not, is not signed in to', async () => {
  const strict = socialService({ REGISTRATION: 'verified', EMAIL_VERIFICATION: 'required' })
  const ada = await signedInPerson({ mode: 'token', service })
  const subject = newSubject()
  await linkIn(service, ada, { subject })
  expectProblem(await (await tokenSignIn(strict, { subject })).confirm(), 400, 'social-refused')
  expect((await (await tokenSignIn(service, { subject })).confirm()).status).toBe(200)
  await env.DB.prepare('UPDATE users SET disabled_at = 1 WHERE id = ?1').bind(ada.userId).run()
  expectProblem(await (await tokenSignIn(service, { subject })).confirm(), 400, 'social-refused')
})

it('REG-02: where registration is closed, an identity without an account gets none', async () => {
  const closed = socialService({ REGISTRATION: 'closed' })
  for (const subject of [newSubject(), { ...newSubject(), email: newEmail() }]) {
    expectProblem(await (await tokenSignIn(closed, { subject })).confirm(), 403, 'registration-closed')
  }
})

it('an account that is deleted takes its identities along', async () => {
  const ada = await signedInPerson({ mode: 'token', service })
  await linkIn(service, ada, { subject: newSubject() })
  expect((await ada.post('/me/delete', { password: PASSWORD })).status).toBe(204)
  expect(await rowsOf(ada.userId)).toEqual([])
})
