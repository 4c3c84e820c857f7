import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import type { Mode } from '../../src/sessions/mode'
import { openSessions } from '../support/guessing'
import {
  accountRow,
  type BoundLink,
  NEW_PASSWORD,
  provenPerson,
  reset,
  resetLink,
  signInLink,
} from '../support/links'
import { type MailingService, mailingService } from '../support/mail'
import {
  type Answer,
  clientOf,
  deviceOf,
  expectProblem,
  newEmail,
  PASSWORD,
  send,
  signedInPerson,
} from '../support/person'
import { personWithTotp } from '../support/second-factor'
import { stopTime } from '../support/stop-time'
import { askRecorded, recordedDuring } from '../support/trail'

const MODES = ['session', 'token'] as const
const MINUTE = 60

function confirm(
  service: MailingService,
  link: Partial<BoundLink> & { readonly mode?: Mode; readonly refresh_in?: string },
  headers: Record<string, string> = {},
): Promise<Answer> {
  return send(service, 'POST', '/login/link/confirm', { body: link, headers })
}

/** Returns the claims of an access token, unverified. */
function claimsOf(accessToken: unknown): Record<string, unknown> {
  const [, payload = ''] = String(accessToken).split('.')
  return JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')))
}

describe.each(MODES)('a link to sign in, %s mode', (mode) => {
  it('LOG-05: signs in, with the credentials of this mode and no other', async () => {
    const service = mailingService()
    const ada = await provenPerson(service, mode)
    const { token, binding } = await signInLink(service, ada.email)
    const kept = { Cookie: `__Host-sign-in-link=${binding}` }
    const answer = await confirm(service, { token, mode }, kept)
    expect(answer.status, answer.text).toBe(200)
    expect(answer.body).toMatchObject({
      user: { id: ada.userId, email: ada.email, email_verified: true },
      session: { mode, current: true },
    })
    const given = { access: 'access_token' in answer.body, refresh: 'refresh_token' in answer.body }
    expect(given).toEqual({ access: mode === 'token', refresh: mode === 'token' })
    expect(answer.cookies['__Host-session'] !== undefined).toBe(mode === 'session')
    // What bound the link is of use for a repetition, and then no more.
    expect(answer.cookies['__Host-sign-in-link']).toBe(binding)
    expect(answer.headers.getSetCookie().join()).toMatch(/__Host-sign-in-link=[^,]*Max-Age=15;/)
    const device = clientOf(service, mode, answer)
    expect((await device.get('/sessions')).body.sessions).toHaveLength(2)
    // An address that was proven before changes nothing else.
    expect((await ada.get('/me')).status).toBe(200)
    await ada.signIn()
  })

  it('LOG-02: signs in to an account that has no password', async () => {
    const service = mailingService()
    const ada = await provenPerson(service, mode)
    await env.DB.prepare('UPDATE users SET password_hash = NULL WHERE id = ?1').bind(ada.userId).run()
    const answer = await confirm(service, { ...(await signInLink(service, ada.email)), mode })
    expect(answer.status, answer.text).toBe(200)
    expect((await clientOf(service, mode, answer).get('/me')).status).toBe(200)
    for (const password of ['', PASSWORD]) {
      const tried = await send(service, 'POST', '/login', { body: { email: ada.email, password, mode } })
      expectProblem(tried, 401, 'invalid-credentials')
    }
    expect((await reset(service, await resetLink(service, ada.email))).status).toBe(204)
    await ada.signIn({ password: NEW_PASSWORD })
  })

  it('REG-04: on an account whose address nobody had proven, what was set up before dies', async () => {
    const service = mailingService()
    const email = newEmail()
    const body = { email, password: PASSWORD, mode }
    const planted = await send(service, 'POST', '/register', { body })
    const thief = clientOf(service, mode, planted)
    const answer = await confirm(service, { ...(await signInLink(service, email)), mode })
    expect(answer.body.user, answer.text).toMatchObject({ id: planted.body.user.id, email_verified: true })
    expectProblem(await thief.get('/sessions'), 401, 'session-ended')
    if (mode === 'token') {
      const refresh = { refresh_token: thief.refreshToken }
      expectProblem(await send(service, 'POST', '/refresh', { body: refresh }), 401, 'session-ended')
    }
    expectProblem(await send(service, 'POST', '/login', { body }), 401, 'invalid-credentials')
    expect((await clientOf(service, mode, answer).get('/sessions')).body.sessions).toHaveLength(1)
    // The thief's browser would have a budget of its own, and mail without the owner's limits.
    const { devices } = (await clientOf(service, mode, answer).get('/devices')).body
    expect(devices.map(({ id }: { id: string }) => id)).toEqual([deviceOf({ ...thief, answer }).slice(0, 22)])
    expect(devices[0].id).not.toBe(deviceOf(thief).slice(0, 22))
  })

  it.each(['link', 'code'] as const)(
    'REG-04: by its %s, signs the owner in without the second factor that was planted',
    async (by) => {
      const service = mailingService()
      const { person, session, recoveryCodes } = await personWithTotp(mode, service)
      const { token, binding } = await signInLink(service, person.email)
      const link = by === 'link' ? { token, binding } : { code: service.codeFor(person.email), binding }
      const answer = await confirm(service, { ...link, mode })
      expect(answer.body.user, answer.text).toMatchObject({ id: person.userId, email_verified: true })
      const owner = clientOf(service, mode, answer)
      expect((await owner.get('/me/second-factor')).body).toMatchObject({ totp: null })
      expectProblem(await session.get('/sessions'), 401, 'session-ended')
      expect(await accountRow(person.userId)).toMatchObject({ password_hash: null, second_factor_at: null })
      const left = `SELECT (SELECT count(*) FROM totp_factors WHERE user_id = ?1) AS apps,
        (SELECT count(*) FROM recovery_codes WHERE user_id = ?1) AS codes`
      expect(recoveryCodes.length).toBeGreaterThan(0)
      expect(await env.DB.prepare(left).bind(person.userId).first()).toEqual({ apps: 0, codes: 0 })
    },
  )

  it('MFA-01: waits for the second factor of whoever set it up and presents their session', async () => {
    const service = mailingService()
    const { person, session } = await personWithTotp('session', service)
    const link = await signInLink(service, person.email)
    const answer = await confirm(service, { ...link, mode }, session.headers)
    expect(answer.body, answer.text).toMatchObject({ next: ['totp', 'recovery-code'] })
    expect(await accountRow(person.userId)).toMatchObject({ email_verified_at: expect.any(Number) })
  })

  it.each([
    ['of that account', 'stays', () => null],
    [
      'of that account, once ended',
      'dies',
      (id: string) => `UPDATE sessions SET ended_at = 1, end_reason = 'signed-out' WHERE id = '${id}'`,
    ],
    [
      'of that account, once idle',
      'dies',
      (id: string) => `UPDATE sessions SET idle_expires_at = 1 WHERE id = '${id}'`,
    ],
    [
      'of that account, once expired',
      'dies',
      (id: string) => `UPDATE sessions SET expires_at = 1 WHERE id = '${id}'`,
    ],
    [
      'of that account, with another secret',
      'dies',
      (id: string) =>
        `UPDATE sessions SET secret_hash = '${'A'.repeat(43)}' WHERE id = '${id}' AND mode = 'session'`,
    ],
    ['of another account', 'dies', null],
  ] as const)('REG-04: with a session %s in the same browser, the password %s', async (_, fate, change) => {
    const service = mailingService()
    const email = newEmail()
    const kept = { mode, ...(mode === 'token' ? { refresh_in: 'cookie' } : {}) }
    const register = (address: string) =>
      send(service, 'POST', '/register', { body: { email: address, password: PASSWORD, ...kept } })
    const own = await register(email)
    const { cookies, body } = change === null ? await register(newEmail()) : own
    const sql = change?.(String(body.session.id))
    if (sql) await env.DB.prepare(sql).run()
    // A refresh token has no secret that could be another.
    const stays = fate === 'stays' || (mode === 'token' && sql?.includes('secret_hash'))
    const Cookie = Object.entries(cookies)
      .map(([name, value]) => `${name}=${value}`)
      .join('; ')
    const answer = await confirm(service, { ...(await signInLink(service, email)), mode }, { Cookie })
    expect(answer.status, answer.text).toBe(200)
    const login = await send(service, 'POST', '/login', { body: { email, password: PASSWORD } })
    expect(login.status).toBe(stays ? 200 : 401)
    const removed = service.mailTo(email).filter(({ subject }) => subject.includes('was removed'))
    expect(removed).toHaveLength(stays ? 0 : 1)
    expect(await openSessions(own.body.user.id)).toBe(stays ? 2 : 1)
  })

  it('LOG-03: a session that comes along ends, in either mode, and its credentials with it', async () => {
    const service = mailingService()
    for (const old of MODES) {
      const ada = await provenPerson(service, old)
      const link = await signInLink(service, ada.email)
      const answer = await confirm(service, { ...link, mode }, ada.headers)
      expect(answer.status, answer.text).toBe(200)
      expect(answer.body.session.id).not.toBe(ada.sessionId)
      // A bearer token is not what a browser sends along unasked: its session stays.
      if (old === 'token') continue
      expectProblem(await ada.get('/sessions'), 401, 'session-ended')
      expect(await openSessions(ada.userId)).toBe(1)
      if (mode === 'token') expect(answer.cookies['__Host-session']).toBe('')
      else expect(answer.cookies['__Host-session']).not.toBe(ada.answer.cookies['__Host-session'])
    }
  })

  it('LOG-03: the session of another account that comes along ends, one that is made up is not adopted', async () => {
    const service = mailingService()
    const [ada, bob] = [await provenPerson(service, 'session'), await provenPerson(service, 'session')]
    const link = await signInLink(service, ada.email)
    const answer = await confirm(service, { ...link, mode }, bob.headers)
    expect(answer.body.user, answer.text).toMatchObject({ id: ada.userId })
    expectProblem(await bob.get('/sessions'), 401, 'session-ended')

    const made = `${'A'.repeat(22)}.${'A'.repeat(43)}`
    const next = await signInLink(service, ada.email)
    const other = await confirm(service, { ...next, mode }, { Cookie: `__Host-session=${made}` })
    expect(other.status, other.text).toBe(200)
    expect(JSON.stringify([other.body, other.cookies])).not.toContain('A'.repeat(22))
  })

  it('LOG-03: a refresh cookie that comes along ends with its family', async () => {
    const service = mailingService()
    const ada = await provenPerson(service, mode)
    const kept = await send(service, 'POST', '/login', {
      body: { email: ada.email, password: PASSWORD, mode: 'token', refresh_in: 'cookie' },
    })
    const cookie = { Cookie: `__Host-refresh=${kept.cookies['__Host-refresh']}` }
    const answer = await confirm(service, { ...(await signInLink(service, ada.email)), mode }, cookie)
    expect(answer.status, answer.text).toBe(200)
    expect(answer.cookies['__Host-refresh']).toBe('')
    expectProblem(
      await send(service, 'POST', '/refresh', { body: {}, headers: cookie }),
      401,
      'session-ended',
    )
  })

  it('what was recorded says who signed in and how, and holds no secret', async () => {
    const service = mailingService({ LOG_SUCCESS_PERCENT: '100' })
    const ada = await provenPerson(service, mode)
    const accountKey = await service.services.accountKeys(ada.email)
    const asked = await askRecorded(service, 'POST', '/login/link', { body: { email: ada.email } })
    const link = { token: service.tokenFor(ada.email), binding: asked.answer.body.binding }
    const none = { outcome: 'success', reason: null, session_id: null, mode: null }
    expect(asked.rows).toMatchObject([
      {
        event: 'sign-in-link-requested',
        ...none,
        ...asked.from,
        actor_id: null,
        subject_id: ada.userId,
        account_key: accountKey,
      },
    ])
    const used = await askRecorded(service, 'POST', '/login/link/confirm', { body: { ...link, mode } })
    const session = { session_id: used.answer.body.session.id, mode }
    const owner = { actor_id: ada.userId, subject_id: ada.userId }
    expect(used.rows).toMatchObject([
      { event: 'signed-in', outcome: 'success', reason: 'link', ...session, ...owner, ...used.from },
    ])
    const text = JSON.stringify([asked.rows, used.rows])
    for (const secret of Object.values(link)) expect(text).not.toContain(secret)
    expect(text).not.toContain(ada.email)
  })

  it('RST-02: twenty at once start one session', async () => {
    const service = mailingService()
    const ada = await provenPerson(service, mode)
    const link = await signInLink(service, ada.email)
    const answers = await Promise.all(Array.from({ length: 20 }, () => confirm(service, { ...link, mode })))
    const [first] = answers
    for (const { status, body } of answers) {
      expect([status, body.session?.id]).toEqual([200, first?.body.session.id])
    }
    expect(await openSessions(ada.userId)).toBe(2)
  })

  it.each([
    [15 * MINUTE - 1, 200],
    [15 * MINUTE, 400],
  ])('after %i seconds it is answered with %i', async (seconds, status) => {
    stopTime()
    const service = mailingService()
    const ada = await provenPerson(service, mode)
    const link = await signInLink(service, ada.email)
    service.ahead += seconds
    const answer = await confirm(service, { ...link, mode })
    expect(answer.status, answer.text).toBe(status)
    expect(await openSessions(ada.userId)).toBe(status === 200 ? 2 : 1)
  })

  it.each(['before the link was mailed', 'afterwards', 'afterwards, and enabled again'])(
    'LOG-04: a disabled account is not signed in to: %s',
    async (when) => {
      const service = mailingService()
      const ada = await provenPerson(service, mode)
      const disable = () =>
        env.DB.prepare('UPDATE users SET disabled_at = 1 WHERE id = ?1').bind(ada.userId).run()
      if (when.startsWith('before')) {
        await disable()
        const asked = await send(service, 'POST', '/login/link', { body: { email: ada.email } })
        expect(asked.status).toBe(202)
        expect(service.mailTo(ada.email)).toEqual([])
        return
      }
      const link = await signInLink(service, ada.email)
      await disable()
      if (when.endsWith('again')) {
        await env.DB.prepare('UPDATE users SET disabled_at = NULL WHERE id = ?1').bind(ada.userId).run()
      }
      const before = await accountRow(ada.userId)
      expectProblem(await confirm(service, { ...link, mode }), 400, 'invalid-link')
      expect(await accountRow(ada.userId)).toEqual(before)
      expect(await openSessions(ada.userId)).toBe(0)
    },
  )
})

describe('a link to sign in is bound to who asked for it', () => {
  it('SES-02: by the cookie alone, or by the body alone', async () => {
    const service = mailingService()
    const ada = await provenPerson(service, 'session')
    const asked = await send(service, 'POST', '/login/link', { body: { email: ada.email } })
    expect(asked.body).toEqual({ binding: asked.cookies['__Host-sign-in-link'] })
    const [cookie = ''] = asked.headers.getSetCookie()
    expect(cookie.split('; ').slice(1).sort()).toEqual(
      ['HttpOnly', `Max-Age=${15 * MINUTE}`, 'Path=/', 'SameSite=Lax', 'Secure'].sort(),
    )
    const token = service.tokenFor(ada.email)
    const headers = { Cookie: `__Host-sign-in-link=${asked.cookies['__Host-sign-in-link']}` }
    expect((await confirm(service, { token }, headers)).status).toBe(200)

    const link = await signInLink(service, ada.email)
    expect((await confirm(service, link)).status).toBe(200)
  })

  it('is refused to everybody else, and stays good for who asked', async () => {
    const service = mailingService()
    const [ada, eve] = [await provenPerson(service, 'session'), await provenPerson(service, 'session')]
    const link = await signInLink(service, ada.email)
    const { token } = link
    const hers = (await signInLink(service, eve.email)).binding
    const cookie = (binding: string) => `__Host-sign-in-link=${binding}`
    const tries: readonly (readonly [Partial<BoundLink>, Record<string, string>])[] = [
      [{ token }, {}],
      [{ token, binding: hers }, {}],
      [{ token, binding: '' }, {}],
      [{ token, binding: token }, {}],
      [{ token, binding: link.binding.slice(0, -1) }, {}],
      [{ token }, { Cookie: cookie(hers) }],
      [{ token }, { Cookie: `sign-in-link=${link.binding}` }],
      [{ token }, { Cookie: `__Host-registration=${link.binding}; __Host-email-change=${link.binding}` }],
      // One of them was planted, and there is no telling which.
      [{ token }, { Cookie: `${cookie(link.binding)}; ${cookie(hers)}` }],
      // What the body says decides.
      [{ token, binding: hers }, { Cookie: cookie(link.binding) }],
    ]
    for (const [body, headers] of tries) {
      const answer = await confirm(service, body, headers)
      expectProblem(answer, 400, 'invalid-link')
      expect(answer.cookies).toEqual({})
      expect(await openSessions(ada.userId)).toBe(1)
    }
    expect((await confirm(service, link)).body.user?.id).toBe(ada.userId)
  })

  it('a newer one that a stranger asked for takes nothing away, and gives the stranger nothing', async () => {
    const service = mailingService()
    const ada = await provenPerson(service, 'session')
    const mine = await signInLink(service, ada.email)
    const strangers = []
    for (let count = 0; count < 4; count += 1) strangers.push(await signInLink(service, ada.email))
    for (const { token, binding } of strangers) {
      // Neither the mail of another with one's own secret, nor one's own mail with the secret of another.
      expectProblem(await confirm(service, { token, binding: mine.binding }), 400, 'invalid-link')
      expectProblem(await confirm(service, { token: mine.token, binding }), 400, 'invalid-link')
    }
    expect((await confirm(service, mine)).status).toBe(200)
    // One use ends them all.
    for (const link of strangers) expectProblem(await confirm(service, link), 400, 'invalid-link')
  })

  it('a newer one that the same browser asked for takes its place', async () => {
    const service = mailingService()
    const ada = await provenPerson(service, 'session')
    const older = await signInLink(service, ada.email)
    const headers = { Cookie: `__Host-sign-in-link=${older.binding}` }
    const asked = await send(service, 'POST', '/login/link', { body: { email: ada.email }, headers })
    expect(asked.body).toEqual({ binding: older.binding })
    expectProblem(await confirm(service, older), 400, 'invalid-link')
    const newer = { token: service.tokenFor(ada.email), binding: older.binding }
    expect((await confirm(service, newer)).status).toBe(200)
  })

  it('a request that is refused for too much mail leaves the browser bound to the link that is out', async () => {
    stopTime()
    const service = mailingService()
    const ada = await provenPerson(service, 'session')
    let jar: Record<string, string> = {}
    for (let n = 0; n < 6; n++) {
      const asked = await send(service, 'POST', '/login/link', { body: { email: ada.email } })
      expect(asked.status).toBe(n < 5 ? 202 : 429)
      jar = { ...jar, ...asked.cookies }
    }
    const headers = { Cookie: `__Host-sign-in-link=${jar['__Host-sign-in-link']}` }
    const answer = await confirm(service, { token: service.tokenFor(ada.email) }, headers)
    expect(answer.status, answer.text).toBe(200)
  })

  it('INC-23: nor is it good for anything else', async () => {
    const service = mailingService()
    const ada = await provenPerson(service, 'session')
    const link = await signInLink(service, ada.email)
    const before = await accountRow(ada.userId)
    expectProblem(await reset(service, link.token), 400, 'invalid-link')
    for (const path of ['/email/verify', '/email/change/confirm']) {
      expectProblem(await send(service, 'POST', path, { body: link }), 400, 'invalid-link')
    }
    const token = await resetLink(service, ada.email)
    expectProblem(await confirm(service, { token, binding: link.binding }), 400, 'invalid-link')
    expect(await accountRow(ada.userId)).toEqual(before)
    expect((await confirm(service, link)).status).toBe(200)
  })

  it('login CSRF: a foreign page cannot use a link of its own in the browser of another', async () => {
    const service = mailingService()
    const eve = await provenPerson(service, 'session')
    const link = await signInLink(service, eve.email)
    const foreign = [{ 'Sec-Fetch-Site': 'cross-site' }, { Origin: 'https://evil.example' }]
    for (const headers of foreign) {
      expectProblem(await confirm(service, link, headers), 403, 'cross-site-request')
    }
    expect((await confirm(service, link)).status).toBe(200)
  })
})

describe('modes of a sign-in with a link', () => {
  it('keeps the refresh token in a cookie where a page asks for that', async () => {
    const service = mailingService()
    const ada = await provenPerson(service, 'token')
    const link = await signInLink(service, ada.email)
    const answer = await confirm(service, { ...link, mode: 'token', refresh_in: 'cookie' })
    expect(answer.status, answer.text).toBe(200)
    expect(answer.body).not.toHaveProperty('refresh_token')
    const headers = { Cookie: `__Host-refresh=${answer.cookies['__Host-refresh']}` }
    const refreshed = await send(service, 'POST', '/refresh', { headers, body: {} })
    expect(refreshed.status, refreshed.text).toBe(200)
    expect(claimsOf(refreshed.body.access_token).amr).toEqual(['otp'])
  })

  it('a mode that is not offered, or makes no sense, is refused before the link is used', async () => {
    const service = mailingService({ AUTH_MODE: 'session' })
    const ada = await provenPerson(service, 'session')
    const link = await signInLink(service, ada.email)
    expectProblem(await confirm(service, { ...link, mode: 'token' }), 422, 'mode-not-offered')
    const odd = { ...link, mode: 'session', refresh_in: 'cookie' } as const
    expectProblem(await confirm(service, odd), 422, 'invalid-input')
    expect((await confirm(service, link)).body.session?.mode).toBe('session')
  })

  it('STP-02: a token says that a one-time password was used, and when, also after refreshes', async () => {
    stopTime()
    const service = mailingService()
    const ada = await provenPerson(service, 'token')
    expect(claimsOf(ada.answer.body.access_token).amr).toEqual(['pwd'])
    let { body } = await confirm(service, { ...(await signInLink(service, ada.email)), mode: 'token' })
    const { auth_time } = claimsOf(body.access_token)
    for (let round = 0; round < 3; round++) {
      service.ahead += 10 * MINUTE
      const answer = await send(service, 'POST', '/refresh', { body: { refresh_token: body.refresh_token } })
      expect(answer.status, answer.text).toBe(200)
      body = answer.body
      expect(claimsOf(body.access_token)).toMatchObject({ amr: ['otp'], auth_time })
    }
  })

  it('a password that is changed from there is a password again', async () => {
    const service = mailingService()
    const ada = await provenPerson(service, 'token')
    const answer = await confirm(service, { ...(await signInLink(service, ada.email)), mode: 'token' })
    const device = clientOf(service, 'token', answer)
    const change = { current_password: PASSWORD, new_password: NEW_PASSWORD }
    const changed = await device.post('/password', change)
    expect(changed.status, changed.text).toBe(200)
    expect(claimsOf(changed.body.access_token).amr).toEqual(['pwd'])
  })

  it('a form is sent on, and never off this origin', async () => {
    const service = mailingService()
    const ada = await provenPerson(service, 'session')
    for (const [return_to, location] of [
      ['/app', '/app'],
      ['//evil.example', '/'],
    ]) {
      const link = await signInLink(service, ada.email)
      const request = new Request(`${service.issuer}/login/link/confirm`, {
        method: 'POST',
        headers: { 'CF-Connecting-IP': '10.9.9.9' },
        body: new URLSearchParams({ ...link, return_to: return_to ?? '' }),
        redirect: 'manual',
      })
      const response = await service.fetch(request)
      expect([response.status, response.headers.get('Location')]).toEqual([303, location])
      expect(response.headers.getSetCookie().join()).toContain('__Host-session=')
    }
  })

  it('REG-04: tells the owner that a password went which nobody had proven to be theirs', async () => {
    const service = mailingService()
    const ada = await signedInPerson({ mode: 'session', service })
    const link = await signInLink(service, ada.email)
    expect((await confirm(service, link)).status).toBe(200)
    expect(service.mailTo(ada.email).map(({ subject }) => subject)).toContain(
      'Your auth.example.com password was removed',
    )
    const again = await signInLink(service, ada.email)
    const before = service.mail.length
    expect((await confirm(service, again)).status).toBe(200)
    expect(service.mail).toHaveLength(before)
  })

  it('nothing is recorded of a link that is not good', async () => {
    const service = mailingService()
    const ada = await provenPerson(service, 'session')
    const { token } = await signInLink(service, ada.email)
    const rows = await recordedDuring(async () => {
      expectProblem(await confirm(service, { token }), 400, 'invalid-link')
    })
    expect(rows).toEqual([])
  })
})
