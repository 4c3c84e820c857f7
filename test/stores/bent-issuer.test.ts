import { env } from 'cloudflare:workers'
import { describe, expect, inject, it } from 'vitest'
import { createSocialLoginBy } from '../../src/wiring/create-social-login'
import { type MailingService, mailingService } from '../support/mail'
import { expectProblem, newAddress, read, send } from '../support/person'
import { type Browser, newBrowser, pathOf, SOCIAL_SETTINGS } from '../support/providers'
import { ALL_PARTS } from '../support/service'
import { agree } from './agree'

// A foreign provider whose own answers are bent on their way: one flaw in each, everything else as it says it (test/stores/bent-answers.ts).

const { issuer } = inject('issuer')

const SETTINGS = {
  ALLOWED_ORIGINS: 'https://app.example.com',
  SOCIAL_PROVIDERS: 'panva',
  SOCIAL_PANVA_ISSUER: issuer,
  SOCIAL_PANVA_CLIENT_ID: 'janus',
  SOCIAL_PANVA_CLIENT_SECRET: 'a-secret-of-thirty-two-characters',
  SOCIAL_PANVA_DOMAINS: 'panva.example',
}
const service = mailingService(SETTINGS)

async function everything() {
  const count = (table: string) => `(SELECT count(*) FROM ${table}) AS ${table}`
  return env.DB.prepare(`SELECT ${['users', 'sessions', 'identities'].map(count).join()}`).first()
}

const newLogin = (way: string) => `${way}.${crypto.randomUUID().slice(0, 8)}`

/** Signs in there as somebody, as far as the way back. */
async function cameBack(browser: Browser, login: string): Promise<URL> {
  const begun = await browser.request('POST', '/login/social/panva', { body: { mode: 'session' } })
  return agree(begun.body.authorization_url, login)
}

/** As an app in token mode, with all that it hands on. */
async function appConfirms(login: string) {
  const body = { mode: 'token', return_to: 'https://app.example.com/signed-in' }
  const begun = await send(service, 'POST', '/login/social/panva', { body })
  const callback = await send(
    service,
    'GET',
    pathOf(service, await agree(begun.body.authorization_url, login)),
  )
  const { searchParams } = new URL(callback.headers.get('Location') ?? '')
  const parameters = { ...Object.fromEntries(searchParams), binding: begun.body.binding }
  return send(service, 'POST', '/login/social/confirm', { body: parameters })
}

const reasons = (of: MailingService) =>
  of.log.filter(({ event }) => event === 'social-refused').map(({ reason }) => reason)

describe.each(['session', 'token'] as const)('SOC-04, INC-29: a foreign provider, in %s mode', (mode) => {
  it.each([
    ['issuer', 'jwt-claim-comparison-failed'],
    ['audience', 'jwt-claim-comparison-failed'],
    ['party', 'jwt-claim-comparison-failed'],
    ['nonce', 'jwt-claim-comparison-failed'],
    ['no-nonce', 'invalid-response'],
    ['expired', 'jwt-timestamp-check-failed'],
    ['at-hash', 'at-hash'],
    ['key', 'invalid-response'],
    ['kid', 'key-selection-failed'],
    ['hmac', 'invalid-response'],
    ['none', 'invalid-response'],
    ['subject', 'json-attribute-comparison-failed'],
  ])('lets nobody in whose answer is bent: %s', async (way, reason) => {
    const before = await everything()
    const login = newLogin(way)
    const answer = mode === 'token' ? await appConfirms(login) : await inBrowser(newBrowser(service), login)
    expectProblem(answer, 400, 'social-refused')
    expect(reasons(service).at(-1)).toBe(reason)
    expect(await everything()).toEqual(before)
    expect(answer.cookies).toEqual({})
  })

  it.each(['text', 'unproven', 'domain'])(
    'SOC-03: makes no account of an address that it has not proven: %s',
    async (way) => {
      const before = await everything()
      const login = newLogin(way)
      if (mode === 'token') {
        expect(await appConfirms(login)).toMatchObject({ status: 200, body: { next: ['mail'] } })
      } else {
        const answer = await inBrowser(newBrowser(service), login)
        expect(answer.headers.get('Location')).toBe('/mail-sent?for=register')
      }
      expect(await everything()).toEqual(before)
    },
  )
})

async function inBrowser(browser: Browser, login: string) {
  return browser.request('GET', pathOf(service, await cameBack(browser, login)))
}

describe('SOC-05: the answer that a browser brings from a foreign provider', () => {
  it.each([
    ['names another issuer', (back: URL) => back.searchParams.set('iss', 'https://evil.example')],
    ['names no issuer', (back: URL) => back.searchParams.delete('iss')],
  ])('is refused if it %s (RFC 9207)', async (_, bend) => {
    const before = await everything()
    const browser = newBrowser(service)
    const back = await cameBack(browser, newLogin('ada'))
    bend(back)
    expectProblem(await browser.request('GET', pathOf(service, back)), 400, 'social-refused')
    expect(await everything()).toEqual(before)
  })

  it('SOC-01: is refused with the state of another sign-in, of the same browser and of another', async () => {
    const before = await everything()
    const [ada, eve] = [newBrowser(service), newBrowser(service)]
    const own = await cameBack(ada, newLogin('ada'))
    const others = [await cameBack(ada, newLogin('ada')), await cameBack(eve, newLogin('eve'))]
    for (const other of others) {
      const swapped = new URL(own)
      swapped.searchParams.set('state', other.searchParams.get('state') ?? '')
      expectProblem(await ada.request('GET', pathOf(service, swapped)), 400, 'social-refused')
    }
    // Another's answer, whole: as a link that somebody was sent.
    const [, foreign] = others
    expectProblem(await ada.request('GET', pathOf(service, foreign ?? own)), 400, 'social-refused')
    expect(await everything()).toEqual(before)
  })

  it('SOC-01: is not taken as a form from the site of the provider, where that was not asked for', async () => {
    const browser = newBrowser(service)
    const begun = await browser.request('POST', '/login/social/panva', { body: { mode: 'session' } })
    const url = new URL(begun.body.authorization_url)
    url.searchParams.set('response_mode', 'form_post')
    const back = await agree(url.href, newLogin('ada'))
    expect(back.searchParams.get('code')).not.toBeNull()
    const before = await everything()
    expectProblem(await posted(service, back), 404, 'not-found')
    expect(await everything()).toEqual(before)
  })
})

it('SOC-05: a server that hands on what a foreign provider says of itself is not that provider', async () => {
  // Another address of the same server, as a proxy in front of it would be.
  const lying = mailingService({ ...SETTINGS, SOCIAL_PANVA_ISSUER: issuer.replace('127.0.0.1', 'localhost') })
  const answer = await send(lying, 'POST', '/login/social/panva', { body: { mode: 'session' } })
  expectProblem(answer, 502, 'provider-unavailable')
})

/** Posts an answer from the site of the provider: no cookie comes along. */
async function posted(of: MailingService, back: URL) {
  const headers = {
    'CF-Connecting-IP': newAddress(),
    'Content-Type': 'application/x-www-form-urlencoded',
    Origin: issuer,
    'Sec-Fetch-Site': 'cross-site',
  }
  const request = new Request(`${back.origin}${back.pathname}`, {
    method: 'POST',
    headers,
    redirect: 'manual',
    body: back.searchParams,
  })
  return read(await of.fetch(request))
}

/** Returns a Janus whose Apple is the foreign provider. What Apple checks of the secret of a client, that provider does not know. */
function serviceWithApple(): MailingService {
  const toForeign = async (text: string, init: RequestInit) => {
    const path = { '/auth/token': '/token', '/auth/keys': '/jwks' }[new URL(text).pathname]
    const body = init.body === undefined ? null : new URLSearchParams(String(init.body))
    body?.set('client_secret', SETTINGS.SOCIAL_PANVA_CLIENT_SECRET)
    return fetch(`${issuer}${path}`, { ...init, ...(body ? { body } : {}) })
  }
  return mailingService(
    { ...SOCIAL_SETTINGS, SOCIAL_PROVIDERS: 'apple' },
    { ...ALL_PARTS, createSocialLogin: (settings) => createSocialLoginBy(settings, { send: toForeign }) },
  )
}

it('SOC-01: a form that a foreign provider posts across sites signs in only the browser that began', async () => {
  const own = serviceWithApple()
  const [ada, eve] = [newBrowser(own), newBrowser(own)]
  const begun = await ada.request('POST', '/login/social/apple', { body: { mode: 'session' } })
  const asked = new URL(begun.body.authorization_url)
  expect(asked.searchParams.get('response_mode')).toBe('form_post')
  const back = await agree(`${issuer}/auth${asked.search}`, newLogin('apple'))
  // Apple names no issuer beside its answer.
  back.searchParams.delete('iss')
  const before = await everything()
  const answer = await posted(own, back)
  expect([answer.status, answer.cookies]).toEqual([303, {}])
  expect(await everything()).toEqual(before)
  const path = answer.headers.get('Location') ?? ''
  expectProblem(await eve.request('GET', path), 400, 'social-refused')
  expect(await everything()).toEqual(before)
  expect((await ada.request('GET', path)).status).toBe(303)
  expect((await ada.request('GET', '/me')).status).toBe(200)
  expectProblem(await eve.request('GET', '/me'), 401, 'authentication-required')
})
