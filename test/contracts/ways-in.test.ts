import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { openRoutesOf } from '../../src/guards/open-route'
import type { Mode } from '../../src/sessions/mode'
import { createAdmin } from '../../src/wiring/create-admin'
import type { SoftPasskey } from '../support/authenticator'
import { enrolApp } from '../support/enrolment'
import { provenPerson } from '../support/links'
import { ask, exchange, locationOf, newClient, OAUTH_SETTINGS, refresh, requestOf } from '../support/oauth'
import { decideDevice, enterCode, newDeviceClient, pollDevice, startDevice } from '../support/oauth-machines'
import { addPasskey, signInWithPasskey, stepByPasskey } from '../support/passkeys'
import { type Answer, newEmail, PASSWORD, type Person, send } from '../support/person'
import {
  goToProvider,
  linkIn,
  newBrowser,
  newSubject,
  type SocialService,
  type Subject,
  socialService,
  tokenSignIn,
} from '../support/providers'
import { codeOf, pendingOf, secondFactorsOf, secondStep, setUpTotp } from '../support/second-factor'
import { appOf } from '../support/service'

// Every way in × what the account has of second factors × what settings require × mode: which credential there is after each step.

const lenient = socialService(OAUTH_SETTINGS)
const POLICIES = {
  optional: { service: lenient, requires: false },
  required: {
    service: socialService({ ...OAUTH_SETTINGS, SECOND_FACTOR: 'required', REGISTRATION: 'verified' }),
    requires: true,
  },
  'of their role': {
    service: socialService({
      ...OAUTH_SETTINGS,
      SECOND_FACTOR: 'roles',
      SECOND_FACTOR_ROLES: 'support, admin',
    }),
    requires: true,
  },
  'of another role': {
    service: socialService({ ...OAUTH_SETTINGS, SECOND_FACTOR: 'roles', SECOND_FACTOR_ROLES: 'owner' }),
    requires: false,
  },
} as const

/** A person, and all that they could present. */
interface Arranged {
  readonly person: Person
  readonly mode: Mode
  readonly subject: Subject
  readonly soft: SoftPasskey | null
  /** Is `true` if the account has an authenticator app. */
  readonly app: boolean
}

type Way = (service: SocialService, of: Arranged) => Promise<Answer>

/** Lists the first steps of a sign-in, up to where a second factor is due. */
const WAYS = {
  password: (service, { person: { email, mode } }) =>
    send(service, 'POST', '/login', { body: { email, password: PASSWORD, mode } }),
  'named password': (service, { person: { email, mode } }) =>
    send(service, 'POST', '/login', {
      body: { email, password: PASSWORD, mode },
      headers: { 'Idempotency-Key': crypto.randomUUID() },
    }),
  link: async (service, { person: { email, mode } }) => {
    const asked = await send(service, 'POST', '/login/link', { body: { email } })
    const body = { token: service.tokenFor(email), binding: asked.body.binding, mode }
    return send(service, 'POST', '/login/link/confirm', { body })
  },
  code: async (service, { person: { email, mode } }) => {
    const asked = await send(service, 'POST', '/login/link', { body: { email } })
    const body = { code: service.codeFor(email), binding: asked.body.binding, mode }
    return send(service, 'POST', '/login/link/confirm', { body })
  },
  social: async (service, { subject, mode }) => {
    if (mode === 'token') return (await tokenSignIn(service, { subject })).confirm()
    const browser = newBrowser(service)
    return browser.request('GET', await goToProvider(service, browser, { subject }))
  },
  passkey: (service, { soft, mode }) => {
    if (!soft) throw new Error('This person has no passkey')
    return signInWithPasskey(service, soft, { mode })
  },
  reset: async (service, { person: { email } }) => {
    await send(service, 'POST', '/password/forgot', { body: { email } })
    const body = { token: service.tokenFor(email), new_password: PASSWORD }
    return send(service, 'POST', '/password/reset', { body })
  },
} satisfies Readonly<Record<string, Way>>

/** Lists ways in that have a test of their own below, because they need more than an existing account. */
const OTHERS = [
  'registration',
  'verified registration',
  'new identity',
  'invitation',
  'recovery',
  'app',
  'device',
  'second step',
  'setting up',
] as const

type Tried = keyof typeof WAYS | (typeof OTHERS)[number]

/** Every route that takes no credential, and what is tried of it here. Nothing: it lets nobody in. A new one has to be put here. */
const OPEN_ROUTES: Readonly<Record<string, readonly Tried[]>> = {
  'POST /register': ['registration', 'verified registration'],
  'POST /email/verify': ['verified registration', 'invitation'],
  'POST /login': ['password', 'named password'],
  'POST /login/link/confirm': ['link', 'code'],
  'POST /login/passkey': ['passkey'],
  'GET /login/social/:provider/callback': ['social', 'new identity'],
  'POST /login/social/confirm': ['social', 'new identity'],
  'POST /login/second-factor': ['second step'],
  'POST /login/second-factor/passkey': ['second step'],
  'POST /login/second-factor/set-up/totp/confirm': ['setting up'],
  'POST /login/second-factor/set-up/passkey': ['setting up'],
  'POST /login/second-factor/recovery': ['recovery'],
  'POST /password/reset': ['reset'],
  'GET /oauth/authorize': ['app'],
  'POST /oauth/authorize': ['app'],
  'GET /oauth/resume': ['app'],
  'POST /oauth/token': ['app', 'device'],
  // Its person decides at /device, and the token endpoint begins what they allowed.
  'POST /oauth/device_authorization': ['device'],
  ...nothing(
    'GET /',
    'POST /login/link',
    'POST /login/other',
    'POST /login/passkey/options',
    'GET /login/social',
    'POST /login/social/:provider',
    'POST /login/social/:provider/callback',
    'POST /login/second-factor/passkey/options',
    'POST /login/second-factor/set-up/totp',
    'POST /login/second-factor/set-up/passkey/options',
    'POST /login/second-factor/recovery/cancel',
    'POST /password/forgot',
    'POST /email/verify/resend',
    'POST /email/change/confirm',
    'POST /oauth/revoke',
    'POST /oauth/introspect',
    'POST /oauth/register',
    'POST /oauth/logout',
    'POST /oauth/userinfo',
    // Of a session that there is.
    'POST /refresh',
    'POST /logout',
  ),
}

function nothing(...routes: readonly string[]): Record<string, readonly Tried[]> {
  return Object.fromEntries(routes.map((route) => [route, []]))
}

/** Every statement that begins a session, by its file, and what is tried of it. In a session that there is, another takes its place. */
const BEGINNINGS: Readonly<Record<string, readonly (Tried | readonly Tried[] | 'in a session')[]>> = {
  // One statement for every app, that on a device too.
  'grants.ts': ['app'],
  // In the session of its person, whose proofs it takes over (test/oauth/api-key-ends.test.ts).
  'api-key-store.ts': ['in a session'],
  'enrolments.ts': ['setting up'],
  'link-uses.ts': ['link'],
  'pending-sign-ins.ts': ['second step'],
  'proven-sign-in.ts': [['passkey', 'social']],
  'second-factor-store.ts': ['in a session'],
  'session-renewal.ts': ['in a session'],
  'own-account-store.ts': ['in a session'],
  'user-store.ts': ['password'],
}

describe('LOG-04: nothing is left out of what is tried here', () => {
  it('every open route', () => {
    const { services } = lenient
    const open = [...openRoutesOf(appOf(services).routes)]
    // A page shows what is there, and begins nothing.
    const isPage = (route: string) => route.startsWith('GET ') && !(route in OPEN_ROUTES)
    expect(open.filter((route) => !isPage(route)).sort()).toEqual(Object.keys(OPEN_ROUTES).sort())
    expect(new Set(Object.values(OPEN_ROUTES).flat())).toEqual(new Set([...Object.keys(WAYS), ...OTHERS]))
  })

  it('every statement that begins a session', () => {
    const sources = import.meta.glob<string>('../../src/**/*.ts', {
      query: '?raw',
      import: 'default',
      eager: true,
    })
    const found = Object.entries(sources).flatMap(([path, text]) => {
      const name = path.split('/').at(-1) ?? ''
      const count = text.match(/[^n] insertSession\w*\(|INSERT INTO sessions\b/g)?.length ?? 0
      return name === 'session-start.ts' || count === 0 ? [] : [[name, count]]
    })
    const known = Object.entries(BEGINNINGS).map(([name, tried]) => [name, tried.length])
    expect(found.sort()).toEqual(known.sort())
  })
})

/** Returns the outcome as the word in a cell of the table. */
function expectedOf(way: string, { soft, app }: Arranged, requires: boolean): string {
  if (way === 'reset') return 'nothing'
  if (way === 'passkey') return 'urn:janus:2fa'
  if (app) return soft ? 'totp, recovery-code, passkey' : 'totp, recovery-code'
  if (!requires) return 'urn:janus:1fa'
  if (soft) return 'passkey'
  return way.includes('password') ? 'link' : 'enrol-totp, enrol-passkey'
}

const STATES = {
  'no second factor': { app: false, passkey: false },
  'an app': { app: true, passkey: false },
  'a passkey': { app: false, passkey: true },
  'an app and a passkey': { app: true, passkey: true },
} as const

async function arrange(mode: Mode, { app, passkey }: { app: boolean; passkey: boolean }): Promise<Arranged> {
  const person = await provenPerson(lenient, mode)
  const subject = newSubject()
  const session = await person.signIn()
  await linkIn(lenient, { ...person, ...session }, { subject })
  const soft = passkey ? (await addPasskey(session)).soft : null
  if (app) await setUpTotp(person, session)
  // Without the events that end sessions where roles change: that is another test.
  await env.DB.prepare('UPDATE users SET roles = ?2 WHERE id = ?1')
    .bind(person.userId, '["writer","admin"]')
    .run()
  return { person, mode, subject, soft, app }
}

/** Returns everything that could act for an account. */
async function credentialsOf(userId: string, { body, cookies }: Answer) {
  const open = await env.DB.prepare('SELECT id FROM sessions WHERE user_id = ?1 AND ended_at IS NULL')
    .bind(userId)
    .all()
  return {
    open: open.results.length,
    given: ['access_token', 'refresh_token', 'account_token', 'session', 'user'].filter(
      (member) => body?.[member] !== undefined,
    ),
    cookies: Object.keys(cookies).filter((name) => /session|refresh/.test(name) && cookies[name] !== ''),
  }
}

const NONE = { open: 0, given: [], cookies: [] }

/** Ends every session, and forgets how much mail and how many tries there were. */
async function forgetSessions(userId: string) {
  await env.DB.batch([env.DB.prepare('DELETE FROM budgets'), env.DB.prepare('DELETE FROM mail_requests')])
  await env.DB.prepare(
    "UPDATE sessions SET ended_at = 1, end_reason = 'signed-out' WHERE user_id = ?1 AND ended_at IS NULL",
  )
    .bind(userId)
    .run()
}

/** Returns the outcome of an answer: the level of a session, the step that is due next, or nothing. */
async function outcomeOf(userId: string, way: string, answer: Answer): Promise<string> {
  const acr = await levelOf(userId)
  if (acr !== null) return acr
  expect(await credentialsOf(userId, answer), way).toEqual(NONE)
  const { location = null } = { location: answer.headers.get('Location') }
  if (answer.body?.next) return answer.body.next.join(', ')
  return location === null ? 'nothing' : (PAGES[location] ?? location)
}

/** Says where a browser is led that came back from a provider. */
const PAGES: Readonly<Record<string, string>> = {
  '/login/second-factor': 'totp, recovery-code',
  '/login/second-factor?with=passkey': 'totp, recovery-code, passkey',
  '/login/second-factor?by=passkey': 'passkey',
  '/login/second-factor/set-up?with=passkey': 'enrol-totp, enrol-passkey',
}

async function levelOf(userId: string): Promise<string | null> {
  const row = await env.DB.prepare('SELECT methods FROM sessions WHERE user_id = ?1 AND ended_at IS NULL')
    .bind(userId)
    .first<{ methods: string }>()
  if (!row) return null
  const methods: { method: string }[] = JSON.parse(row.methods)
  const second = methods.some(({ method }) => /totp|recovery|passkey/.test(method))
  return second ? 'urn:janus:2fa' : 'urn:janus:1fa'
}

describe.each(['session', 'token'] as const)('LOG-04, MFA-01: in %s mode', (mode) => {
  it.each(Object.entries(STATES))('each way in to an account with %s, by each policy', async (_, state) => {
    const arranged = await arrange(mode, state)
    const { person, soft, app } = arranged
    for (const [policy, { service, requires }] of Object.entries(POLICIES)) {
      for (const [way, begin] of Object.entries(WAYS)) {
        if (way === 'passkey' && !soft) continue
        const label = `${way}, ${policy}`
        await forgetSessions(person.userId)
        const answer = await begin(service, arranged)
        const expected = expectedOf(way, arranged, requires)
        const outcome = await outcomeOf(person.userId, label, answer)
        expect(outcome, label).toBe(expected)
        if (expected === 'urn:janus:1fa' || expected === 'nothing' || expected === 'urn:janus:2fa') continue
        const pending = pendingOf({ ...answer, status: answer.status === 303 ? 200 : answer.status })
        const whole = soft
          ? await stepByPasskey(service, pending, soft)
          : app
            ? await secondStep({ ...person, service }, pending, { code: await nextCode(person) })
            : null
        if (whole) {
          expect(whole.status, `${label}: ${whole.text}`).toBe(200)
          expect(await levelOf(person.userId), label).toBe('urn:janus:2fa')
        }
      }
    }
  })

  it.each(['link', 'code', 'social'] as const)(
    'by %s, whoever must have a second factor sets it up before anything',
    async (way) => {
      const { service } = POLICIES.required
      const arranged = await arrange(mode, STATES['no second factor'])
      const { userId } = arranged.person
      await forgetSessions(userId)
      const answer = await WAYS[way](service, arranged)
      expect(await credentialsOf(userId, answer)).toEqual(NONE)
      const whole = await enrolApp(service, pendingOf({ ...answer, status: 200 }))
      expect(whole.status, whole.text).toBe(200)
      expect(whole.body.session.acr).toBe('urn:janus:2fa')
      expect(whole.body.recovery_codes).toHaveLength(10)
      expect(await credentialsOf(userId, whole)).toMatchObject({ open: 1 })
    },
  )

  it('a registration, an address that is proven, and a new identity meet the same gate', async () => {
    const { service } = POLICIES.required
    const email = newEmail()
    const { body: asked } = await send(service, 'POST', '/register', {
      body: { email, password: PASSWORD, mode },
    })
    const verify = { token: service.tokenFor(email), binding: asked.binding, mode }
    const verified = await send(service, 'POST', '/email/verify', { body: verify })
    expect(verified.body).toMatchObject({ email_verified: true, next: ['enrol-totp', 'enrol-passkey'] })
    expect(await credentialsOf(await idOf(email), verified)).toEqual(NONE)
    expect((await enrolApp(service, pendingOf(verified))).body.user.email).toBe(email)

    const arranged = await arrange(mode, STATES['no second factor'])
    const subject = { ...newSubject(), email: `${crypto.randomUUID()}@acme.example`, email_verified: true }
    const made = await WAYS.social(service, { ...arranged, subject })
    expect(await credentialsOf(await idOf(subject.email), made)).toEqual(NONE)
    const whole = await enrolApp(service, pendingOf({ ...made, status: 200 }))
    expect(whole.body.user.email).toBe(subject.email)

    const open = socialService({ SECOND_FACTOR: 'required', MAILER: 'none' })
    const other = newEmail()
    const registered = await send(open, 'POST', '/register', {
      body: { email: other, password: PASSWORD, mode },
    })
    expect(registered.body.next).toEqual(['enrol-totp', 'enrol-passkey'])
    expect(await credentialsOf(await idOf(other), registered)).toEqual(NONE)
    // The same request again, as a second click sends it.
    const again = await send(open, 'POST', '/register', { body: { email: other, password: PASSWORD, mode } })
    expect(await credentialsOf(await idOf(other), again)).toEqual(NONE)
    expect((await enrolApp(open, pendingOf(again))).body.user.email).toBe(other)
  })

  it('an invitation signs nobody in, and whoever took it meets the same gate', async () => {
    const { service } = POLICIES.required
    const arranged = await arrange(mode, STATES['an app'])
    await env.DB.prepare('UPDATE users SET roles = ?2 WHERE id = ?1')
      .bind(arranged.person.userId, '["admin"]')
      .run()
    const pending = pendingOf(await WAYS.password(service, arranged))
    const whole = await secondStep({ ...arranged.person, service }, pending, {
      code: await nextCode(arranged.person),
    })
    const by = { userId: arranged.person.userId, sessionId: whole.body.session.id, mode }
    const email = newEmail()
    const admin = createAdmin({ services: service.services }, { role: 'admin' })
    const invited = await admin.invite(by, { email, mail: false })
    const token = invited.ok ? (invited.link?.slice(-43) ?? '') : ''
    const answer = await send(service, 'POST', '/email/verify', {
      body: { token, new_password: PASSWORD, mode },
    })
    expect(answer.status, answer.text).toBe(200)
    const userId = await idOf(email)
    expect(await credentialsOf(userId, answer)).toEqual(NONE)
    const person = { ...arranged.person, email, userId }
    const first = await WAYS.password(service, { ...arranged, person })
    expect(first.body.next).toEqual(['link'])
    expect(await credentialsOf(userId, first)).toEqual(NONE)
  })

  it('a recovery lets nobody in while it runs, nor when it is over', async () => {
    const { service } = POLICIES.required
    const arranged = await arrange(mode, STATES['an app and a passkey'])
    const { userId } = arranged.person
    await forgetSessions(userId)
    const { headers, body } = pendingOf(await WAYS.link(service, arranged))
    const asked = await send(service, 'POST', '/login/second-factor/recovery', { headers, body })
    expect(asked.status, asked.text).toBe(202)
    expect(await credentialsOf(userId, asked)).toEqual(NONE)
    const dueAt = Date.parse(asked.body.recovery_due_at) / 1000
    await secondFactorsOf(service).factorRecoveries.complete({ userId, language: 'en' }, dueAt)
    await forgetSessions(userId)
    for (const way of ['password', 'link', 'code', 'social'] as const) {
      await forgetSessions(userId)
      const answer = await WAYS[way](service, arranged)
      const next = way === 'password' ? 'link' : 'enrol-totp, enrol-passkey'
      expect(await outcomeOf(userId, way, answer), way).toBe(next)
    }
    expect((await WAYS.passkey(service, arranged)).status).toBe(400)
    expect(await levelOf(userId)).toBeNull()
  })
})

it('LOG-04: an app is given tokens by a session of the level that is required, and by no other', async () => {
  for (const [policy, { service, requires }] of Object.entries(POLICIES)) {
    const arranged = await arrange('session', STATES['no second factor'])
    const client = await newClient({ firstParty: true })
    const session = await arranged.person.signIn()
    const asked = locationOf(await ask(service, requestOf(client, { prompt: 'none' }), session))
    expect(asked.searchParams.get('error'), policy).toBe(requires ? 'login_required' : null)
    expect(asked.searchParams.has('code'), policy).toBe(!requires)
    // Where it was enough when it was given.
    const before = locationOf(await ask(lenient, requestOf(client, { prompt: 'none' }), session))
    const code = before.searchParams.get('code') ?? ''
    const tokens = await exchange(service, client, code)
    expect(tokens.status, `${policy}: ${tokens.text}`).toBe(requires ? 400 : 200)
    const again = locationOf(await ask(lenient, requestOf(client, { prompt: 'none' }), session))
    const given = await exchange(lenient, client, again.searchParams.get('code') ?? '')
    const refreshed = await refresh(service, client, given.body.refresh_token)
    expect(refreshed.status, `${policy}: ${refreshed.text}`).toBe(requires ? 400 : 200)
  }
})

it('LOG-04: a device is given tokens by a session of the level that is required, and by no other', async () => {
  const client = await newDeviceClient()
  for (const [policy, { service, requires }] of Object.entries(POLICIES)) {
    const arranged = await arrange('session', STATES['no second factor'])
    const session = await arranged.person.signIn()
    const allow = async (at: SocialService) => {
      const { body } = await startDevice(lenient, client)
      const page = await enterCode(at, session, body.user_code)
      return page.status === 200 ? { body, decided: await decideDevice(at, session, page) } : null
    }
    // Nobody allows anything in a session that is not enough.
    expect((await allow(service)) === null, policy).toBe(requires)
    // Where it was enough when it was given.
    const before = await allow(lenient)
    expect(before?.decided.status, policy).toBe(200)
    const tokens = await pollDevice(service, client, before?.body.device_code)
    expect(tokens.status, `${policy}: ${tokens.text}`).toBe(requires ? 400 : 200)
    const again = await allow(lenient)
    const given = await pollDevice(lenient, client, again?.body.device_code)
    const refreshed = await refresh(service, client, given.body.refresh_token)
    expect(refreshed.status, `${policy}: ${refreshed.text}`).toBe(requires ? 400 : 200)
  }
})

async function idOf(email: string): Promise<string> {
  const row = env.DB.prepare('SELECT id FROM users WHERE email_canonical = ?1').bind(email)
  return (await row.first<string>('id')) ?? ''
}

/** Returns a code that was not used, however often this is asked: as if the app had just been set up. */
async function nextCode(person: Person): Promise<string> {
  await env.DB.prepare('UPDATE totp_factors SET last_step = 0 WHERE user_id = ?1').bind(person.userId).run()
  return codeOf(person)
}
