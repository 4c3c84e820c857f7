import { env } from 'cloudflare:workers'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { beforeEach, describe, expect, it } from 'vitest'
import { expectProblem } from '../support/person'
import {
  newBrowser,
  postedByApple,
  type SocialService,
  type Subject,
  socialService,
  tokenSignIn,
} from '../support/providers'

// The shapes of what Google, GitHub, Microsoft and Apple answer, as their documentation shows them.

let service: SocialService

beforeEach(() => {
  service = socialService()
})

async function signInBy(provider: string, subject: Subject) {
  return (await tokenSignIn(service, { provider, subject })).confirm()
}

async function identityOf(subject: string) {
  return env.DB.prepare('SELECT * FROM identities WHERE subject = ?1').bind(subject).first()
}

const number = () => crypto.getRandomValues(new Uint32Array(1))[0] ?? 0

describe('Google', () => {
  const google = (others: object = {}): Subject & { email: string } => {
    const sub = `1${number()}${number()}`
    return { sub, azp: 'janus-at-google', email: `ada.${sub}@gmail.com`, email_verified: true, ...others }
  }

  it('is believed an address that it gives out, or manages for the domain', async () => {
    const workspace = { email: `ada.${number()}@workspace.example`, hd: 'workspace.example' }
    for (const subject of [google(), google(workspace)]) {
      const answer = await signInBy('google', subject)
      expect(answer).toMatchObject({
        status: 201,
        body: { user: { email: subject.email, email_verified: true } },
      })
      expect(await identityOf(subject.sub)).toMatchObject({ issuer: 'https://accounts.google.com' })
    }
  })

  it('is not believed an address that somebody has elsewhere, nor what it does not call verified', async () => {
    const elsewhere = { email: `ada.${number()}@yahoo.example` }
    for (const others of [elsewhere, { ...elsewhere, hd: 'workspace.example' }, { email_verified: 'true' }]) {
      expect((await signInBy('google', google(others))).body.next).toEqual(['mail'])
    }
  })

  it('may leave the scheme out of its issuer', async () => {
    const subject = google()
    const first = await signInBy('google', subject)
    service.provider.bend = ({ claims }) => Object.assign(claims, { iss: 'accounts.google.com' })
    const second = await signInBy('google', subject)
    expect(second).toMatchObject({ status: 200, body: { user: first.body.user } })
    service.provider.bend = ({ claims }) => Object.assign(claims, { iss: 'accounts.google.com.evil.example' })
    expectProblem(await signInBy('google', subject), 400, 'social-refused')
  })
})

describe('GitHub', () => {
  const gitHub = (emails: unknown, others: object = {}): Subject => {
    const id = number()
    const user = {
      login: 'ada',
      id,
      node_id: 'MDQ6VXNlcjE=',
      name: 'Ada Lovelace',
      email: 'public@evil.example',
    }
    return { sub: String(id), user: { ...user, ...others }, emails }
  }

  it('is asked for the number of the account and its primary address, with a User-Agent', async () => {
    const email = `ada.${number()}@example.com`
    const subject = gitHub([
      { email: `other.${number()}@example.com`, primary: false, verified: true, visibility: null },
      { email, primary: true, verified: true, visibility: 'private' },
    ])
    const answer = await signInBy('github', subject)
    expect(answer).toMatchObject({ status: 201, body: { user: { email, name: 'Ada Lovelace' } } })
    expect(await identityOf(subject.sub)).toMatchObject({ issuer: 'https://github.com' })
    const asked = service.provider.requests.filter(({ url }) => url.startsWith('https://api.github.com/'))
    expect(asked.map(({ url }) => new URL(url).pathname)).toEqual(['/user', '/user/emails'])
    for (const { headers } of asked) expect(headers.get('User-Agent')).toBe('janus')
  })

  it('Better Auth took the first of the list: is believed no address that is not primary or not verified', async () => {
    const email = `ada.${number()}@example.com`
    for (const emails of [
      [],
      [{ email, primary: true, verified: false }],
      [{ email, primary: false, verified: true }],
      [{ email, primary: 'true', verified: 'true' }],
    ]) {
      expectProblem(await signInBy('github', gitHub(emails)), 400, 'social-no-address')
    }
  })

  it('refuses a code with status 200, and has no account by the name alone', async () => {
    const { forwarded, confirm } = await tokenSignIn(service, { provider: 'github', subject: gitHub([]) })
    expectProblem(await confirm({ code: `${forwarded.searchParams.get('code')}x` }), 400, 'social-refused')
    expectProblem(await signInBy('github', gitHub([], { id: 'ada' })), 400, 'social-refused')
  })
})

describe('Microsoft', () => {
  const CONSUMERS = '9188040d-6c67-4c5b-b112-36a304b66dad'
  const microsoft = (others: object = {}) => {
    const oid = crypto.randomUUID()
    const email = `ada.${oid}@tenant.example`
    return { sub: `sub-${oid}`, oid, tid: crypto.randomUUID(), ver: '2.0', name: 'Ada', email, ...others }
  }

  it('knows people by their object in their tenant', async () => {
    const subject = microsoft({ xms_edov: true })
    const first = await signInBy('microsoft', subject)
    expect(first.status).toBe(201)
    const { oid, tid } = subject
    const issuer = `https://login.microsoftonline.com/${tid}/v2.0`
    expect(await identityOf(oid)).toMatchObject({ issuer, provider: 'microsoft' })
    // Registered anew as a client, Janus would be told another `sub`.
    const second = await signInBy('microsoft', { ...subject, sub: 'another' })
    expect(second.body.user).toEqual(first.body.user)
    // The same object of another tenant is another person.
    expect((await signInBy('microsoft', { ...subject, tid: crypto.randomUUID() })).body.next).toEqual([
      'sign-in',
    ])
  })

  it('nOAuth: is not believed what the administrator of a tenant wrote into the address', async () => {
    for (const others of [{}, { email_verified: true }, { xms_edov: 'true' }, { xms_edov: false }]) {
      expect((await signInBy('microsoft', microsoft(others))).body.next).toEqual(['mail'])
    }
    expect((await signInBy('microsoft', microsoft({ tid: CONSUMERS }))).status).toBe(201)
  })

  it('is refused for a token that names another tenant than its issuer, or none', async () => {
    for (const bent of [
      { tid: crypto.randomUUID() },
      { tid: undefined },
      { tid: '../evil' },
      { oid: undefined },
    ]) {
      service.provider.bend = ({ claims }) => Object.assign(claims, bent)
      expectProblem(await signInBy('microsoft', microsoft()), 400, 'social-refused')
    }
  })

  // The keys of every tenant and of personal accounts are in one set.
  it('SOC-04: believes a key only about the issuer that the key set names beside it', async () => {
    const [tid, other] = [crypto.randomUUID(), crypto.randomUUID()]
    const issuer = (tenant: string) => `https://login.microsoftonline.com/${tenant}/v2.0`
    const rows: readonly (readonly [keyIssuer: string | null, status: number])[] = [
      [null, 201],
      [issuer('{tenantid}'), 201],
      [issuer(tid), 201],
      [issuer(other), 400],
      [issuer(CONSUMERS), 400],
      ['', 400],
    ]
    for (const [keyIssuer, status] of rows) {
      service = socialService()
      service.provider.keyIssuer = keyIssuer
      const answer = await signInBy('microsoft', microsoft({ tid, xms_edov: true }))
      expect(answer.status, `a key of ${keyIssuer}`).toBe(status)
      if (status === 400) expectProblem(answer, 400, 'social-refused')
    }
  })

  it.each([
    ['consumers', [CONSUMERS], [crypto.randomUUID()]],
    ['organizations', [crypto.randomUUID()], [CONSUMERS]],
    [
      '9a1b2c3d-0000-4000-8000-000000000001',
      ['9a1b2c3d-0000-4000-8000-000000000001'],
      [CONSUMERS, crypto.randomUUID()],
    ],
  ])('with SOCIAL_MICROSOFT_TENANTS=%s lets these in alone', async (tenants, allowed, others) => {
    service = socialService({ SOCIAL_MICROSOFT_TENANTS: tenants })
    for (const tid of allowed) {
      expect((await signInBy('microsoft', microsoft({ tid, xms_edov: true }))).status).toBe(201)
    }
    for (const tid of others) {
      expectProblem(await signInBy('microsoft', microsoft({ tid, xms_edov: true })), 400, 'social-refused')
    }
  })
})

describe('Apple', () => {
  const apple = (others: object = {}) => {
    const sub = `000123.${crypto.randomUUID().replaceAll('-', '')}.0815`
    return {
      sub,
      email: `${number()}@privaterelay.appleid.com`,
      email_verified: 'true',
      is_private_email: 'true',
      ...others,
    }
  }
  const NAME = JSON.stringify({ name: { firstName: 'Ada', lastName: 'Lovelace' }, email: 'x@evil.example' })

  it('Better Auth #5243, #9491: posts from its own site: the browser is led on by GET, where its cookie is', async () => {
    const ada = newBrowser(service)
    const subject = apple()
    const posted = await postedByApple(service, ada, { subject, user: NAME })
    expect(posted).toMatchObject({ status: 303, cookies: {} })
    const location = posted.headers.get('Location') ?? ''
    // A URL is kept in logs, so the name is not readable there.
    expect(decodeURIComponent(location)).not.toMatch(/Ada|Lovelace/)
    // Neither the post nor another browser signs anybody in.
    expectProblem(await newBrowser(service).request('GET', location), 400, 'social-refused')
    // Chromium sends cookies that are `SameSite=Strict` once it comes from Janus itself.
    const first = await ada.request('GET', location, { headers: { 'Sec-Fetch-Site': 'cross-site' } })
    expect(first).toMatchObject({ status: 200, cookies: {} })
    expect(first.headers.get('Refresh')).toBe(`0;url=${location}`)
    const second = await ada.request('GET', location, { headers: { 'Sec-Fetch-Site': 'same-origin' } })
    expect(second.status).toBe(303)
    expect((await ada.request('GET', '/me')).body.user).toMatchObject({
      email: subject.email,
      name: 'Ada Lovelace',
    })
  })

  it('gives the name of one person to nobody else', async () => {
    const mallory = newBrowser(service)
    const named = await postedByApple(service, mallory, { subject: apple(), user: NAME })
    const profile = new URL(named.headers.get('Location') ?? '', service.issuer).searchParams.get('profile')
    const ada = newBrowser(service)
    const posted = await postedByApple(service, ada, { subject: apple() })
    await ada.request('GET', `${posted.headers.get('Location')}&profile=${profile}`)
    expect((await ada.request('GET', '/me')).body.user.name).toBeNull()
  })

  it('is shown a client secret that was signed for the occasion', async () => {
    const ada = newBrowser(service)
    const posted = await postedByApple(service, ada, { subject: apple() })
    await ada.request('GET', posted.headers.get('Location') ?? '')
    const { body } = service.provider.requests.find(({ url }) => url.endsWith('/auth/token')) ?? {}
    const secret = new URLSearchParams(body).get('client_secret') ?? ''
    expect(decodeProtectedHeader(secret)).toEqual({ alg: 'ES256', kid: 'KEY1234567' })
    const { iat = 0, exp = 0, ...claims } = decodeJwt(secret)
    expect(claims).toEqual({ iss: 'TEAM123456', sub: 'com.example.janus', aud: 'https://appleid.apple.com' })
    expect(exp - iat).toBe(300)
  })

  it('is not believed an address that it does not call verified', async () => {
    for (const email_verified of [false, 'false', undefined]) {
      expect((await signInBy('apple', apple({ email_verified }))).body.next).toEqual(['mail'])
    }
  })

  it('alone may post its answer', async () => {
    const request = new Request(`${service.issuer}/login/social/acme/callback`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'Sec-Fetch-Site': 'cross-site' },
      body: new URLSearchParams({ state: 'x' }),
    })
    expect((await service.fetch(request)).status).toBe(404)
  })
})
