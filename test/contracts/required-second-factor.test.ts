import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { askSeed, confirmApp, enrolPasskey } from '../support/enrolment'
import { provenPerson, signInLink } from '../support/links'
import { mailingService } from '../support/mail'
import { addPasskey, signInWithPasskey, stepUpByPasskey } from '../support/passkeys'
import {
  type Answer,
  clientOf,
  expectProblem,
  newAddress,
  newEmail,
  PASSWORD,
  type Person,
  read,
  send,
  signedInPerson,
} from '../support/person'
import { codeOf, firstStep, pendingOf, personWithTotp, secondStep, setUpTotp } from '../support/second-factor'
import { ALL_PARTS, type OwnService, ownService } from '../support/service'

const STRICT = { SECOND_FACTOR: 'required', REGISTRATION: 'verified' }
const lenient = mailingService()
const strict = mailingService(STRICT)
/** Without mail there is no mailbox that could be proven. */
const strictWithoutMail = ownService({ SECOND_FACTOR: 'required', MAILER: 'none' })

/** Returns a sign-in by a mailed link at the strict service, which waits until a factor is set up. */
async function waitingByLink({ email, mode }: Person) {
  const link = await signInLink(strict, email)
  return pendingOf(await send(strict, 'POST', '/login/link/confirm', { body: { ...link, mode } }))
}

/** Returns the same person at another service, with the credential there is. */
const at = (service: OwnService, { mode, answer }: { mode: 'session' | 'token'; answer: Answer }) =>
  clientOf(service, mode, answer)

describe.each(['session', 'token'] as const)('where a second factor is required, in %s mode', (mode) => {
  it('a session of one factor opens nothing as of now, and is not refreshed', async () => {
    const ada = await provenPerson(lenient, mode)
    expect((await at(lenient, ada).get('/me')).status).toBe(200)
    const there = at(strict, ada)
    const code = mode === 'session' ? 'session-ended' : 'invalid-token'
    for (const path of ['/me', '/sessions', '/me/second-factor', '/me/activity'])
      expectProblem(await there.get(path), 401, code)
    for (const path of ['/me/totp', '/logout/all', '/password'])
      expectProblem(await there.post(path, {}), 401, code)
    const headers = new Headers(ada.headers)
    expect(await strict.callers.authenticate(headers, 'GET')).toMatchObject({
      ok: false,
      problem: { body: { code } },
    })
    if (mode === 'token') {
      const body = { refresh_token: ada.refreshToken }
      expectProblem(await send(strict, 'POST', '/refresh', { body }), 401, 'session-ended')
    }
    // Whoever holds it may end it.
    expect((await there.post('/logout', {})).status).toBe(204)
    const row = env.DB.prepare('SELECT ended_at FROM sessions WHERE id = ?1').bind(ada.sessionId)
    expect(await row.first('ended_at')).not.toBeNull()
  })

  it('a session of two factors goes on', async () => {
    const { session } = await personWithTotp(mode, lenient)
    expect((await at(strict, session).get('/me')).status).toBe(200)
    const grace = await provenPerson(lenient, mode)
    const { soft } = await addPasskey(await grace.signIn())
    const signedIn = clientOf(strict, mode, await signInWithPasskey(strict, soft, { mode }))
    expect((await signedIn.get('/me')).status).toBe(200)
  })

  it('MFA-05: a password alone sets up nothing where mail is sent, and the owner of the mailbox does', async () => {
    const ada = await provenPerson(lenient, mode)
    const byPassword = await firstStep({ ...ada, service: strict })
    expect(byPassword.answer.body.next).toEqual(['link'])
    expectProblem(await askSeed(strict, byPassword), 401, 'sign-in-expired')
    const options = { headers: byPassword.headers, body: byPassword.body }
    const path = '/login/second-factor/set-up/passkey/options'
    expectProblem(await send(strict, 'POST', path, options), 401, 'sign-in-expired')
    // Nor with the seed of a sign-in that may.
    const byLink = await waitingByLink(ada)
    const { enrolment, seed } = (await askSeed(strict, byLink)).body
    const code = await codeOf(seed)
    expectProblem(await confirmApp(strict, byPassword, enrolment, code), 401, 'invalid-second-factor')
    const whole = await confirmApp(strict, byLink, enrolment, code)
    expect(whole.status, whole.text).toBe(200)
    const subjects = strict.mailTo(ada.email).map(({ subject }) => subject)
    expect(
      subjects.some((subject) => /second step/.test(subject)),
      subjects.join(),
    ).toBe(true)
    // Its earlier sessions are over, and what waited besides.
    expect((await at(lenient, ada).get('/sessions')).status).toBe(401)
    const late = await secondStep({ ...ada, service: strict }, byPassword, { code: await codeOf(seed, 1) })
    expectProblem(late, 401, 'sign-in-expired')
  })

  it('an address that nobody has proven gets no second factor', async () => {
    const ada = await signedInPerson({ mode, service: lenient })
    const optional = mailingService({
      SECOND_FACTOR: 'required',
      REGISTRATION: 'closed',
      EMAIL_VERIFICATION: 'optional',
    })
    const waiting = await firstStep({ ...ada, service: optional })
    expect(waiting.answer.body.next).toEqual(['link'])
    expectProblem(await askSeed(optional, waiting), 401, 'sign-in-expired')
  })

  it('of twenty enrolments with one pending sign-in exactly one succeeds', async () => {
    const ada = await signedInPerson({ mode, service: ownService({ MAILER: 'none' }) })
    const waiting = await firstStep({ ...ada, service: strictWithoutMail })
    const { enrolment, seed } = (await askSeed(strictWithoutMail, waiting)).body
    const code = await codeOf(seed)
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => confirmApp(strictWithoutMail, waiting, enrolment, code)),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    const open = env.DB.prepare('SELECT count(*) AS n FROM sessions WHERE user_id = ?1 AND ended_at IS NULL')
    expect(await open.bind(ada.userId).first('n')).toBe(1)
  })

  it('WAN-05: a passkey that somebody has begins no session', async () => {
    const bob = await provenPerson(lenient, mode)
    const { soft } = await addPasskey(await bob.signIn())
    const ada = await provenPerson(lenient, mode)
    const waiting = await waitingByLink(ada)
    // As an authenticator that gives one id twice.
    await env.DB.prepare(
      `CREATE TRIGGER steal BEFORE INSERT ON passkeys WHEN NEW.user_id = '${ada.userId}'
       BEGIN DELETE FROM passkeys WHERE credential_id = 'x'; SELECT RAISE(IGNORE); END`,
    ).run()
    const { answer } = await enrolPasskey(strict, waiting)
    await env.DB.prepare('DROP TRIGGER steal').run()
    expectProblem(answer, 401, 'sign-in-expired')
    const open = env.DB.prepare(
      "SELECT count(*) AS n FROM sessions WHERE user_id = ?1 AND ended_at IS NULL AND methods LIKE '%passkey%'",
    )
    expect(await open.bind(ada.userId).first('n')).toBe(0)
    expect((await signInWithPasskey(strict, soft, { mode })).status).toBe(200)
  })

  it('a passkey is set up in a sign-in, and is the second factor from then on', async () => {
    const ada = await provenPerson(lenient, mode)
    const { answer, soft } = await enrolPasskey(strict, await waitingByLink(ada))
    expect(answer.status, answer.text).toBe(200)
    expect(answer.body.session.acr).toBe('urn:janus:2fa')
    const subjects = strict.mailTo(ada.email).map(({ subject }) => subject)
    expect(
      subjects.some((subject) => /passkey/i.test(subject)),
      subjects.join(),
    ).toBe(true)
    // With the password alone nothing can be set up beside it.
    const again = await firstStep({ ...ada, service: strict })
    expect(again.answer.body.next).toEqual(['passkey'])
    expectProblem(await askSeed(strict, again), 401, 'sign-in-expired')
    expectProblem(await askSeed(strict, await waitingByLink(ada)), 401, 'sign-in-expired')
    expect((await signInWithPasskey(strict, soft, { mode })).status).toBe(200)
  })

  it('WAN-01: a challenge is answered in the sign-in that asked for it', async () => {
    const [ada, bob] = [await provenPerson(lenient, mode), await provenPerson(lenient, mode)]
    const [own, other] = [await waitingByLink(ada), await waitingByLink(bob)]
    const { answer } = await enrolPasskey(strict, own, other)
    expectProblem(answer, 400, 'passkey-refused')
    const left = env.DB.prepare('SELECT count(*) AS n FROM passkeys WHERE user_id IN (?1, ?2)')
    expect(await left.bind(ada.userId, bob.userId).first('n')).toBe(0)
  })

  it('STP-01: a password changes nothing of an account whose second factor is a passkey, without a recent proof', async () => {
    const own = mailingService(STRICT)
    const ada = await provenPerson(lenient, mode)
    const { soft } = await addPasskey(await ada.signIn())
    const session = clientOf(own, mode, await signInWithPasskey(own, soft, { mode }))
    own.ahead = 11 * 60
    const later =
      mode === 'session'
        ? session
        : clientOf(
            own,
            mode,
            await send(own, 'POST', '/refresh', { body: { refresh_token: session.refreshToken } }),
          )
    const changes = [
      ['/email/change', { email: newEmail(), password: PASSWORD }],
      ['/me/delete', { password: PASSWORD }],
      ['/password', { current_password: PASSWORD, new_password: 'seven quiet minutes at sea' }],
    ] as const
    for (const [path, body] of changes)
      expectProblem(await later.post(path, body), 401, 'insufficient-user-authentication')
    if (mode === 'session') {
      const page = await send(own, 'GET', '/account', {
        headers: { ...session.headers, Accept: 'text/html' },
      })
      expect(page.text).not.toContain('name="current_password"')
    }
    const proven = await stepUpByPasskey(later, soft)
    const renewed = clientOf(own, mode, proven)
    for (const [path, body] of changes.filter(([path]) => path !== '/me/delete'))
      expect((await renewed.post(path, body)).status, path).toBeLessThan(300)
  })

  it('MFA-06: the last second factor stays', async () => {
    const { session } = await setUpTotp(await provenPerson(lenient, mode))
    const there = at(strict, session)
    expectProblem(await there.post('/me/second-factor/remove', {}), 409, 'second-factor-required')
    const { soft, id } = await addPasskey(there)
    // The session rests on the app.
    expectProblem(await there.post('/me/second-factor/remove', {}), 409, 'second-factor-required')
    const byPasskey = clientOf(strict, mode, await signInWithPasskey(strict, soft, { mode }))
    const removed = await byPasskey.post('/me/second-factor/remove', {})
    expect(removed.status, removed.text).toBe(200)
    const renewed = clientOf(strict, mode, removed)
    expectProblem(await renewed.post(`/passkeys/${id}/remove`, {}), 409, 'second-factor-required')
    expect((await at(lenient, renewed).post(`/passkeys/${id}/remove`, {})).status).toBe(204)
  })

  it('a role that requires a second factor requires it as soon as it is given', async () => {
    const roles = mailingService({ SECOND_FACTOR: 'roles', SECOND_FACTOR_ROLES: 'admin,support' })
    const ada = await provenPerson(lenient, mode)
    const there = at(roles, ada)
    expect((await there.get('/me')).status).toBe(200)
    await env.DB.prepare('UPDATE users SET roles = ?2 WHERE id = ?1')
      .bind(ada.userId, '["x","support"]')
      .run()
    expectProblem(await there.get('/sessions'), 401, 'session-ended')
    expect((await firstStep({ ...ada, service: roles })).answer.body.next).toEqual(['link'])
  })

  it('the safety net: no statement begins a session on one factor', async () => {
    const ada = await provenPerson(lenient, mode)
    const { users } = strict.services
    const { prepareSession } = await import('../../src/flows/sign-in/prepared-session')
    const source = { requestId: 'r', address: null, userAgent: null, country: null, language: 'en' } as const
    const now = Math.floor(Date.now() / 1000)
    const facts = { userId: ada.userId, mode, methods: [{ method: 'pwd', at: now }], source, now } as const
    const hash = (await users.findById(ada.userId))?.passwordHash ?? ''
    const reserved = { budget: { of: 'strangers', key: 'x'.repeat(43) }, blockedUntil: 0 } as const
    for (const { services } of [
      strict,
      mailingService({ SECOND_FACTOR: 'roles', SECOND_FACTOR_ROLES: 'b_d' }),
    ]) {
      await env.DB.prepare('UPDATE users SET roles = ?2 WHERE id = ?1').bind(ada.userId, '["b_d"]').run()
      const prepared = await prepareSession(services, facts, null)
      const device = { presentedIds: [], newId: prepared.newDeviceId }
      const start = { prepared, passwordHash: hash, reserved, source, presented: [], device, rehashed: null }
      expect(await users.startSession(start as never)).toBeNull()
      await env.DB.prepare('UPDATE users SET roles = ?2 WHERE id = ?1').bind(ada.userId, '["bxd"]').run()
      if (services !== strict.services) expect(await users.startSession(start as never)).not.toBeNull()
    }
  })
})

it('without second factors, a service that requires one does not start', () => {
  const { createSecondFactors: _, ...others } = ALL_PARTS
  expect(() => ownService({ SECOND_FACTOR: 'required', MAILER: 'none' }, {}, others)).toThrow(/SECOND_FACTOR/)
})

it('a browser without scripts sets an app up in its sign-in', async () => {
  const ada = await provenPerson(lenient, 'session')
  const link = await signInLink(strict, ada.email)
  const form = async (path: string, fields: Record<string, string>, cookie = '') =>
    read(
      await strict.fetch(
        new Request(`${strict.issuer}${path}`, {
          method: 'POST',
          redirect: 'manual',
          headers: {
            'CF-Connecting-IP': newAddress(),
            Accept: 'text/html',
            ...(cookie === '' ? {} : { Cookie: cookie }),
          },
          body: new URLSearchParams(fields),
        }),
      ),
    )
  const { token, binding } = link
  const first = await form('/login/link/confirm', { token, binding })
  expect(first.text).toBe('')
  const query = new URLSearchParams({
    cookie: 'pending-sign-in',
    return_to: '/login/second-factor/set-up?with=passkey',
  })
  expect(first.headers.get('Location')).toBe(`/continue?${query}`)
  const cookie = `__Host-pending-sign-in=${first.cookies['__Host-pending-sign-in']}`
  const page = await send(strict, 'GET', '/login/second-factor/set-up?with=passkey', {
    headers: { Cookie: cookie, Accept: 'text/html' },
  })
  expect(page.text).toContain('action="/login/second-factor/set-up/totp"')
  const shown = await form('/login/second-factor/set-up/totp', {}, cookie)
  expect(shown.status).toBe(200)
  const [, enrolment = ''] = /name="enrolment" value="([^"]+)"/.exec(shown.text) ?? []
  const [, seed = ''] = /<code class="secret">([^<]+)</.exec(shown.text) ?? []
  const confirm = '/login/second-factor/set-up/totp/confirm'
  const refused = await form(confirm, { enrolment, code: '000000' }, cookie)
  expect(refused.status).toBe(401)
  expect(refused.text).toContain(enrolment)
  const whole = await form(confirm, { enrolment, code: await codeOf(seed.replaceAll(' ', '')) }, cookie)
  expect(whole.status, whole.text).toBe(200)
  expect(whole.cookies['__Host-session']).toBeTruthy()
  expect(whole.text.match(/<li><code>/g)).toHaveLength(10)
  const headers = { Cookie: `__Host-session=${whole.cookies['__Host-session']}` }
  expect((await send(strict, 'GET', '/me', { headers })).status).toBe(200)
  const again = await form(confirm, { enrolment, code: await codeOf(seed.replaceAll(' ', ''), 1) }, cookie)
  expect([again.status, again.headers.get('Location')]).toEqual([303, '/login?problem=sign-in-expired'])
})
