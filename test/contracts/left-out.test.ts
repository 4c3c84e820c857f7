import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { allParts } from '../../src/all-parts'
import { createJanus, type JanusOptions } from '../../src/janus'
import { mailingService } from '../support/mail'
import { addPasskey } from '../support/passkeys'
import { expectProblem, newAddress, read, send, signedInPerson } from '../support/person'
import { pendingOf, personWithTotp, setVerified } from '../support/second-factor'
import { ALL_PARTS, ownService } from '../support/service'

const { createPasskeys, createSecondFactors } = ALL_PARTS
const PAGE = { Accept: 'text/html' }

/** The routes of a part: what a service without it does not have. */
const ROUTES = {
  passkeys: [
    'GET /passkeys',
    'POST /passkeys',
    'POST /passkeys/options',
    'POST /passkeys/some-id/rename',
    'POST /passkeys/some-id/remove',
    'POST /login/passkey/options',
    'POST /login/passkey',
  ],
  'second factors': [
    'GET /me/second-factor',
    'POST /me/second-factor/remove',
    'POST /me/totp',
    'POST /me/totp/confirm',
    'POST /me/recovery-codes',
    'POST /login/second-factor',
    'GET /login/second-factor',
  ],
} as const

/** The service without a part. */
const WITHOUT = {
  passkeys: () => mailingService({}, { createSecondFactors }),
  'second factors': () => mailingService({}, { createPasskeys }),
} as const

describe.each(['passkeys', 'second factors'] as const)('a service that is made without %s', (part) => {
  it.each(['session', 'token'] as const)('has none of their routes, in %s mode', async (mode) => {
    const ada = await signedInPerson({ mode, service: WITHOUT[part]() })
    for (const route of ROUTES[part]) {
      const [method = '', path = ''] = route.split(' ')
      const answer = method === 'GET' ? await ada.get(path) : await ada.post(path, {})
      expect(answer.status, route).toBe(404)
    }
    // The others are there.
    expect((await ada.get('/me')).status).toBe(200)
  })

  it('shows nothing of them on its pages, and does its work in the background', async () => {
    const service = WITHOUT[part]()
    const whole = mailingService()
    const ada = await signedInPerson({ mode: 'session', service })
    const headers = { ...PAGE, ...ada.headers }
    const pages = await Promise.all(
      [service, whole].map(async (each) => [
        (await send(each, 'GET', '/login', { headers: PAGE })).text,
        (await send(each, 'GET', '/account', { headers })).text,
      ]),
    )
    const words = part === 'passkeys' ? /passkey/i : /second-factor-section|\/me\/totp/
    expect(pages[0]?.map((text) => words.test(text))).toEqual([false, false])
    expect(pages[1]?.some((text) => words.test(text))).toBe(true)
    await service.sweep()
    expect(service.log.filter(({ event }) => event === 'sweep-failed')).toEqual([])
  })
})

describe.each(['session', 'token'] as const)('an account with a second factor, in %s mode', (mode) => {
  const countSessions = async (userId: string) =>
    env.DB.prepare('SELECT count(*) AS n FROM sessions WHERE user_id = ?1').bind(userId).first('n')

  it.each(['password', 'link'] as const)(
    'MFA-01: is not signed in to by %s where second factors were left out',
    async (way) => {
      const { person } = await personWithTotp(mode, mailingService())
      const { email, password, userId } = person
      const service = WITHOUT['second factors']()
      const before = await countSessions(userId)
      const signIn = async () => {
        if (way === 'password') return send(service, 'POST', '/login', { body: { email, password, mode } })
        const asked = await send(service, 'POST', '/login/link', { body: { email } })
        const body = { token: service.tokenFor(email), binding: asked.body.binding, mode }
        return send(service, 'POST', '/login/link/confirm', { body })
      }
      const answer = await signIn()
      expect(answer).toMatchObject({ status: 500, body: { code: 'internal-error' }, cookies: {} })
      expect(answer.text).not.toMatch(/token|session/)
      expect(await countSessions(userId)).toBe(before)
      expect(service.log).toContainEqual({ event: 'second-factors-left-out', user_id: userId })
      // Nothing was used up or lost: where they are there, the person signs in as before.
      const asBefore = await send(mailingService(), 'POST', '/login', { body: { email, password, mode } })
      expect(asBefore).toMatchObject({ status: 200, body: { next: ['totp', 'recovery-code'] } })
    },
  )

  it('still can be used in the sessions that there are', async () => {
    const { session } = await personWithTotp(mode)
    const service = WITHOUT['second factors']()
    expect((await send(service, 'GET', '/me', { headers: session.headers })).status).toBe(200)
  })
})

it('a passkey opens nothing where passkeys were left out', async () => {
  const ada = await signedInPerson({ mode: 'session' })
  await addPasskey(ada)
  const options = await send(WITHOUT.passkeys(), 'POST', '/login/passkey/options', { body: {} })
  expect(options.status).toBe(404)
})

describe.each(['session', 'token'] as const)('an account with passkeys alone, in %s mode', (mode) => {
  const settings = { SECOND_FACTOR: 'required', REGISTRATION: 'verified' }
  const parts = { createSecondFactors }

  it('MFA-01: waits for nothing where a second factor is required and passkeys were left out', async () => {
    const service = mailingService(settings, parts)
    const ada = await signedInPerson({ mode, service: mailingService() })
    await setVerified(ada, 1)
    await addPasskey(ada)
    const { email, password, userId } = ada
    const byPassword = await send(service, 'POST', '/login', { body: { email, password, mode } })
    const asked = await send(service, 'POST', '/login/link', { body: { email } })
    const link = { token: service.tokenFor(email), binding: asked.body.binding, mode }
    const byLink = await send(service, 'POST', '/login/link/confirm', { body: link })
    for (const answer of [byPassword, byLink]) {
      expect(answer).toMatchObject({ status: 200, body: { next: [] } })
      expect(answer.text).not.toMatch(/access_token|session/)
    }
    expect(service.log).toContainEqual({ event: 'passkeys-left-out', user_id: userId })
    // Nobody sets up another factor in its place. Its owner removes it by mail, after the delay.
    const path = '/login/second-factor/recovery'
    const [first, second] = [pendingOf(byPassword), pendingOf(byLink)]
    for (const step of [first, second]) {
      const setUp = await send(service, 'POST', '/login/second-factor/set-up/totp', step)
      expectProblem(setUp, 401, 'sign-in-expired')
    }
    expectProblem(await send(service, 'POST', path, first), 409, 'mailbox-not-proven')
    expect((await send(service, 'POST', path, second)).status).toBe(202)
  })

  if (mode === 'token') return

  it.each([
    [
      '72',
      ['doesn’t accept passkeys', 'nimmt zurzeit keine Passkeys an', 'no acepta llaves de acceso'],
      true,
    ],
    ['none', ['Ask the people who run', 'Bitten Sie die Betreiber', 'Pida ayuda a quienes'], false],
  ] as const)('is told so by the page, and what to do: SECOND_FACTOR_RECOVERY_HOURS=%s', async (...row) => {
    const [hours, sentences, byMail] = row
    const service = mailingService({ ...settings, SECOND_FACTOR_RECOVERY_HOURS: hours }, parts)
    const ada = await signedInPerson({ mode, service: mailingService() })
    await setVerified(ada, 1)
    await addPasskey(ada)
    const form = new Request(`${service.issuer}/login`, {
      method: 'POST',
      headers: { Accept: '*/*', 'Sec-Fetch-Site': 'same-origin', 'CF-Connecting-IP': newAddress() },
      body: new URLSearchParams({ email: ada.email, password: ada.password }),
      redirect: 'manual',
    })
    const first = await read(await service.fetch(form))
    const target = first.headers.get('Location') ?? ''
    expect(target).toBe('/login/second-factor?by=none')
    for (const [index, language] of ['en', 'de', 'es'].entries()) {
      const { text } = await send(service, 'GET', target, {
        headers: { ...PAGE, 'Accept-Language': language },
      })
      expect(text).toContain((sentences[index] ?? '').replace('’', '&#39;'))
      expect(text.includes('href="/login/second-factor/recovery"')).toBe(byMail)
      expect(text).not.toMatch(/name="(recovery_)?code"|data-passkey/)
    }
  })
})

it.each([
  ['PASSKEY_RP_ID', { PASSKEY_RP_ID: 'example.com' }],
  ['PASSKEY_ORIGINS', { PASSKEY_ORIGINS: 'https://app.example.com' }],
  ['PASSKEY_APPLE_APPS', { PASSKEY_APPLE_APPS: 'ABCDE12345.com.example.app' }],
  ['PASSKEY_ANDROID_APPS', { PASSKEY_ANDROID_APPS: `com.example.app:${'AB:'.repeat(31)}AB` }],
])('is not served without passkeys where %s is set', async (setting, settings) => {
  const janus = createJanus({ ...env, ISSUER: 'https://example.com', ...settings }, { log: () => {} })
  expect(janus.services).toBeNull()
  const ready = await (await janus.request('/readyz')).text()
  expect(ready).toContain(`${setting} is set, and createJanus was not given createPasskeys`)
  // Turned off, they may stand in the settings.
  const off = createJanus({ ...env, PASSKEY_RP_ID: 'none' }, { log: () => {} })
  expect(off.services?.config.passkeyRpId).toBeNull()
})

it.each([
  ['onEvent', {}, { onEvent: () => {} }],
  [
    'WEBHOOK_URL',
    { WEBHOOK_URL: 'https://hooks.example.com/janus', WEBHOOK_SECRET: `whsec_${btoa('x'.repeat(32))}` },
    {},
  ],
  ['JANUS_EVENTS', { JANUS_EVENTS: { send: async () => {}, sendBatch: async () => {} } }, {}],
])('is not served without events where there is somebody to tell: %s', async (what, settings, options) => {
  const janus = createJanus({ ...env, ...settings }, { log: () => {}, ...options })
  expect(janus.services).toBeNull()
  const ready = await (await janus.request('/readyz')).text()
  expect(ready).toMatch(new RegExp(`${what}[^"]*, and createJanus was not given createEvents`))
})

it('is served without any part', async () => {
  const janus = createJanus({ ...env }, { log: () => {}, defer: () => {} })
  expect(janus.services).toMatchObject({ mail: null, passkeyPart: null, secondFactorPart: null })
  expect(ownService().services.secondFactorPart).not.toBeNull()
})

it('is not served without the human check where a widget is configured', async () => {
  const keys = {
    TURNSTILE_SITE_KEY: '0x4AAAAAAAsitekey',
    TURNSTILE_SECRET_KEY: '0x4AAAAAAA-a-secret-of-ours',
  }
  const janus = createJanus({ ...env, ...keys }, { log: () => {} })
  expect(janus.services).toBeNull()
  expect(await (await janus.request('/readyz')).text()).toContain(
    'TURNSTILE_SITE_KEY is set, and createJanus was not given createHumanCheck',
  )
  const { createHumanCheck } = ALL_PARTS
  expect(createJanus({ ...env, ...keys }, { createHumanCheck, log: () => {} }).services).not.toBeNull()
})

it('is not served without the list of short passwords where they are allowed', async () => {
  const settings = { ...env, PASSWORD_MIN_LENGTH: '14' }
  const janus = createJanus(settings, { log: () => {} })
  expect(janus.services).toBeNull()
  expect(await (await janus.request('/readyz')).text()).toContain(
    'PASSWORD_MIN_LENGTH is 14, and createJanus was not given createShortPasswords',
  )
  const { createShortPasswords } = ALL_PARTS
  expect(createJanus(settings, { createShortPasswords, log: () => {} }).services).not.toBeNull()
  expect(createJanus({ ...env, PASSWORD_MIN_LENGTH: '15' }, { log: () => {} }).services).not.toBeNull()
})

const OWN_ACCOUNT = [
  'PATCH /me',
  'POST /me',
  'POST /me/delete',
  'GET /me/activity',
  'GET /me/export',
  'POST /password',
  'GET /reauthenticate',
  'POST /reauthenticate',
  'GET /sessions',
  'POST /sessions/some-id/end',
  'DELETE /sessions/some-id',
  'GET /devices',
  'POST /devices/some-id/forget',
  'DELETE /devices/some-id',
]

it('an API without pages has the routes of one’s own account only if it is given self-service', async () => {
  const { createSelfService } = ALL_PARTS
  const statuses = async (options: JanusOptions) => {
    const janus = createJanus(env, { log: () => {}, defer: () => {}, ...options })
    const answers = OWN_ACCOUNT.map(async (route) => {
      const [method = '', path = ''] = route.split(' ')
      return (await janus.request(path, { method })).status
    })
    return new Set(await Promise.all(answers))
  }
  // GET /me is there: another method of it is not.
  expect(await statuses({})).toEqual(new Set([404, 405]))
  expect(await statuses({ createSelfService })).toEqual(new Set([401]))
  expect(await statuses({ createPages: allParts.createPages })).toEqual(new Set([401]))
})
