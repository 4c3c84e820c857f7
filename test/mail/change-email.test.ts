import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { faultyD1 } from '../support/faulty-d1'
import { failed, failuresAgainst, failuresOf, logIn, openSessions, WRONG } from '../support/guessing'
import {
  accountRow,
  askChange,
  type BoundLink,
  changeLink,
  confirmChange,
  NEW_PASSWORD,
  provenPerson,
  reset,
  resetLink,
  signInLink,
  toldBy,
} from '../support/links'
import { type MailingService, mailingService } from '../support/mail'
import { expectProblem, newEmail, PASSWORD, send, signedInPerson } from '../support/person'
import { stopTime } from '../support/stop-time'
import { askRecorded, recordedDuring } from '../support/trail'

/** Dozens of hashes, on a machine that has other things to do. */
const SLOW_MS = 30_000

const MODES = ['session', 'token'] as const
const DAY = 24 * 60 * 60

/** Few are enough: D1 runs one batch at a time, so a race is lost in one of few orders. */
const ROUNDS = 4

describe.each(MODES)('EML-03: a change of address, %s mode', (mode) => {
  it(
    'is told to the old address, takes place when the new one is proven, and not before',
    async () => {
      const service = mailingService()
      const ada = await provenPerson(service, mode)
      const second = await ada.signIn()
      const address = newEmail()
      const asked = await askChange(ada, address)
      expect([asked.status, Object.keys(asked.body)]).toEqual([202, ['binding']])
      expect(service.mail.map(({ to }) => to).sort()).toEqual([ada.email, address].sort())
      const [told] = service.mailTo(ada.email)
      expect(told?.subject).toContain('about to change')
      expect(`${told?.text}${told?.html}`).not.toMatch(/token=|binding/)
      // Whoever has the old mailbox is not told where the account moves.
      expect(`${told?.text}${told?.html}`).not.toContain(address)

      expect((await logIn(service, ada.email, PASSWORD, mode)).status).toBe(200)
      expectProblem(await logIn(service, address, PASSWORD, mode), 401, 'invalid-credentials')
      expect((await ada.get('/me')).body.user.email).toBe(ada.email)

      const link = { token: service.tokenFor(address), binding: asked.body.binding }
      const answer = await confirmChange(service, link)
      expect([answer.status, answer.text], answer.text).toEqual([204, ''])
      expect(answer.cookies['__Host-session']).toBeUndefined()

      expectProblem(await logIn(service, ada.email, PASSWORD, mode), 401, 'invalid-credentials')
      const signedIn = await logIn(service, address, PASSWORD, mode)
      expect(signedIn.body.user).toMatchObject({ id: ada.userId, email: address, email_verified: true })
      // Sessions stay: the account is the same person's.
      for (const device of [ada, second]) expect((await device.get('/me')).body.user.email).toBe(address)
      const last = service.mailTo(ada.email).at(-1)
      expect(last?.subject).toContain('was changed')
      expect(`${last?.text}${last?.html}`).not.toContain(address)
      expect(service.mailTo(address)).toHaveLength(1)
    },
    SLOW_MS,
  )

  it('STP-01: needs a session that stands, and its own password', async () => {
    const service = mailingService()
    const ada = await provenPerson(service, mode)
    const address = newEmail()
    const body = { email: address, password: PASSWORD }
    const stranger = await send(service, 'POST', '/email/change', { body })
    expectProblem(stranger, 401, 'authentication-required')
    for (const password of [WRONG, '', `${PASSWORD} `, NEW_PASSWORD]) {
      expectProblem(await askChange(ada, address, password), 401, 'invalid-credentials')
    }
    // The session of a credential that still looks good.
    const gone = await ada.signIn()
    expect((await gone.post('/logout')).status).toBe(204)
    expectProblem(await askChange(gone, address), 401, 'session-ended')
    expect(service.mail).toEqual([])
    expect((await ada.get('/me')).body.user.email).toBe(ada.email)
  })

  it('RL-06: guesses at its password are guesses in the session, and not of strangers', async () => {
    stopTime()
    const service = mailingService()
    const ada = await provenPerson(service, mode)
    const address = newEmail()
    await failed(service, ada.email, 100)
    for (const other of Array.from({ length: 5 }, newEmail))
      expectProblem(await askChange(ada, other, WRONG), 401, 'invalid-credentials')
    expectProblem(await askChange(ada, address), 429, 'too-many-attempts')
    expect(service.mail).toEqual([])
    expect(await failuresAgainst(service.services, ada.sessionId)).toBe(5)
    // RL-05: who is signed in goes on.
    expect((await ada.get('/me')).status).toBe(200)
    service.ahead += 1
    expect((await askChange(ada, address)).status).toBe(202)
    expect(await failuresAgainst(service.services, ada.sessionId)).toBe(0)
    expect(await failuresOf(service, ada.email)).toBe(100)
  })

  it('what was recorded names the account, and neither address', async () => {
    const service = mailingService({ LOG_SUCCESS_PERCENT: '100' })
    const ada = await provenPerson(service, mode)
    const address = newEmail()
    const { headers } = ada
    const asked = await askRecorded(service, 'POST', '/email/change', {
      headers,
      body: { email: address, password: PASSWORD },
    })
    const owner = { actor_id: ada.userId, subject_id: ada.userId, outcome: 'success', reason: null }
    expect(asked.rows).toMatchObject([{ event: 'email-change-requested', ...owner, ...asked.from }])
    const link = { token: service.tokenFor(address), binding: asked.answer.body.binding }
    const used = await askRecorded(service, 'POST', '/email/change/confirm', { body: link })
    expect(used.rows).toMatchObject([{ event: 'email-changed', ...owner, ...used.from }])
    const refused = await askRecorded(service, 'POST', '/email/change', {
      headers,
      body: { email: newEmail(), password: WRONG },
    })
    expect(refused.rows).toMatchObject([
      {
        event: 'email-change-requested',
        outcome: 'refused',
        reason: 'wrong-password',
        subject_id: ada.userId,
        ...refused.from,
      },
    ])
    const text = JSON.stringify([asked.rows, used.rows, refused.rows])
    for (const secret of [address, ada.email, link.token, link.binding]) expect(text).not.toContain(secret)
  })

  it('to an address that belongs to another: the same answer, and its owner is told', async () => {
    const service = mailingService()
    const [ada, bob] = [await provenPerson(service, mode), await provenPerson(service, mode)]
    const before = await accountRow(bob.userId)
    const taken = toldBy(await askChange(ada, bob.email.toUpperCase()))
    // No other spelling of the address gets a link.
    expect(service.mail.map(({ to }) => to).filter((to) => to !== ada.email)).toEqual([bob.email])
    const free = toldBy(await askChange(ada, newEmail()))
    expect(taken).toEqual(free)
    const [told, ...more] = service.mailTo(bob.email)
    expect(more).toEqual([])
    expect(told?.subject).toContain('already have an account')
    expect(`${told?.text}${told?.html}`).not.toContain('token=')
    expect(`${told?.text}${told?.html}`).not.toContain(ada.email)
    expect(await accountRow(bob.userId)).toEqual(before)
  })

  it('to an address that somebody took meanwhile: refused, and nothing changes', async () => {
    const service = mailingService()
    const ada = await provenPerson(service, mode)
    const address = newEmail()
    const link = await changeLink(service, ada, address)
    const body = { email: address.toUpperCase(), password: NEW_PASSWORD, mode }
    expect((await send(service, 'POST', '/register', { body })).status).toBe(201)
    const before = await accountRow(ada.userId)
    const mails = service.mail.length
    const rows = await recordedDuring(async () => {
      expectProblem(await confirmChange(service, link), 400, 'invalid-link')
    })
    expect(rows).toEqual([])
    expect(service.mail).toHaveLength(mails)
    expect(await accountRow(ada.userId)).toEqual(before)
    expect((await ada.get('/me')).body.user.email).toBe(ada.email)
  })
})

describe('INC-12: the address of an account is one that its link proved', () => {
  it(
    'two changes at once: one link is good, and gives the address it was mailed to',
    async () => {
      const service = mailingService()
      const ada = await provenPerson(service, 'session')
      let email = ada.email
      for (let round = 0; round < ROUNDS; round++) {
        const addresses = [newEmail(), newEmail()]
        const asked = await Promise.all(addresses.map((address) => askChange(ada, address)))
        const links = addresses.map((address, n) => ({
          token: service.tokenFor(address),
          binding: asked[n]?.body.binding,
        }))
        const answers = await Promise.all(links.map((link) => confirmChange(service, link)))
        expect(answers.map(({ status }) => status).sort()).toEqual([204, 400])
        email = addresses[answers.findIndex(({ status }) => status === 204)] ?? ''
        expect(await accountRow(ada.userId)).toMatchObject({ email, email_canonical: email })
      }
      expect((await logIn(service, email, PASSWORD, 'session')).status).toBe(200)
    },
    SLOW_MS,
  )

  it(
    'two accounts that want one address: one gets it, the other keeps its own',
    async () => {
      const service = mailingService()
      for (let round = 0; round < 2; round++) {
        const people = [await provenPerson(service, 'session'), await provenPerson(service, 'token')]
        const address = newEmail()
        const links: BoundLink[] = []
        for (const person of people) links.push(await changeLink(service, person, address))
        const answers = await Promise.all(links.map((link) => confirmChange(service, link)))
        expect(answers.map(({ status }) => status).sort()).toEqual([204, 400])
        for (const [n, person] of people.entries()) {
          const email = answers[n]?.status === 204 ? address : person.email
          expect(await accountRow(person.userId)).toMatchObject({ email, email_canonical: email })
        }
      }
    },
    SLOW_MS,
  )

  it(
    'INC-23: twenty uses of one link at once: one counts, and all are told of it',
    async () => {
      const service = mailingService()
      const ada = await provenPerson(service, 'session')
      const link = await changeLink(service, ada, newEmail())
      const mails = service.mailTo(ada.email).length
      const answers = await Promise.all(Array.from({ length: 20 }, () => confirmChange(service, link)))
      expect(answers.filter(({ status }) => status === 204)).toHaveLength(20)
      expect(service.mailTo(ada.email).length - mails).toBe(1)
    },
    SLOW_MS,
  )
})

describe('a link to change an address', () => {
  it.each([
    ['the password changes', "password_hash = '$other'"],
    ['the account is disabled', 'disabled_at = 1'],
  ])('LOG-04: is not mailed if %s while the password that was given is checked', async (_, change) => {
    const db = faultyD1(env.DB)
    const service = mailingService({ DB: db })
    const ada = await provenPerson(service, 'session')
    const address = newEmail()
    const mails = service.mail.length
    const held = db.hold(/INSERT[^;]*'change-email'/)
    const answer = askChange(ada, address)
    await held.reached
    await env.DB.prepare(`UPDATE users SET ${change} WHERE id = ?1`).bind(ada.userId).run()
    held.release()
    // The requester learns nothing of it: the answer is that of every request.
    expect((await answer).status).toBe(202)
    const sql = "SELECT count(*) AS n FROM one_time_tokens WHERE purpose = 'change-email' AND holder = ?1"
    expect(await env.DB.prepare(sql).bind(ada.userId).first('n')).toBe(0)
    expect(service.mail).toHaveLength(mails)
  })

  it('a newer one takes its place, also for another address', async () => {
    const service = mailingService()
    const ada = await provenPerson(service, 'session')
    const older = await changeLink(service, ada, newEmail())
    const address = newEmail()
    const newer = await changeLink(service, ada, address)
    expectProblem(await confirmChange(service, older), 400, 'invalid-link')
    expect((await accountRow(ada.userId))?.email).toBe(ada.email)
    expect((await confirmChange(service, newer)).status).toBe(204)
    expect((await accountRow(ada.userId))?.email).toBe(address)
  })

  it.each([
    [DAY - 1, 204],
    [DAY, 400],
  ])('after %i seconds it is answered with %i', async (seconds, status) => {
    stopTime()
    const service = mailingService()
    const ada = await provenPerson(service, 'session')
    const link = await changeLink(service, ada, newEmail())
    const before = await accountRow(ada.userId)
    service.ahead += seconds
    expect((await confirmChange(service, link)).status).toBe(status)
    if (status === 400) expect(await accountRow(ada.userId)).toEqual(before)
  })

  it('EML-03, SES-02: is good where it was asked for, and stays good when others try it', async () => {
    const service = mailingService()
    const [ada, eve] = [await provenPerson(service, 'session'), await provenPerson(service, 'session')]
    const address = newEmail()
    const asked = await askChange(ada, address)
    const [cookie = ''] = asked.headers.getSetCookie()
    expect(cookie.split('; ').slice(1).sort()).toEqual(
      ['HttpOnly', `Max-Age=${DAY}`, 'Path=/', 'SameSite=Lax', 'Secure'].sort(),
    )
    const { binding } = asked.body
    expect(asked.cookies).toEqual({ '__Host-email-change': binding })
    const token = service.tokenFor(address)
    const hers = (await changeLink(service, eve, newEmail())).binding
    const before = await accountRow(ada.userId)
    const named = (value: string) => `__Host-email-change=${value}`
    const tries: readonly (readonly [object, Record<string, string>])[] = [
      [{ token }, {}],
      [{ token, binding: hers }, {}],
      [{ token, binding: '' }, {}],
      [{ token, binding: token }, {}],
      [{ token }, { Cookie: named(hers) }],
      [{ token }, { Cookie: `${named(binding)}; ${named(hers)}` }],
      [{ token }, { Cookie: `__Host-sign-in-link=${binding}` }],
      // To be signed in as the one who asked is not to have asked.
      [{ token }, ada.headers],
    ]
    for (const [body, headers] of tries) {
      const answer = await send(service, 'POST', '/email/change/confirm', { body, headers })
      expectProblem(answer, 400, 'invalid-link')
      expect(await accountRow(ada.userId)).toEqual(before)
    }
    const headers = { Cookie: named(binding) }
    const answer = await send(service, 'POST', '/email/change/confirm', { body: { token }, headers })
    expect(answer.status).toBe(204)
    // The cookie that bound the link stays for as long as the use may be repeated.
    expect(answer.headers.getSetCookie()[0]).toContain('Max-Age=15;')
    expect(answer.cookies).toEqual({ '__Host-email-change': binding })
  })

  it('a request that is refused leaves the browser bound to the link that is out', async () => {
    const service = mailingService()
    const ada = await provenPerson(service, 'session')
    const address = newEmail()
    const asked = await askChange(ada, address)
    const refused = await askChange(ada, newEmail(), WRONG)
    expectProblem(refused, 401, 'invalid-credentials')
    const jar: Record<string, string> = { ...asked.cookies, ...refused.cookies }
    const headers = { Cookie: `__Host-email-change=${jar['__Host-email-change']}` }
    const body = { token: service.tokenFor(address) }
    expect((await send(service, 'POST', '/email/change/confirm', { body, headers })).status).toBe(204)
  })

  it('EML-02: to look at it changes nothing', async () => {
    const service = mailingService()
    const ada = await provenPerson(service, 'session')
    const asked = await askChange(ada, newEmail())
    const token = service.tokenFor(service.mail.find(({ to }) => to !== ada.email)?.to ?? '')
    const headers = { Cookie: `__Host-email-change=${asked.body.binding}` }
    for (const method of ['HEAD', 'GET', 'GET']) {
      await send(service, method, `/email/change/confirm?token=${token}`, { headers })
    }
    expect((await accountRow(ada.userId))?.email).toBe(ada.email)
    expect((await confirmChange(service, { token, binding: asked.body.binding })).status).toBe(204)
  })

  it('works while the account is not signed in any more', async () => {
    const service = mailingService()
    const ada = await provenPerson(service, 'session')
    const link = await changeLink(service, ada, newEmail())
    expect((await ada.post('/logout')).status).toBe(204)
    expect((await confirmChange(service, link)).status).toBe(204)
    expect(await openSessions(ada.userId)).toBe(0)
  })

  it('is dead when the password changes: that is what the notice says stops it', async () => {
    const service = mailingService()
    const ada = await provenPerson(service, 'session')
    const link = await changeLink(service, ada, newEmail())
    expect(service.mailTo(ada.email).at(-1)?.text).toContain('That stops the change.')
    expect((await reset(service, await resetLink(service, ada.email))).status).toBe(204)
    expectProblem(await confirmChange(service, link), 400, 'invalid-link')
    expect((await accountRow(ada.userId))?.email).toBe(ada.email)
  })

  it('INC-13: what was mailed to the old address is good for nothing after the change', async () => {
    const service = mailingService()
    const ada = await provenPerson(service, 'session')
    const token = await resetLink(service, ada.email)
    const link = await signInLink(service, ada.email)
    const change = await changeLink(service, ada, newEmail())
    expect((await confirmChange(service, change)).status).toBe(204)
    const before = await accountRow(ada.userId)
    expectProblem(await reset(service, token), 400, 'invalid-link')
    const signIn = await send(service, 'POST', '/login/link/confirm', { body: link })
    expectProblem(signIn, 400, 'invalid-link')
    expect(await accountRow(ada.userId)).toEqual(before)
  })

  it('INC-13: nor when the account has that address again', async () => {
    const service = mailingService()
    const ada = await provenPerson(service, 'session')
    const token = await resetLink(service, ada.email)
    for (const address of [newEmail(), ada.email]) {
      expect((await confirmChange(service, await changeLink(service, ada, address))).status).toBe(204)
    }
    expect((await accountRow(ada.userId))?.email).toBe(ada.email)
    expectProblem(await reset(service, token), 400, 'invalid-link')
    await ada.signIn()
  })

  it('the old address is free again: whoever registers it gets another account', async () => {
    const service = mailingService()
    const ada = await provenPerson(service, 'session')
    expect((await confirmChange(service, await changeLink(service, ada, newEmail()))).status).toBe(204)
    const body = { email: ada.email, password: NEW_PASSWORD }
    const registered = await send(service, 'POST', '/register', { body })
    expect(registered.status).toBe(201)
    expect(registered.body.user.id).not.toBe(ada.userId)
  })

  it('changes the spelling of the address one has', async () => {
    const service = mailingService()
    const ada = await provenPerson(service, 'session')
    const spelled = ada.email.replace('person', 'Person')
    expect((await confirmChange(service, await changeLink(service, ada, spelled))).status).toBe(204)
    expect(await accountRow(ada.userId)).toMatchObject({ email: spelled, email_canonical: ada.email })
    await ada.signIn()
  })

  it('an address that nobody had proven is proven by it, and a password that proved itself stays', async () => {
    const service = mailingService()
    const ada = await signedInPerson({ mode: 'session', service })
    const address = newEmail()
    expect((await confirmChange(service, await changeLink(service, ada, address))).status).toBe(204)
    expect((await ada.get('/me')).body.user).toMatchObject({ email: address, email_verified: true })
    expect((await logIn(service, address, PASSWORD, 'session')).status).toBe(200)
  })

  it('an account without a password cannot ask for one by a password', async () => {
    const service = mailingService()
    const ada = await provenPerson(service, 'session')
    await env.DB.prepare('UPDATE users SET password_hash = NULL WHERE id = ?1').bind(ada.userId).run()
    for (const password of ['', PASSWORD]) {
      expectProblem(await askChange(ada, newEmail(), password), 409, 'password-not-set')
    }
    expect(service.mail).toEqual([])
  })

  it('EML-04: an address with a line break in it is none', async () => {
    const service = mailingService()
    const ada = await provenPerson(service, 'session')
    const bad = [
      'a@x.test\r\nBcc: v@x.test',
      'a@x\n.test',
      'a\r@x.test',
      'a\u2028b@x.test',
      'a@x.test,b@x.test',
    ]
    for (const email of bad) expectProblem(await askChange(ada, email), 422, 'invalid-input')
    expect(service.mail).toEqual([])
    expect(await failuresOf(service, ada.email)).toBe(0)
  })

  it(
    'RL-07: five mails at once to one new address, whoever asks, and whether it is taken',
    async () => {
      stopTime()
      const service: MailingService = mailingService()
      const [ada, bob] = [await provenPerson(service, 'session'), await provenPerson(service, 'token')]
      for (const address of [newEmail(), (await provenPerson(service, 'session')).email]) {
        for (const client of [ada, bob, ada, bob, ada])
          expect((await askChange(client, address)).status).toBe(202)
        const mails = service.mail.length
        for (const client of [ada, bob]) {
          const refused = await askChange(client, address)
          expectProblem(refused, 429, 'too-many-attempts')
          expect(refused.headers.get('Retry-After')).toBe('720')
        }
        expect(service.mail).toHaveLength(mails)
        expect(service.mailTo(address)).toHaveLength(5)
      }
    },
    SLOW_MS,
  )
})
