import { env } from 'cloudflare:workers'
import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import { createOwnAccountStore } from '../../src/storage/sql/own-account-store'
import { countingService } from '../support/counting'
import { mailingService } from '../support/mail'
import { addPasskey, signInWithPasskey, stepUpByPasskey } from '../support/passkeys'
import {
  type Answer,
  clientOf,
  expectProblem,
  newEmail,
  PASSWORD,
  type Person,
  type SignedIn,
  send,
  signedInPerson,
} from '../support/person'
import { codeOf, type PersonWithTotp, setUpTotp, wrongCode } from '../support/second-factor'
import { type OwnService, ownService } from '../support/service'
import { stopTime } from '../support/stop-time'

const service = mailingService()
const MINUTE = 60

async function personWithTotp(mode: 'session' | 'token', at: OwnService = service): Promise<PersonWithTotp> {
  const ada = await signedInPerson({ mode, service: at })
  await env.DB.prepare('UPDATE users SET email_verified_at = 1 WHERE id = ?1').bind(ada.userId).run()
  return setUpTotp(ada)
}

const newest = new Map<string, string>()

/** Returns the credential that a client has some time later: in token mode a refreshed one. */
async function aged({ mode, headers, refreshToken, sessionId }: SignedIn, at: OwnService = service) {
  if (mode === 'session') return headers
  const refresh_token = newest.get(sessionId) ?? refreshToken
  const { body, status, text } = await send(at, 'POST', '/refresh', { body: { refresh_token } })
  expect(status, text).toBe(200)
  newest.set(sessionId, body.refresh_token)
  return { Authorization: `Bearer ${body.access_token}` }
}

const AMR = { password: ['pwd'], passkey: ['pwd', 'swk', 'user', 'mfa'] } as const

/** The routes that change how somebody signs in. */
const RECENT_ROUTES: readonly (readonly [string, object])[] = [
  ['/me/totp', {}],
  ['/me/second-factor/remove', {}],
  ['/me/recovery-codes', {}],
  ['/passkeys/options', {}],
]

describe.each(['session', 'token'] as const)('proving again who one is, in %s mode', (mode) => {
  it.each(['password', 'passkey'] as const)(
    'STP-01: a %s renews auth_time, and a refresh does not',
    async (way) => {
      stopTime()
      const own = ownService()
      const ada = await signedInPerson({ mode, service: own })
      const { soft } = await addPasskey(ada)
      own.ahead = 11 * MINUTE
      const old = { ...ada, headers: await aged(ada, own) }
      const client = withHeaders(own, old)
      expectProblem(await client.post('/passkeys/options'), 401, 'insufficient-user-authentication')
      const me = await client.get('/me')
      expect(me.status, me.text).toBe(200)
      const before = authTimeOf(me.body)
      const proven =
        way === 'password'
          ? await client.post('/reauthenticate', { password: PASSWORD })
          : await stepUpByPasskey(client, soft)
      expect(proven.status, proven.text).toBe(200)
      expect(authTimeOf(proven.body)).toBe(before + 11 * MINUTE)
      expect(proven.body.session.amr).toEqual(AMR[way])
      const renewed = withHeaders(own, { ...ada, headers: credentialOf(mode, proven) })
      expect((await renewed.post('/passkeys/options')).status).toBe(200)
      if (mode === 'session') {
        expect(proven.body.session.id).not.toBe(ada.sessionId)
        expectProblem(await client.get('/me'), 401, 'session-ended')
      } else {
        expect(proven.body).toMatchObject({
          access_token: expect.any(String),
          session: { id: ada.sessionId },
        })
        expect(proven.body).not.toHaveProperty('refresh_token')
        expect(decodeJwt(proven.body.access_token).auth_time).toBe(before + 11 * MINUTE)
        own.ahead = 22 * MINUTE
        const again = withHeaders(own, { ...ada, headers: await aged(ada, own) })
        const later = await again.get('/me')
        expect(later.status, later.text).toBe(200)
        expect(authTimeOf(later.body)).toBe(before + 11 * MINUTE)
        expectProblem(await again.post('/passkeys/options'), 401, 'insufficient-user-authentication')
      }
      const event = env.DB.prepare(
        "SELECT outcome FROM audit_events WHERE subject_id = ?1 AND event = 'reauthenticated'",
      )
      expect((await event.bind(ada.userId).all()).results).toEqual([{ outcome: 'success' }])
    },
  )

  it.each(['code', 'recovery_code'] as const)(
    'STP-01: after two factors a %s does, and a password does not',
    async (field) => {
      stopTime()
      const { person, session, recoveryCodes } = await personWithTotp(mode)
      service.ahead = 11 * MINUTE
      try {
        const client = withHeaders(service, { ...session, headers: await aged(session) })
        expect((await client.get('/reauthenticate')).body.next).toEqual(['totp', 'recovery-code'])
        const byPassword = await client.post('/reauthenticate', { password: PASSWORD })
        expect(byPassword.body.errors).toMatchObject([{ field: 'code', code: 'missing' }])
        const wrong = await client.post('/reauthenticate/second-factor', { code: await wrongCode(person) })
        expectProblem(wrong, 401, 'invalid-second-factor')
        expectProblem(await client.post('/me/recovery-codes', {}), 401, 'insufficient-user-authentication')
        const factor = { [field]: field === 'code' ? await codeOf(person) : recoveryCodes[0] }
        service.ahead += 5
        const proven = await client.post('/reauthenticate/second-factor', factor)
        expect(proven.status, proven.text).toBe(200)
        expect(proven.body.session).toMatchObject({ acr: 'urn:janus:2fa', amr: ['pwd', 'otp', 'mfa'] })
        const renewed = withHeaders(service, { ...session, headers: credentialOf(mode, proven) })
        expect((await renewed.post('/me/recovery-codes', {})).status).toBe(200)
        const again = await renewed.post('/reauthenticate/second-factor', factor)
        expectProblem(again, 401, 'invalid-second-factor')
        const used = service
          .mailTo(person.email)
          .filter(({ subject }) => /recovery code was used/i.test(subject))
        expect(used).toHaveLength(field === 'code' ? 0 : 1)
      } finally {
        service.ahead = 0
      }
    },
  )

  it('MFA-04: its tries and those of sign-ins are one budget', async () => {
    stopTime()
    const own = mailingService({ FREE_ATTEMPTS: '3', MAX_ATTEMPT_DELAY_SECONDS: '900' })
    const { person, session, recoveryCodes } = await personWithTotp(mode, own)
    for (let each = 0; each < 3; each++) {
      const wrong = await session.post('/reauthenticate/second-factor', { code: await wrongCode(person) })
      expectProblem(wrong, 401, 'invalid-second-factor')
    }
    for (const factor of [{ code: await codeOf(person) }, { recovery_code: recoveryCodes[0] }]) {
      expectProblem(await session.post('/reauthenticate/second-factor', factor), 429, 'too-many-attempts')
    }
    own.ahead = 60
    const right = await session.post('/reauthenticate/second-factor', { recovery_code: recoveryCodes[0] })
    expect(right.status, right.text).toBe(200)
  })

  it('MFA-04: they come to an end', async () => {
    stopTime()
    const own = mailingService({ FREE_ATTEMPTS: '20', MAX_ATTEMPTS: '20' })
    const { person, session } = await personWithTotp(mode, own)
    const code = await wrongCode(person)
    for (let each = 0; each < 20; each++)
      expect((await session.post('/reauthenticate/second-factor', { code })).status).toBe(401)
    own.ahead = 3600
    const current = withHeaders(own, { ...session, headers: await aged(session, own) })
    const right = await current.post('/reauthenticate/second-factor', { code: await codeOf(person) })
    expectProblem(right, 429, 'too-many-attempts')
  })

  it('STP-01: nothing is renewed of a session that ended meanwhile, nor by a password that was changed meanwhile', async () => {
    const ada = await signedInPerson({ mode, service })
    const { users, clock, db, mailQueue } = service.services
    const ownAccounts = createOwnAccountStore(db, { mailQueue, adminRole: 'admin' })
    const account = await users.findById(ada.userId)
    const now = clock()
    const source = { requestId: 'x', address: null, userAgent: null, country: null, language: 'en' } as const
    const renew = (passwordHash: string) =>
      ownAccounts.renewSession({
        own: ada,
        methods: [{ method: 'pwd', at: now + 5 }],
        replacement: null,
        source,
        now,
        passwordHash,
        reserved: { budget: { of: 'session', key: ada.sessionId }, blockedUntil: 0 },
      })
    const methods = () =>
      env.DB.prepare('SELECT methods FROM sessions WHERE id = ?1').bind(ada.sessionId).first('methods')
    const before = await methods()
    expect(await renew('$another')).toBeNull()
    await env.DB.prepare("UPDATE sessions SET ended_at = 1, end_reason = 'signed-out' WHERE id = ?1")
      .bind(ada.sessionId)
      .run()
    expect(await renew(account?.passwordHash ?? '')).toBeNull()
    expect(await methods()).toBe(before)
  })

  it('MFA-03: of twenty parallel uses of one code exactly one succeeds', async () => {
    const { person, session } = await personWithTotp(mode)
    const code = await codeOf(person)
    const twenty = await Promise.all(
      Array.from({ length: 20 }, () => session.post('/reauthenticate/second-factor', { code })),
    )
    expect(twenty.filter(({ status }) => status === 200)).toHaveLength(1)
  })

  it('WAN-01, WAN-05: a passkey answers the challenge of its session, once, and is one of the account', async () => {
    const [ada, eve] = [await signedInPerson({ mode, service }), await signedInPerson({ mode, service })]
    const { soft } = await addPasskey(ada)
    const { soft: other } = await addPasskey(eve)
    expectProblem(await stepUpByPasskey(ada, other), 400, 'passkey-unknown')
    const { body } = await eve.post('/reauthenticate/passkey/options')
    const foreign = { clientData: { challenge: body.challenge } }
    expectProblem(await stepUpByPasskey(ada, soft, foreign), 400, 'passkey-refused')
    const unverified = await stepUpByPasskey(ada, soft, { flags: 0x19 })
    expectProblem(unverified, 400, 'passkey-refused')
    expect((await ada.get('/me')).body.session.acr).toBe('urn:janus:1fa')
  })

  it('a session that began with a passkey is renewed by a passkey', async () => {
    const ada = await signedInPerson({ mode, service })
    const { soft } = await addPasskey(ada)
    const session = clientOf(service, mode, await signInWithPasskey(service, soft, { mode }))
    expect((await session.get('/reauthenticate')).body.next).toEqual(['passkey'])
    const byPassword = await session.post('/reauthenticate', { password: PASSWORD })
    expect(byPassword.body.errors).toMatchObject([{ field: 'code', code: 'missing' }])
    expect((await stepUpByPasskey(session, soft)).status).toBe(200)
  })

  it.each(RECENT_ROUTES)('STP-01: POST %s takes a proof of the last minutes', async (path, body) => {
    const ada = await signedInPerson({ mode, service })
    service.ahead = 11 * MINUTE
    try {
      const client = withHeaders(service, { ...ada, headers: await aged(ada) })
      expectProblem(await client.post(path, body), 401, 'insufficient-user-authentication')
    } finally {
      service.ahead = 0
    }
  })

  it.each([
    ['/me/delete', {}],
    ['/email/change', { email: newEmail() }],
  ])(
    'STP-01: POST %s takes the password of an account that has one, and no proof besides',
    async (path, body) => {
      const ada = await signedInPerson({ mode, service })
      const missing = await ada.post(path, body)
      expectProblem(missing, 422, 'invalid-input')
      expect(missing.body.errors).toMatchObject([{ field: 'password', code: 'missing' }])
      service.ahead = 11 * MINUTE
      try {
        const client = withHeaders(service, { ...ada, headers: await aged(ada) })
        const done = await client.post(path, { ...body, password: PASSWORD })
        expect(done.status, done.text).toBeLessThan(300)
      } finally {
        service.ahead = 0
      }
    },
  )

  it.each([
    ['/me/delete', { password: PASSWORD }],
    ['/email/change', { email: newEmail(), password: PASSWORD }],
    ['/password', { current_password: PASSWORD, new_password: 'seven quiet minutes at sea' }],
  ])(
    'STP-01: POST %s takes more than the password where the account has a second factor',
    async (path, body) => {
      const { person, session } = await personWithTotp(mode)
      service.ahead = 11 * MINUTE
      try {
        const client = withHeaders(service, { ...session, headers: await aged(session) })
        expectProblem(await client.post(path, body), 401, 'insufficient-user-authentication')
        const code = await codeOf(person)
        const proven = await client.post('/reauthenticate/second-factor', { code })
        const renewed = withHeaders(service, { ...session, headers: credentialOf(mode, proven) })
        expect((await renewed.post(path, body)).status).toBeLessThan(300)
      } finally {
        service.ahead = 0
      }
    },
  )

  it('what it costs: two round trips more than the live check of a password, and one read more than a code', async () => {
    const { service: counted, costsOf } = countingService()
    const ada = await signedInPerson({ mode, service: counted })
    const spent = await costsOf(() => ada.post('/reauthenticate', { password: PASSWORD }))
    const given = mode === 'session' ? { kvWrites: 1, kvDeletes: 1 } : { signatures: 1 }
    expect(spent).toMatchObject({ d1: 3, hashes: 1, ...given })
  })
})

function withHeaders(at: OwnService, signedIn: SignedIn): SignedIn {
  const { headers } = signedIn
  return {
    ...signedIn,
    get: (path) => send(at, 'GET', path, { headers }),
    post: (path, body) => send(at, 'POST', path, { headers, body }),
  }
}

function credentialOf(mode: Person['mode'], answer: Answer): Record<string, string> {
  if (mode === 'token') return { Authorization: `Bearer ${answer.body.access_token}` }
  const [cookie] = Object.entries(answer.cookies).filter(([name]) => name.startsWith('__Host-session'))
  return { Cookie: cookie?.join('=') ?? '' }
}

function authTimeOf(body: { session: { authenticated_at: string } }): number {
  return Date.parse(body.session.authenticated_at) / 1000
}
