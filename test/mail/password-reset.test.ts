import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { faultyD1 } from '../support/faulty-d1'
import { createGate } from '../support/gate'
import { countHashes, expectThrottled, failed, failuresOf, logIn } from '../support/guessing'
import {
  accountRow,
  answerAtOnce,
  askChange,
  changeLink,
  confirmChange,
  NEW_PASSWORD,
  provenPerson,
  reset,
  resetLink,
  signInLink,
  toldBy,
  verifyLink,
} from '../support/links'
import { mailingService } from '../support/mail'
import { deviceOf, expectProblem, newEmail, PASSWORD, send, signedInPerson } from '../support/person'
import { sessionCopy } from '../support/place'
import { stopTime } from '../support/stop-time'
import { storage } from '../support/storage'
import { recordedDuring } from '../support/trail'

const HOUR = 60 * 60
/** Dozens of hashes, on a machine that has other things to do. */
const SLOW_MS = 30_000

const MODES = ['session', 'token'] as const

describe.each(MODES)('a forgotten password, %s mode', (mode) => {
  it('RST-04: is replaced by its owner; every session ends, nobody is signed in, and the owner is told', async () => {
    const service = mailingService()
    const ada = await signedInPerson({ mode, service })
    const asked = await send(service, 'POST', '/password/forgot', { body: { email: ada.email } })
    expect([asked.status, asked.text]).toEqual([202, '{}'])
    const token = service.tokenFor(ada.email)

    const answer = await reset(service, token)
    expect([answer.status, answer.text, Object.keys(answer.cookies)]).toEqual([204, '', ['__Host-device']])

    expectProblem(await ada.get('/sessions'), 401, 'session-ended')
    expectProblem(await logIn(service, ada.email, PASSWORD, mode), 401, 'invalid-credentials')
    await ada.signIn({ password: NEW_PASSWORD })
    const notice = service.mailTo(ada.email).at(-1)
    expect(notice?.subject).toContain('password')
    expect(`${notice?.text}${notice?.html}`).not.toContain('token=')
  })

  it(
    'RST-04: every session and every family of refresh tokens ends, in either mode, also where nothing is in memory',
    async () => {
      const service = mailingService()
      const ada = await provenPerson(service, mode)
      const devices = [ada, await ada.signIn({ mode: 'session' }), await ada.signIn({ mode: 'token' })]
      const inCookie = await send(service, 'POST', '/login', {
        body: { email: ada.email, password: PASSWORD, mode: 'token', refresh_in: 'cookie' },
      })
      const bystander = await signedInPerson({ mode, service })
      expect((await reset(service, await resetLink(service, ada.email))).status).toBe(204)

      for (const place of [service, mailingService()]) {
        for (const device of devices) {
          const asks = { headers: device.headers }
          expectProblem(await send(place, 'GET', '/me', asks), 401, 'session-ended')
          expectProblem(await send(place, 'GET', '/sessions', asks), 401, 'session-ended')
        }
        for (const { refreshToken } of devices.filter((device) => device.refreshToken !== '')) {
          const body = { refresh_token: refreshToken }
          expectProblem(await send(place, 'POST', '/refresh', { body }), 401, 'session-ended')
        }
        const headers = { Cookie: `__Host-refresh=${inCookie.cookies['__Host-refresh']}` }
        expectProblem(await send(place, 'POST', '/refresh', { headers, body: {} }), 401, 'session-ended')
      }
      for (const { sessionId } of devices) expect(await sessionCopy(sessionId)).toBe(null)
      expect((await bystander.get('/me')).status).toBe(200)
    },
    SLOW_MS,
  )

  it('RST-04, RST-05: what was recorded names the account, the ends of its sessions, and no secret, as does the log', async () => {
    const service = mailingService({ LOG_SUCCESS_PERCENT: '100' })
    const ada = await provenPerson(service, mode)
    let token = ''
    const rows = await recordedDuring(async () => {
      token = await resetLink(service, ada.email)
      const page = { headers: { Accept: 'text/html' } }
      expect((await send(service, 'GET', `/password/reset?token=${token}`, page)).status).toBe(200)
      await reset(service, token)
    })
    expect(rows.map((row) => [row.event, row.outcome, row.actor_id, row.subject_id])).toEqual([
      ['password-reset-requested', 'success', null, ada.userId],
      ['password-reset', 'success', ada.userId, ada.userId],
      ['session-ended', 'success', ada.userId, ada.userId],
    ])
    expect(service.log.map(({ event }) => event)).toContain('request')
    expect(JSON.stringify([rows, service.log])).not.toContain(token)
  })

  it(
    'RL-01, RL-04, RL-05: a reset works while strangers have used up their attempts, and leaves those; where it is done the new password works',
    async () => {
      stopTime()
      const service = mailingService({ MAX_ATTEMPTS: '20' })
      const ada = await signedInPerson({ mode, service })
      await failed(service, ada.email, 20)
      expectThrottled(await logIn(service, ada.email, PASSWORD, mode))

      const before = await accountRow(ada.userId)
      const token = await resetLink(service, ada.email)
      // To ask is nothing yet: who asked may be the one who guessed.
      expect(await accountRow(ada.userId)).toEqual(before)
      expect(await failuresOf(service, ada.email)).toBe(20)
      expectThrottled(await logIn(service, ada.email, PASSWORD, mode))

      const body = { token, new_password: NEW_PASSWORD, device_token: null }
      const done = await send(service, 'POST', '/password/reset', { body })
      expect(Object.keys(done.body)).toEqual(['device_token'])
      expect(await failuresOf(service, ada.email)).toBe(20)
      expectThrottled(await logIn(service, ada.email, NEW_PASSWORD, mode))
      // Devices that the account knew are strangers now; RL-05: a reset ends a stolen credential.
      const signIn = (device_token: string) => {
        const right = { email: ada.email, password: NEW_PASSWORD, mode, device_token }
        return send(service, 'POST', '/login', { body: right })
      }
      expectThrottled(await signIn(deviceOf(ada)))
      expect((await signIn(done.body.device_token)).status).toBe(200)
    },
    SLOW_MS,
  )

  it(
    'RST-02: twenty at once set one password, end with one notice and one record',
    async () => {
      const service = mailingService()
      const ada = await signedInPerson({ mode, service })
      const token = await resetLink(service, ada.email)
      const before = service.mail.length
      const passwords = Array.from({ length: 20 }, (_, n) => `${NEW_PASSWORD}, number ${n}`)
      let answers: readonly Awaited<ReturnType<typeof reset>>[] = []
      const rows = await recordedDuring(async () => {
        answers = await Promise.all(passwords.map((password) => reset(service, token, password)))
      })
      const won = passwords.filter((_, n) => answers[n]?.status === 204)
      expect(won).toHaveLength(1)
      for (const answer of answers.filter(({ status }) => status !== 204))
        expectProblem(answer, 400, 'invalid-link')
      const done = rows.filter(({ event, outcome }) => event === 'password-reset' && outcome === 'success')
      expect(done).toHaveLength(1)
      expect(service.mail.length - before).toBe(1)
      // The others were attempts at the password that is set, and counted.
      service.ahead += 24 * 3600
      await ada.signIn({ password: won[0] ?? '' })
      const [lost = ''] = passwords.filter((password) => !won.includes(password))
      expectProblem(await logIn(service, ada.email, lost, mode), 401, 'invalid-credentials')
    },
    SLOW_MS,
  )
})

describe('RST-01: who asks is told the same', () => {
  const STATES: Readonly<Record<string, string | null>> = {
    'a known address': null,
    'an address that was proven': 'UPDATE users SET email_verified_at = 1 WHERE id = ?1',
    'an account without a password': 'UPDATE users SET password_hash = NULL WHERE id = ?1',
    'a disabled account': 'UPDATE users SET disabled_at = 1 WHERE id = ?1',
    'a deleted account': 'DELETE FROM users WHERE id = ?1',
  }
  const ROUTES = ['/password/forgot', '/login/link'] as const

  it.each(ROUTES.flatMap((route) => Object.keys(STATES).map((state) => [route, state] as const)))(
    '%s: of %s as of an unknown one, at the same price',
    async (route, state) => {
      stopTime()
      const db = faultyD1(env.DB)
      const service = mailingService({ DB: db })
      const ada = await signedInPerson({ mode: 'session', service })
      const sql = STATES[state]
      if (sql) await env.DB.prepare(sql).bind(ada.userId).run()

      async function transcript(email: string) {
        db.calls.length = 0
        const answer = await send(service, 'POST', route, { body: { email } })
        return { told: toldBy(answer), calls: [...db.calls] }
      }
      const known = await transcript(ada.email)
      const mails = service.mailTo(ada.email).length
      expect(mails).toBe(/disabled|deleted/.test(state) ? 0 : 1)
      const stranger = newEmail()
      const unknown = await transcript(stranger)
      expect(service.mailTo(stranger)).toEqual([])
      expect(known.told).toEqual(unknown.told)
      expect(known.told.status).toBe(202)
      // The rest is the delivery, behind the answer.
      expect(known.calls.slice(0, unknown.calls.length)).toEqual(unknown.calls)
      expect(unknown.calls).toHaveLength(1)
    },
  )

  it('a carrier that stands still does not delay the answer', async () => {
    const service = mailingService()
    const ada = await signedInPerson({ mode: 'session', service })
    const gate = createGate<'send'>()
    const held = gate.hold(() => true)
    service.carrierFails = () => gate.pass('send')
    const { answer, workDone } = await answerAtOnce(service, '/password/forgot', { email: ada.email })
    expect([answer.status, answer.text]).toEqual([202, '{}'])
    await held.reached
    expect(service.mailTo(ada.email)).toEqual([])
    held.release()
    await workDone()
    expect((await reset(service, service.tokenFor(ada.email))).status).toBe(204)
  })

  it('a carrier that fails does not show in the answer, and the mail comes later', async () => {
    stopTime()
    const service = mailingService()
    const ada = await signedInPerson({ mode: 'session', service })
    const stranger = await send(service, 'POST', '/password/forgot', { body: { email: newEmail() } })
    service.carrierFails = async () => {
      throw new Error('down')
    }
    const answer = await send(service, 'POST', '/password/forgot', { body: { email: ada.email } })
    expect(toldBy(answer)).toEqual(toldBy(stranger))
    service.carrierFails = null
    service.ahead += 10 * 60
    await service.sweep()
    expect((await reset(service, service.tokenFor(ada.email))).status).toBe(204)
  })
})

describe('RST-02: a link to set a password', () => {
  it.each([
    [HOUR - 1, 204],
    [HOUR, 400],
  ])('after %i seconds is answered with %i', async (seconds, status) => {
    stopTime()
    const service = mailingService()
    const ada = await signedInPerson({ mode: 'session', service })
    const token = await resetLink(service, ada.email)
    const before = await accountRow(ada.userId)
    service.ahead += seconds
    const answer = await reset(service, token)
    expect(answer.status).toBe(status)
    if (status === 204) return
    expectProblem(answer, 400, 'invalid-link')
    expect(await accountRow(ada.userId)).toEqual(before)
    expect((await ada.get('/me')).status).toBe(200)
  })

  it('works once', async () => {
    const service = mailingService()
    const ada = await signedInPerson({ mode: 'session', service })
    const token = await resetLink(service, ada.email)
    expect((await reset(service, token)).status).toBe(204)
    expectProblem(await reset(service, token, 'quite another password'), 400, 'invalid-link')
    await ada.signIn({ password: NEW_PASSWORD })
  })

  it('stays beside newer ones, whoever asked for them; one use ends them all', async () => {
    const service = mailingService()
    const ada = await signedInPerson({ mode: 'session', service })
    const links = []
    for (let count = 0; count < 5; count += 1) links.push(await resetLink(service, ada.email))
    const [first = '', ...others] = links
    expect((await reset(service, first)).status).toBe(204)
    for (const other of others) {
      expectProblem(await reset(service, other, 'quite another password'), 400, 'invalid-link')
    }
    await ada.signIn({ password: NEW_PASSWORD })
  })

  it('is not replaced by one of another purpose', async () => {
    const service = mailingService()
    const ada = await provenPerson(service, 'session')
    const token = await resetLink(service, ada.email)
    await signInLink(service, ada.email)
    await changeLink(service, ada, newEmail())
    expect((await reset(service, token)).status).toBe(204)
  })

  it.each(['password', 'address', 'password, set by hand'] as const)(
    'is dead after a change of %s',
    async (what) => {
      const service = mailingService()
      const ada = await provenPerson(service, 'session')
      const token = await resetLink(service, ada.email)
      const changed = 'a password of the meantime'
      if (what === 'password')
        await ada.post('/password', { current_password: PASSWORD, new_password: changed })
      else if (what === 'address') {
        const link = await changeLink(service, ada, newEmail())
        expect((await confirmChange(service, link)).status).toBe(204)
      } else
        await env.DB.prepare("UPDATE users SET password_hash = '$pbkdf2$' WHERE id = ?1")
          .bind(ada.userId)
          .run()
      const before = await accountRow(ada.userId)
      expectProblem(await reset(service, token), 400, 'invalid-link')
      expect(await accountRow(ada.userId)).toEqual(before)
    },
  )

  it('is dead if the address or the state of its account changes while it is being used', async () => {
    const db = faultyD1(env.DB)
    const service = mailingService({ DB: db })
    for (const sql of [
      'UPDATE users SET disabled_at = 1 WHERE id = ?1',
      "UPDATE users SET email = 'x@example.org', email_canonical = 'x@example.org' WHERE id = ?1",
      'DELETE FROM users WHERE id = ?1',
    ]) {
      const ada = await signedInPerson({ mode: 'session', service })
      const token = await resetLink(service, ada.email)
      const held = db.hold(/DELETE FROM one_time_tokens/)
      const answer = reset(service, token)
      await held.reached
      await env.DB.prepare(sql).bind(ada.userId).run()
      const before = await accountRow(ada.userId)
      held.release()
      expectProblem(await answer, 400, 'invalid-link')
      expect(await accountRow(ada.userId)).toEqual(before)
    }
  })

  it('PW-01, PW-04: a refused password costs no hash and does not use the link up', async () => {
    const service = mailingService()
    const ada = await signedInPerson({ mode: 'session', service })
    const token = await resetLink(service, ada.email)
    const before = await accountRow(ada.userId)
    const hashes = countHashes()
    for (const refused of [
      'fourteen chars',
      ada.email,
      'janusjanusjanus',
      'passwordpassword',
      'x'.repeat(257),
    ]) {
      const answer = await reset(service, token, refused)
      expectProblem(answer, 422, 'password-refused')
      expect(answer.body.errors[0].field).toBe('new_password')
    }
    expect(hashes()).toBe(0)
    expect(await accountRow(ada.userId)).toEqual(before)
    expect((await ada.get('/me')).status).toBe(200)
    expect((await reset(service, token)).status).toBe(204)
  })

  it('INC-24, INC-25: no part and no other spelling of it opens anything, nor does a token of another kind', async () => {
    const service = mailingService()
    const ada = await signedInPerson({ mode: 'token', service })
    const token = await resetLink(service, ada.email)
    const before = await accountRow(ada.userId)
    const flipped = token.replace(/[a-z]/, (letter) => letter.toUpperCase())
    // The last character carries two bits that say nothing; only zeroes may stand there.
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const tail = token.slice(0, -1) + alphabet[alphabet.indexOf(token.at(-1) ?? '') + 1]
    const others = [
      (await signInLink(service, ada.email)).token,
      (await verifyLink(service, ada.email)).token,
    ]
    const change = await changeLink(service, ada, newEmail())
    const texts = [
      '',
      token.slice(0, -1),
      token.slice(1),
      `${token}A`,
      `${token}=`,
      ` ${token}`,
      `${token}\n`,
    ]
    for (const text of [...texts, flipped, tail, ...others, change.token, change.binding, ada.refreshToken]) {
      expectProblem(await reset(service, text), 400, 'invalid-link')
    }
    for (const value of [null, 0, true, [token], { token }]) {
      expectProblem(await reset(service, value), 422, 'invalid-input')
    }
    expect(await accountRow(ada.userId)).toEqual(before)
    expect((await reset(service, token)).status).toBe(204)
  })

  it('EML-02: looking at a link, as mail scanners do, changes nothing', async () => {
    const service = mailingService()
    const ada = await signedInPerson({ mode: 'session', service })
    const token = await resetLink(service, ada.email)
    const [, link = ''] = /(https:\S+token=\S+)/.exec(service.mailTo(ada.email).at(-1)?.text ?? '') ?? []
    const path = link.slice(service.issuer.length)
    expect(path).toBe(`/password/reset?token=${token}`)
    for (const method of ['HEAD', 'GET', 'GET', 'OPTIONS']) {
      expect((await send(service, method, path)).cookies).toEqual({})
    }
    await ada.signIn()
    expect((await reset(service, token)).status).toBe(204)
  })

  it('EML-01: neither tokens nor what binds them are in any store, also while the mail waits', async () => {
    const service = mailingService()
    const ada = await signedInPerson({ mode: 'session', service })
    const address = newEmail()
    service.carrierFails = async () => {
      throw new Error('down')
    }
    const bindings: string[] = []
    for (const path of ['/password/forgot', '/login/link', '/email/verify/resend']) {
      const { body } = await send(service, 'POST', path, { body: { email: ada.email } })
      if (body.binding) bindings.push(body.binding)
    }
    bindings.push((await askChange(ada, address)).body.binding)
    const waiting = JSON.stringify(await storage())
    service.carrierFails = null
    service.ahead += 10 * 60
    for (let run = 0; run < 5; run++) await service.sweep()
    const links = service.mail.flatMap(({ text }) => /token=([\w-]{43})/.exec(text)?.[1] ?? [])
    expect([links.length, bindings.length]).toEqual([4, 3])
    const after = JSON.stringify(await storage())
    for (const secret of [...links, ...bindings]) {
      expect(waiting).not.toContain(secret)
      expect(after).not.toContain(secret)
    }
  })
})

describe('RL-07: mail to an address', () => {
  const ROUTES = ['/password/forgot', '/login/link', '/email/verify/resend'] as const

  it.each(ROUTES)('%s: five at once, then one each twelve minutes, known or unknown', async (route) => {
    stopTime()
    const service = mailingService()
    const ada = await signedInPerson({ mode: 'session', service })
    const hashes = countHashes()
    const histories = []
    for (const email of [ada.email, newEmail()]) {
      const start = service.ahead
      const history: ReturnType<typeof toldBy>[] = []
      const ask = async () => {
        const answer = await send(service, 'POST', route, { body: { email } })
        history.push(toldBy(answer))
        return answer
      }
      for (let n = 0; n < 5; n++) expect((await ask()).status).toBe(202)
      const mails = service.mailTo(email).length
      for (let n = 0; n < 3; n++) {
        const refused = await ask()
        expectProblem(refused, 429, 'too-many-attempts')
        expect(refused.headers.get('Retry-After')).toBe('720')
      }
      expect(service.mailTo(email)).toHaveLength(mails)
      service.ahead += 719
      expect((await ask()).headers.get('Retry-After')).toBe('1')
      service.ahead += 1
      expect((await ask()).status).toBe(202)
      expect((await ask()).headers.get('Retry-After')).toBe('720')
      service.ahead += 10 * HOUR
      for (let n = 0; n < 5; n++) expect((await ask()).status).toBe(202)
      expect((await ask()).status).toBe(429)
      histories.push(history)
      service.ahead = start
    }
    expect(histories[0]).toEqual(histories[1])
    expect(service.mailTo(ada.email)).toHaveLength(11)
    expect(hashes()).toBe(0)
  })

  it('each purpose has a count of its own', async () => {
    stopTime()
    const service = mailingService()
    const ada = await signedInPerson({ mode: 'session', service })
    const body = { email: ada.email }
    for (const route of ROUTES) {
      for (let n = 0; n < 5; n++) expect((await send(service, 'POST', route, { body })).status).toBe(202)
      expect((await send(service, 'POST', route, { body })).status).toBe(429)
    }
    expect(service.mailTo(ada.email)).toHaveLength(15)
  })

  it('INC-14, INC-15: all spellings of an address share one count, and mail goes to the one on record', async () => {
    stopTime()
    const service = mailingService()
    const ada = await signedInPerson({ mode: 'session', service })
    const spellings = [ada.email, ada.email.toUpperCase(), ada.email.replace('example', 'ＥＸＡＭＰＬＥ')]
    const all = [...spellings, ada.email.replace('com', 'com.'), ada.email.replace('p', 'ｐ')]
    for (const email of all)
      expect((await send(service, 'POST', '/password/forgot', { body: { email } })).status).toBe(202)
    for (const email of all)
      expect((await send(service, 'POST', '/password/forgot', { body: { email } })).status).toBe(429)
    expect(service.mail.map(({ to }) => to)).toEqual(all.map(() => ada.email))
  })

  it('of twenty at once five are mailed', async () => {
    stopTime()
    const service = mailingService()
    const ada = await signedInPerson({ mode: 'session', service })
    const body = { email: ada.email }
    const ask = () => send(service, 'POST', '/password/forgot', { body })
    const answers = await Promise.all(Array.from({ length: 20 }, ask))
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(5)
    expect(service.mailTo(ada.email)).toHaveLength(5)
  })

  it('a refused request leaves the link that is out as it is', async () => {
    stopTime()
    const service = mailingService()
    const ada = await signedInPerson({ mode: 'session', service })
    let token = ''
    for (let n = 0; n < 5; n++) token = await resetLink(service, ada.email)
    const refused = await send(service, 'POST', '/password/forgot', { body: { email: ada.email } })
    expect(refused.status).toBe(429)
    expect((await reset(service, token)).status).toBe(204)
  })

  it.each([
    '/register',
    '/password/forgot',
    '/password/reset',
    '/login/link',
    '/login/link/confirm',
    '/email/verify',
    '/email/verify/resend',
    '/email/change/confirm',
  ])('RL-03: %s: a client over its limit is stopped before any body is read', async (route) => {
    const db = faultyD1(env.DB)
    const LOGIN_LIMIT = { limit: async () => ({ success: false }) }
    const service = mailingService({ DB: db, LOGIN_LIMIT, REGISTRATION: 'verified' })
    const refused = await send(service, 'POST', route, { body: 'nothing that would do' })
    expectProblem(refused, 429, 'too-many-attempts')
    expect(refused.cookies).toEqual({})
    expect(db.calls).toEqual([])
    expect(service.mail).toEqual([])
  })
})
