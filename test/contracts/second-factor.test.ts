import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { hotp, totpStep } from '../../src/factors/totp'
import { decodeBase32 } from '../support/base32'
import { countingService } from '../support/counting'
import { mailingService } from '../support/mail'
import {
  type Answer,
  clientOf,
  expectProblem,
  newAddress,
  PASSWORD,
  type Person,
  read,
  send,
  signedInPerson,
} from '../support/person'
import {
  codeOf,
  firstStep,
  type PersonWithTotp,
  pendingOf,
  personWithTotp,
  secondFactorsOf,
  secondStep,
  setUpTotp,
  setVerified,
  wrongCode,
} from '../support/second-factor'
import { ownService } from '../support/service'
import { stopTime } from '../support/stop-time'

const service = mailingService()
const NEW_PASSWORD = 'seven quiet minutes at sea'

/** Returns somebody whose address is proven, by a sign-in link. */
async function provenPersonWithTotp(mode: 'session' | 'token'): Promise<PersonWithTotp> {
  const ada = await signedInPerson({ mode, service })
  await env.DB.prepare('UPDATE users SET email_verified_at = 1 WHERE id = ?1').bind(ada.userId).run()
  return setUpTotp(ada)
}

/** Returns everything that could act for an account: open sessions, and what an answer gives of a credential. */
async function credentialsOf({ userId }: Person, answer: Answer) {
  const open = 'SELECT id FROM sessions WHERE user_id = ?1 AND ended_at IS NULL'
  const { results } = await env.DB.prepare(open).bind(userId).all<{ id: string }>()
  const given = ['access_token', 'refresh_token', 'account_token', 'session', 'user'].filter(
    (member) => answer.body?.[member] !== undefined,
  )
  const cookies = Object.keys(answer.cookies).filter((name) => /session|refresh/.test(name))
  return { open: results.map(({ id }) => id), given, cookies }
}

/** Each way in: what a person presents, up to where a second factor is due. */
const WAYS = {
  password: ({ email, mode }: Person) =>
    send(service, 'POST', '/login', { body: { email, password: PASSWORD, mode } }),
  'named password': ({ email, mode }: Person) =>
    send(service, 'POST', '/login', {
      body: { email, password: PASSWORD, mode },
      headers: { 'Idempotency-Key': crypto.randomUUID() },
    }),
  'mailed link': async ({ email, mode }: Person) => {
    const asked = await send(service, 'POST', '/login/link', { body: { email } })
    const body = { token: service.tokenFor(email), binding: asked.body.binding, mode }
    return send(service, 'POST', '/login/link/confirm', { body })
  },
  'mailed code': async ({ email, mode }: Person) => {
    const asked = await send(service, 'POST', '/login/link', { body: { email } })
    const body = { code: service.codeFor(email), binding: asked.body.binding, mode }
    return send(service, 'POST', '/login/link/confirm', { body })
  },
} as const satisfies Record<string, (person: Person) => Promise<Answer>>

const MATRIX = (['session', 'token'] as const).flatMap((mode) =>
  (Object.keys(WAYS) as (keyof typeof WAYS)[]).map((way) => [way, mode] as const),
)

describe.each(MATRIX)('LOG-04, MFA-01: by %s in %s mode', (way, mode) => {
  it('nothing that can act exists before the last factor', async () => {
    const { person, session, recoveryCodes } = await provenPersonWithTotp(mode)
    const before = await WAYS[way](person)
    expect(before.body.next).toEqual(['totp', 'recovery-code'])
    const none = { open: [session.sessionId], given: [], cookies: [] }
    expect(await credentialsOf(person, before)).toEqual(none)
    const pending = pendingOf(before)
    expectProblem(
      await secondStep(person, pending, { code: await wrongCode(person) }),
      401,
      'invalid-second-factor',
    )
    expect(await credentialsOf(person, before)).toEqual(none)

    const whole = await secondStep(person, pending, { recovery_code: recoveryCodes[0] })
    expect(whole.status, whole.text).toBe(200)
    const first = way.includes('password') ? 'pwd' : 'link'
    expect(whole.body.session).toMatchObject({
      acr: 'urn:janus:2fa',
      amr: first === 'pwd' ? ['pwd', 'otp', 'mfa'] : ['otp'],
    })
    const client = clientOf(service, mode, whole)
    expect((await client.get('/me')).body.user.id).toBe(person.userId)
    const row = env.DB.prepare('SELECT methods FROM sessions WHERE id = ?1').bind(client.sessionId)
    const methods: { method: string }[] = JSON.parse((await row.first<string>('methods')) ?? '')
    expect(methods.map(({ method }) => method)).toEqual([first, 'recovery'])
  })

  it('an account without a second factor is signed in at once', async () => {
    const ada = await signedInPerson({ mode, service })
    await env.DB.prepare('UPDATE users SET email_verified_at = 1 WHERE id = ?1').bind(ada.userId).run()
    expect((await WAYS[way](ada)).body.session).toMatchObject({ acr: 'urn:janus:1fa' })
  })

  it('MFA-01: the handle opens no route', async () => {
    const { person } = await provenPersonWithTotp(mode)
    const { headers, body } = pendingOf(await WAYS[way](person))
    const handle = body.pending ?? headers.Cookie?.split('=')[1] ?? ''
    const presented = [
      headers,
      { Authorization: `Bearer ${handle}` },
      { Cookie: `__Host-session=${handle}` },
      { Cookie: `__Host-refresh=${handle}` },
    ]
    for (const each of presented) {
      for (const path of ['/me', '/sessions', '/me/second-factor']) {
        expect((await send(service, 'GET', path, { headers: each })).status).toBe(401)
      }
      expect((await send(service, 'POST', '/refresh', { headers: each, body: {} })).status).toBe(401)
    }
  })
})

describe.each(['session', 'token'] as const)('a second factor, in %s mode', (mode) => {
  it('RST-03: a reset neither signs in nor takes it away', async () => {
    const { person } = await provenPersonWithTotp(mode)
    await send(service, 'POST', '/password/forgot', { body: { email: person.email } })
    const body = { token: service.tokenFor(person.email), new_password: NEW_PASSWORD }
    const reset = await send(service, 'POST', '/password/reset', { body })
    expect(reset.status).toBe(204)
    expect(await credentialsOf(person, reset)).toEqual({ open: [], given: [], cookies: [] })
    const login = { email: person.email, password: NEW_PASSWORD, mode }
    expect((await send(service, 'POST', '/login', { body: login })).body.next).toContain('totp')
  })

  it('MFA-03: a code works once, the one that set the app up included', async () => {
    const { person } = await provenPersonWithTotp(mode)
    const used = await codeOf(person, -1)
    expectProblem(
      await secondStep(person, await firstStep(person), { code: used }),
      401,
      'invalid-second-factor',
    )
    const code = await codeOf(person)
    expect((await secondStep(person, await firstStep(person), { code })).status).toBe(200)
    for (const again of [code, used]) {
      const answer = await secondStep(person, await firstStep(person), { code: again })
      expectProblem(answer, 401, 'invalid-second-factor')
    }
  })

  it('MFA-03: a code of another step is refused, and the clock of the client is nobody’s', async () => {
    const { person } = await provenPersonWithTotp(mode)
    const pending = await firstStep(person)
    for (const steps of [-2, 2]) {
      const headers = { ...pending.headers, Date: new Date(Date.now() + steps * 30_000).toUTCString() }
      const answer = await secondStep(person, { ...pending, headers }, { code: await codeOf(person, steps) })
      expectProblem(answer, 401, 'invalid-second-factor')
    }
  })

  it('MFA-01: a pending sign-in is over after ten minutes, and swept', async () => {
    const own = ownService()
    const { person, recoveryCodes } = await personWithTotp(mode, own)
    const pending = await firstStep(person)
    own.ahead = 601
    const late = await secondStep(person, pending, { recovery_code: recoveryCodes[0] })
    expectProblem(late, 401, 'sign-in-expired')
    await own.sweep()
    const left = env.DB.prepare('SELECT count(*) AS n FROM pending_sign_ins WHERE user_id = ?1').bind(
      person.userId,
    )
    expect(await left.first('n')).toBe(0)
  })

  it.each([
    ['the password was changed', "UPDATE users SET password_hash = '$other' WHERE id = ?1"],
    ['the account was disabled', 'UPDATE users SET disabled_at = 1 WHERE id = ?1'],
    ['the address was changed', "UPDATE users SET email_canonical = id || '@example.com' WHERE id = ?1"],
    ['the app was replaced', 'UPDATE users SET second_factor_at = second_factor_at + 1 WHERE id = ?1'],
  ])('a pending sign-in is over once %s', async (_, change) => {
    const { person, recoveryCodes } = await provenPersonWithTotp(mode)
    const pending = await firstStep(person)
    await env.DB.prepare(change).bind(person.userId).run()
    const answer = await secondStep(person, pending, { recovery_code: recoveryCodes[0] })
    expectProblem(answer, 401, 'sign-in-expired')
  })

  it('MFA-03: of twenty parallel uses of one pending sign-in exactly one succeeds', async () => {
    const { person } = await provenPersonWithTotp(mode)
    const pending = await firstStep(person)
    const code = await codeOf(person)
    const answers = await Promise.all(Array.from({ length: 20 }, () => secondStep(person, pending, { code })))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  })

  it.each(['code', 'recovery_code'] as const)(
    'MFA-03, MFA-07: of twenty parallel uses of one %s exactly one succeeds',
    async (field) => {
      const { person, recoveryCodes } = await provenPersonWithTotp(mode)
      const value = field === 'code' ? await codeOf(person) : recoveryCodes[0]
      const pending = []
      // An account keeps ten.
      for (let each = 0; each < 10; each++) pending.push(await firstStep(person))
      const twice = [...pending, ...pending]
      const answers = await Promise.all(twice.map((each) => secondStep(person, each, { [field]: value })))
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    },
  )

  it('MFA-04: guesses are counted against the account, however often the sign-in is begun anew', async () => {
    stopTime()
    const own = ownService({ FREE_ATTEMPTS: '3', MAX_ATTEMPT_DELAY_SECONDS: '900' })
    const { person, recoveryCodes } = await personWithTotp(mode, own)
    const guess = async () => secondStep(person, await firstStep(person), { code: await wrongCode(person) })
    for (let each = 0; each < 3; each++) expectProblem(await guess(), 401, 'invalid-second-factor')
    for (const factor of [{ code: await codeOf(person) }, { recovery_code: recoveryCodes[0] }]) {
      const blocked = await secondStep(person, await firstStep(person), factor)
      expectProblem(blocked, 429, 'too-many-attempts')
    }
    own.ahead = 60
    const pending = await firstStep(person)
    expect((await secondStep(person, pending, { recovery_code: recoveryCodes[0] })).status).toBe(200)
  })

  it('MFA-01: a pending sign-in is over after ten tries', async () => {
    const own = mailingService({ FREE_ATTEMPTS: '20' })
    const { person, recoveryCodes } = await personWithTotp(mode, own)
    const pending = await firstStep(person)
    for (let each = 0; each < 10; each++)
      expectProblem(
        await secondStep(person, pending, { code: await wrongCode(person) }),
        401,
        'invalid-second-factor',
      )
    const late = await secondStep(person, pending, { recovery_code: recoveryCodes[0] })
    expectProblem(late, 401, 'sign-in-expired')
  })

  it('AUD-04: the owner is told of wrong codes at the third, once a day', async () => {
    stopTime()
    const own = mailingService({ FREE_ATTEMPTS: '20' })
    const { person, session } = await personWithTotp(mode, own)
    const told = () => own.mailTo(person.email).filter(({ subject }) => /wrong codes/i.test(subject)).length
    const guess = async () => secondStep(person, await firstStep(person), { code: await wrongCode(person) })
    for (const expected of [0, 0, 1, 1, 1]) {
      expectProblem(await guess(), 401, 'invalid-second-factor')
      expect(told()).toBe(expected)
    }
    const inSession = await session.post('/reauthenticate/second-factor', { code: await wrongCode(person) })
    expectProblem(inSession, 401, 'invalid-second-factor')
    expect(told()).toBe(1)
    own.ahead = 24 * 3600 + 1
    expectProblem(await guess(), 401, 'invalid-second-factor')
    expect(told()).toBe(2)
  })

  it('MFA-05: where mail is sent, an app takes an address that is verified', async () => {
    const ada = await signedInPerson({ mode, service })
    expectProblem(await ada.post('/me/totp', {}), 409, 'email-not-verified')
    await setVerified(ada, 1)
    const { enrolment, seed } = (await ada.post('/me/totp', {})).body
    await setVerified(ada, null)
    const code = await hotp(decodeBase32(seed), totpStep(Date.now() / 1000))
    expectProblem(await ada.post('/me/totp/confirm', { enrolment, code }), 409, 'email-not-verified')
    expect((await ada.get('/me/second-factor')).body.totp).toBeNull()
    const withoutMail = ownService({ MAILER: 'none' })
    const bob = await signedInPerson({ mode, service: withoutMail })
    expect((await bob.post('/me/totp', {})).status).toBe(200)
  })

  it('the handle of one account takes nothing of another, nor in the other mode', async () => {
    const { person } = await provenPersonWithTotp(mode)
    const { person: other, recoveryCodes } = await provenPersonWithTotp(mode)
    const pending = await firstStep(person)
    const foreign = await secondStep(other, pending, { recovery_code: recoveryCodes[0] })
    expectProblem(foreign, 401, 'invalid-second-factor')
    const handle = pending.body.pending ?? pending.headers.Cookie?.split('=')[1] ?? ''
    const secret = handle.split('.')[1]
    const bent = `${other.userId}.${secret}`
    const swapped =
      mode === 'token'
        ? [
            { headers: {}, body: { pending: bent } },
            { headers: { Cookie: `__Host-pending-sign-in=${handle}` }, body: {} },
          ]
        : [
            { headers: { Cookie: `__Host-pending-sign-in=${bent}` }, body: {} },
            { headers: {}, body: { pending: handle } },
          ]
    for (const each of swapped) {
      const answer = await secondStep(person, { ...pending, ...each }, { code: await codeOf(person) })
      expectProblem(answer, 401, 'sign-in-expired')
    }
  })

  it('MFA-02: a seed has 160 random bits, and no two offers the same', async () => {
    const own = ownService({ MAILER: 'none' })
    const ada = await signedInPerson({ mode, service: own })
    const seeds = []
    for (let each = 0; each < 4; each++) seeds.push((await ada.post('/me/totp', {})).body.seed)
    for (const seed of seeds) expect(decodeBase32(seed)).toHaveLength(20)
    expect(new Set(seeds.flatMap((seed) => [seed.slice(0, 8), seed.slice(-8)])).size).toBe(8)
  })

  it('MFA-05: setting an app up takes a sign-in of the last minutes, and nothing changes before its first code', async () => {
    const own = ownService()
    const { person, session, recoveryCodes } = await personWithTotp(mode, own)
    const offer = await session.post('/me/totp', {})
    await session.post('/me/totp', {})
    const wrong = { enrolment: offer.body.enrolment, code: await codeOf(person) }
    expectProblem(await session.post('/me/totp/confirm', wrong), 401, 'invalid-second-factor')
    const { text } = await session.get('/me/second-factor')
    expect(JSON.parse(text).recovery_codes_left).toBe(10)
    expect(text).not.toContain(offer.body.seed)
    const pending = await firstStep(person)
    expect((await secondStep(person, pending, { recovery_code: recoveryCodes[0] })).status).toBe(200)
  })

  it.each(['/me/totp', '/me/totp/confirm', '/me/second-factor/remove', '/me/recovery-codes'])(
    'STP-01, MFA-06: POST %s with a session alone is asked to prove who it is',
    async (path) => {
      const own = ownService()
      const { session } = await personWithTotp(mode, own)
      own.ahead = 600
      const current = mode === 'token' ? await refreshed(own, session.refreshToken) : session.headers
      const body = path.endsWith('confirm') ? { enrolment: 'x', code: '000000' } : {}
      const answer = await send(own, 'POST', path, { headers: current, body })
      expectProblem(answer, 401, 'insufficient-user-authentication')
      expect(answer.headers.get('WWW-Authenticate')).toBe(
        'Bearer error="insufficient_user_authentication", max_age="600"',
      )
    },
  )

  it('MFA-06, INC-31: removing it ends every session, tells the owner, and no session says that it was proven', async () => {
    const { person, session } = await provenPersonWithTotp(mode)
    const other = clientOf(
      service,
      mode,
      await secondStep(person, await firstStep(person), { code: await codeOf(person) }),
    )
    const removed = await session.post('/me/second-factor/remove', {})
    expect(removed.status, removed.text).toBe(200)
    expect(removed.body.session).toMatchObject({ acr: 'urn:janus:1fa', amr: ['pwd'] })
    const { open } = await credentialsOf(person, removed)
    expect(open).toEqual([removed.body.session.id])
    expect(open).not.toContain(other.sessionId)
    const left = `SELECT (SELECT count(*) FROM totp_factors WHERE user_id = ?1)
                       + (SELECT count(*) FROM recovery_codes WHERE user_id = ?1) AS n`
    expect(await env.DB.prepare(left).bind(person.userId).first('n')).toBe(0)
    const subjects = service.mailTo(person.email).map(({ subject }) => subject)
    expect(subjects.some((subject) => /second step/.test(subject))).toBe(true)
    expect((await person.signIn()).answer.body.session.acr).toBe('urn:janus:1fa')
  })

  it('MFA-07: new recovery codes end the old ones, and only their hashes are stored', async () => {
    const { person, session, recoveryCodes } = await provenPersonWithTotp(mode)
    expect(new Set(recoveryCodes).size).toBe(10)
    expect(recoveryCodes.every((code) => /^([a-z2-7]{4}-){5}[a-z2-7]{4}$/.test(code))).toBe(true)
    const renewed = await session.post('/me/recovery-codes', {})
    expect(renewed.status, renewed.text).toBe(200)
    const old = await secondStep(person, await firstStep(person), { recovery_code: recoveryCodes[0] })
    expectProblem(old, 401, 'invalid-second-factor')
    const [code = ''] = renewed.body.recovery_codes
    const typed = ` ${code.toUpperCase().replaceAll('-', ' ')} `
    const told = () =>
      service
        .mailTo(person.email)
        .map(({ subject }) => subject)
        .filter((subject) => /recovery code/i.test(subject))
    expect(told()).toEqual([expect.stringMatching(/^New recovery codes/)])
    expect((await secondStep(person, await firstStep(person), { recovery_code: typed })).status).toBe(200)
    expect(told()).toEqual([expect.anything(), expect.stringMatching(/^A recovery code was used/)])
    const twice = await secondStep(person, await firstStep(person), { recovery_code: typed })
    expectProblem(twice, 401, 'invalid-second-factor')
    const stored = await env.DB.prepare('SELECT * FROM recovery_codes WHERE user_id = ?1')
      .bind(person.userId)
      .all()
    for (const each of renewed.body.recovery_codes) {
      expect(JSON.stringify(stored.results)).not.toContain(each.replaceAll('-', ''))
    }
    expect((await session.get('/me/second-factor')).body.recovery_codes_left).toBe(9)
  })

  it('a second factor costs one round trip more than a sign-in without', async () => {
    const counting = countingService()
    const { person } = await personWithTotp(mode, counting.service)
    const given = mode === 'session' ? { kvWrites: 1 } : { signatures: 1 }
    const free = { d1: 0, kvReads: 0, kvWrites: 0, kvDeletes: 0, hashes: 0, signatures: 0, verifications: 0 }
    let pending = await firstStep(person)
    expect(
      await counting.costsOf(async () => {
        pending = await firstStep(person)
      }),
    ).toEqual({ ...free, d1: 2, hashes: 1 })
    const code = await codeOf(person)
    expect(await counting.costsOf(() => secondStep(person, pending, { code }))).toEqual({
      ...free,
      d1: 1,
      ...given,
    })
  })

  it('the safety net: no statement begins a session of such an account after one factor', async () => {
    const { person, session } = await provenPersonWithTotp(mode)
    const copy = `INSERT INTO sessions (id, user_id, mode, secret_hash, refresh_counter, refreshed_at,
      created_at, authenticated_at, last_seen_at, idle_expires_at, expires_at, ended_at, end_reason, user_agent, country,
      end_context, amr, recent_rotations, methods) SELECT 'x' || substr(id, 2), user_id, mode, secret_hash, refresh_counter, refreshed_at,
      created_at, authenticated_at, last_seen_at, idle_expires_at, expires_at, ended_at, end_reason, user_agent, country,
      end_context, amr, recent_rotations, ?2 FROM sessions WHERE id = ?1`
    for (const methods of ['[{"method":"pwd","at":1}]', null]) {
      const insert = env.DB.prepare(copy).bind(session.sessionId, methods).run()
      await expect(insert).rejects.toThrow('the account has a second factor')
    }
    expect((await credentialsOf(person, session.answer)).open).toEqual([session.sessionId])
  })
})

it('KEY-04: the sweep encrypts seeds under the newest secret, so that the older one can go', async () => {
  const [older, newer] = [
    'b2xkZXIgc2VjcmV0IG9mIHRoaXJ0eSB0d28gYnl0ZXMh',
    'bmV3ZXIgc2VjcmV0IG9mIHRoaXJ0eSB0d28gYnl0ZXMh',
  ]
  const before = ownService({ AUTH_SECRET: older })
  const { person, seed } = await personWithTotp('session', before)
  const sealedNow = async () => {
    const row = await env.DB.prepare(
      'SELECT sealed_seed, encrypted_with FROM totp_factors WHERE user_id = ?1',
    )
      .bind(person.userId)
      .first<{ sealed_seed: string; encrypted_with: string }>()
    return { text: row?.sealed_seed ?? '', secretId: row?.encrypted_with ?? '' }
  }
  const after = secondFactorsOf(ownService({ AUTH_SECRET: newer })).totpSeeds
  expect(await after.open(person.userId, await sealedNow())).toBeNull()
  // Other tests may have left seeds that no secret here opens.
  await env.DB.prepare('DELETE FROM totp_factors WHERE user_id <> ?1').bind(person.userId).run()
  await ownService({ AUTH_SECRET: `${newer},${older}` }).sweep()
  expect(await after.open(person.userId, await sealedNow())).toEqual(seed)
  // One account's seed is nobody else's.
  expect(await after.open('A'.repeat(22), await sealedNow())).toBeNull()
})

it('a form goes on to the page of the second step, and from there to where it wanted to go', async () => {
  const { person } = await provenPersonWithTotp('session')
  const form = async (path: string, fields: Record<string, string>, cookie = '') =>
    read(
      await service.fetch(
        new Request(`${service.issuer}${path}`, {
          method: 'POST',
          redirect: 'manual',
          headers: { 'CF-Connecting-IP': newAddress(), ...(cookie === '' ? {} : { Cookie: cookie }) },
          body: new URLSearchParams(fields),
        }),
      ),
    )
  const first = await form('/login', { email: person.email, password: PASSWORD, return_to: '/account' })
  expect([first.status, first.headers.get('Location')]).toEqual([303, '/login/second-factor'])
  const cookie = `__Host-pending-sign-in=${first.cookies['__Host-pending-sign-in']}`
  const page = await send(service, 'GET', '/login/second-factor', {
    headers: { Cookie: cookie, Accept: 'text/html' },
  })
  expect(page.text).toContain('autocomplete="one-time-code"')
  const second = await form('/login/second-factor', { code: await codeOf(person) }, cookie)
  expect([second.status, second.headers.get('Location')]).toEqual([303, '/account'])
  expect(second.cookies['__Host-session']).toBeTruthy()
  expect(second.cookies['__Host-pending-sign-in']).toBe('')
  const show = async (path: string, headers: Record<string, string> = {}) =>
    (await send(service, 'GET', path, { headers: { Accept: 'text/html', ...headers } })).text
  const over = 'Your sign-in took too long, or it was completed already.'
  const session = { Cookie: `__Host-session=${second.cookies['__Host-session']}` }
  for (const sent of [cookie, '', '__Host-pending-sign-in=x']) {
    const again = await form('/login/second-factor', { code: await codeOf(person) }, sent)
    const target = again.headers.get('Location') ?? ''
    expect([again.status, target]).toEqual([303, '/login?problem=sign-in-expired'])
    expect(await show(target)).toContain(over)
    // Whoever pressed the button twice is signed in.
    const twice = await show(target, session)
    expect([twice.includes(over), twice.includes(person.email)]).toEqual([false, true])
  }
  for (const path of ['/login', '/login?problem=invalid-credentials'])
    expect(await show(path)).not.toContain('role="alert"')
})

async function refreshed(at: typeof service | ReturnType<typeof ownService>, token: string) {
  const { body } = await send(at, 'POST', '/refresh', { body: { refresh_token: token } })
  return { Authorization: `Bearer ${body.access_token}` }
}
