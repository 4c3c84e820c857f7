import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { openRoutesOf } from '../../src/guards/open-route'
import type { Mode } from '../../src/sessions/mode'
import { createApp } from '../../src/wiring/app'
import { recordPbkdf2 } from '../support/counting'
import { logIn, openSessions } from '../support/guessing'
import { type MailingService, mailingService } from '../support/mail'
import {
  askForLink,
  bothRegistrations,
  type MailedLink,
  NEW_PASSWORD,
  registerForLink,
  useLink,
} from '../support/mailed-links'
import { type Answer, expectProblem, newEmail, PASSWORD, send, signedInPerson } from '../support/person'
import { startEmpty, storage } from '../support/storage'

beforeAll(startEmpty)

const MODES = ['session', 'token'] as const

/** The password that somebody chose for an address of another. */
const PLANTED = 'planted by somebody else'

function findUser(email: string): Promise<Record<string, unknown> | null> {
  return env.DB.prepare('SELECT * FROM users WHERE email_canonical = ?1').bind(email).first()
}

async function setUser(userId: string, column: string, value: unknown): Promise<void> {
  await env.DB.prepare(`UPDATE users SET ${column} = ?2 WHERE id = ?1`).bind(userId, value).run()
}

/** Returns all that an answer tells, but for what is random in it. */
function shapeOf({ status, headers, body, text }: Answer) {
  const { binding = '', instance = '', ...rest } = body
  const plain = (value: string) => value.replace(instance, '').replace(/[\w-]{43}(?![\w-])/g, '')
  return {
    status,
    headers: [...headers].map(([name, value]) => [name, plain(value)]),
    rest,
    binding: binding.length,
    text: plain(text),
    length: text.length,
  }
}

/** Addresses as they may stand with the service when somebody registers one. */
async function addresses({ verified, open }: ReturnType<typeof bothRegistrations>) {
  const [proven, unverified, disabled, passwordless] = await Promise.all(
    MODES.concat(MODES).map((mode) => signedInPerson({ mode, service: open })),
  )
  if (!proven || !unverified || !disabled || !passwordless) throw new Error('Somebody is missing')
  await setUser(proven.userId, 'email_verified_at', 1)
  await setUser(disabled.userId, 'disabled_at', 1)
  await setUser(passwordless.userId, 'password_hash', null)
  return {
    unknown: newEmail(),
    waiting: (await registerForLink(verified)).mailedTo,
    proven: proven.email,
    unverified: unverified.email,
    disabled: disabled.email,
    passwordless: passwordless.email,
  }
}

describe('REG-01: a registration tells nobody whether the address is known', () => {
  const CONFIRM = /Confirm your address/
  const EXISTS = /already have an? .*account/
  const MAILED: Readonly<Record<string, RegExp | null>> = {
    unknown: CONFIRM,
    waiting: CONFIRM,
    proven: EXISTS,
    unverified: EXISTS,
    disabled: null,
    passwordless: EXISTS,
  }

  it('by status, headers, cookie, body or length of the answer, nor by its hashes; the mail says it', async () => {
    const services = bothRegistrations()
    const { verified } = services
    const known = await addresses(services)
    const iterations = recordPbkdf2()
    const seen = []
    for (const [state, email] of Object.entries(known)) {
      const [hashes, mails] = [iterations().length, verified.mailTo(email).length]
      const row = await findUser(email)
      const answer = await send(verified, 'POST', '/register', { body: { email, password: NEW_PASSWORD } })
      expect(iterations().slice(hashes)).toEqual([25_000, 25_000, 25_000, 25_000])
      expect(answer.body).toEqual({ binding: expect.stringMatching(/^[\w-]{43}$/) })
      expect(answer.cookies).toEqual({ '__Host-registration': answer.body.binding })
      seen.push(shapeOf(answer))

      const mail = verified.mailTo(email).slice(mails)
      const subject = MAILED[state] ?? null
      expect(mail.map((each) => each.subject)).toEqual(subject ? [expect.stringMatching(subject)] : [])
      expect(`${mail[0]?.text}`.includes('?token=')).toBe(subject === CONFIRM)
      expect(await findUser(email)).toEqual(row)
    }
    expect(seen[0]?.status).toBe(202)
    for (const shape of seen) expect(shape).toEqual(seen[0])
  })

  it('SES-02: the cookie is for this host alone, out of reach of scripts, and lives as long as the link', async () => {
    const { verified } = bothRegistrations()
    const answer = await send(verified, 'POST', '/register', {
      body: { email: newEmail(), password: PASSWORD },
    })
    const [cookie = '', ...others] = answer.headers.getSetCookie()
    expect(others).toEqual([])
    const expected = ['HttpOnly', `Max-Age=${24 * 3600}`, 'Path=/', 'SameSite=Lax', 'Secure']
    expect(cookie.split('; ').slice(1).sort()).toEqual(expected.sort())
  })

  it('also by none of its refusals: a bad password, and too many', async () => {
    const services = bothRegistrations()
    const { verified } = services
    const { unknown, proven } = await addresses(services)
    const iterations = recordPbkdf2()
    const register = (email: string, password: string) =>
      send(verified, 'POST', '/register', { body: { email, password } })
    const seen = []
    for (const email of [unknown, proven]) {
      const weak = await register(email, 'password123')
      expectProblem(weak, 422, 'password-refused')
      for (let count = 0; count < 5; count += 1)
        expect((await register(email, NEW_PASSWORD)).status).toBe(202)
      const hashes = iterations().length
      const many = await register(email, NEW_PASSWORD)
      expectProblem(many, 429, 'too-many-attempts')
      expect(iterations()).toHaveLength(hashes)
      expect(Number(many.headers.get('Retry-After'))).toBeGreaterThan(700)
      expect(Number(many.headers.get('Retry-After'))).toBeLessThanOrEqual(720)
      many.headers.delete('Retry-After')
      seen.push([weak, many].map(shapeOf))
    }
    for (const each of seen) expect(each).toEqual(seen[0])
  })

  it('changes nothing of an account that is there, whose owner signs in as before', async () => {
    const { verified, open } = bothRegistrations()
    const ada = await signedInPerson({ mode: 'session', service: open })
    await setUser(ada.userId, 'email_verified_at', 1)
    const except = ['outbox', 'budgets', 'mail_requests']
    const before = await storage({ except })
    const body = { email: ada.email.toUpperCase(), password: PLANTED, name: 'Eve' }
    const asked = await send(verified, 'POST', '/register', { body })
    expect(asked.status).toBe(202)
    expect(await storage({ except })).toEqual(before)
    // INC-14: to the address as its owner wrote it.
    expect(verified.mail.map(({ to }) => to)).toEqual([ada.email])
    expectProblem(await logIn(verified, ada.email, PLANTED, 'session'), 401, 'invalid-credentials')
    expect((await logIn(verified, ada.email, PASSWORD, 'session')).status).toBe(200)
  })
})

describe('REG-02: a registration that waits has the fields that were asked for, and no others', () => {
  it.each([
    ['id', 'AAAAAAAAAAAAAAAAAAAAAA'],
    ['role', 'admin'],
    ['roles', ['admin']],
    ['email_verified', true],
    ['email_verified_at', 1],
    ['email_canonical', 'eve@example.com'],
    ['new_email', 'eve@example.com'],
    ['binding', 'A'.repeat(43)],
    ['token', 'A'.repeat(43)],
    ['purpose', 'reset-password'],
    ['holder', 'A'.repeat(22)],
    ['expires_at', 9_999_999_999],
    ['password_hash', '$x'],
    ['disabled', false],
    ['mfa', false],
    ['constructor', { prototype: { roles: ['admin'] } }],
  ])('refuses the field %s, and keeps and mails nothing', async (field, value) => {
    const { verified } = bothRegistrations()
    const before = await storage()
    const body = { email: newEmail(), password: PASSWORD, [field]: value }
    const answer = await send(verified, 'POST', '/register', { body })
    expectProblem(answer, 422, 'invalid-input')
    expect(answer.body.errors).toMatchObject([{ field: '', code: 'unknown' }])
    expect(await storage()).toEqual(before)
    expect(verified.mail).toEqual([])
  })

  it('the account has defaults for everything else', async () => {
    const { verified } = bothRegistrations()
    const link = await registerForLink(verified, { name: 'Ada' })
    expect((await useLink(link)).body).toMatchObject({ email_verified: true, has_password: true })
    const row = await findUser(link.mailedTo)
    expect(row).toEqual({
      id: expect.stringMatching(/^[\w-]{22}$/),
      email: link.mailedTo,
      email_canonical: link.mailedTo,
      email_verified_at: row?.created_at,
      name: 'Ada',
      password_hash: expect.stringMatching(/^\$pbkdf2-sha256-chain\$/),
      roles: '[]',
      disabled_at: null,
      second_factor_at: null,
      user_metadata: null,
      app_metadata: null,
      created_at: expect.any(Number),
    })
  })
})

describe.each(MODES)('REG-03: before the address is proven, in %s mode', (mode) => {
  /** Returns every route that is not open, with something in the place of an id. */
  function closedRoutes({ services }: MailingService) {
    const { routes } = createApp(services)
    const open = openRoutesOf(routes)
    return routes
      .filter(({ method, path }) => method !== 'ALL' && !open.has(`${method} ${path}`))
      .map(({ method, path }) => ({ method, path: path.replace(':id', 'A'.repeat(22)) }))
  }

  it('nothing that the registration gave opens anything', async () => {
    const { verified } = bothRegistrations()
    const asked = await send(verified, 'POST', '/register', {
      body: { email: newEmail(), password: PASSWORD, mode },
    })
    const { binding } = asked.body
    const routes = closedRoutes(verified)
    expect(routes.length).toBeGreaterThan(10)
    const credentials: Record<string, string>[] = [
      { Cookie: `__Host-registration=${binding}` },
      { Cookie: `__Host-session=${binding}` },
      { Cookie: `__Host-session=${'A'.repeat(22)}.${binding}` },
      { Authorization: `Bearer ${binding}` },
    ]
    const before = await storage()
    for (const { method, path } of routes) {
      for (const headers of credentials) {
        const answer = await send(verified, method, path, {
          headers,
          ...(method === 'POST' ? { body: {} } : {}),
        })
        expect(answer.status, `${method} ${path}`).toBe(401)
        expect(answer.body).not.toHaveProperty('user')
      }
    }
    const refresh = await send(verified, 'POST', '/refresh', { body: { refresh_token: binding } })
    expectProblem(refresh, 401, 'invalid-token')
    expect(await storage()).toEqual(before)
  })

  it('the chosen password signs nobody in, and there is no account; after it, it does', async () => {
    const { verified } = bothRegistrations()
    const link = await registerForLink(verified, { mode })
    const refused = await logIn(verified, link.mailedTo, PASSWORD, mode)
    expectProblem(refused, 401, 'invalid-credentials')
    expect(refused.cookies).toEqual({})
    expect(await findUser(link.mailedTo)).toBeNull()

    const verify = await useLink(link, { mode })
    expect(verify.status, verify.text).toBe(200)
    expect(verify.body).toMatchObject({ email_verified: true, has_password: true, session: { mode } })
    expect('__Host-session' in verify.cookies).toBe(mode === 'session')
    expect(await openSessions(verify.body.user.id)).toBe(1)
    const login = await logIn(verified, link.mailedTo, PASSWORD, mode)
    expect(login.status).toBe(200)
    expect(login.body.user).toMatchObject({ email: link.mailedTo, email_verified: true })
  })

  it('no link but the one that proves it is mailed to who waits', async () => {
    const { verified } = bothRegistrations()
    const { mailedTo: email } = await registerForLink(verified)
    for (const path of ['/password/forgot', '/login/link']) {
      expect((await send(verified, 'POST', path, { body: { email } })).status).toBe(202)
    }
    expect(verified.mailTo(email)).toHaveLength(1)
  })

  it.each([
    [{ REGISTRATION: 'verified' }, 'refused'],
    [{ REGISTRATION: 'closed' }, 'refused'],
    [{ REGISTRATION: 'closed', EMAIL_VERIFICATION: 'required' }, 'refused'],
    [{ REGISTRATION: 'closed', EMAIL_VERIFICATION: 'optional' }, 'let in'],
    [{ REGISTRATION: 'verified', EMAIL_VERIFICATION: 'optional' }, 'let in'],
    [{ REGISTRATION: 'open' }, 'let in'],
  ])(
    'an account of another time is, with %j, %s at sign-in until the address is proven',
    async (settings, how) => {
      const service = mailingService(settings)
      const ada = await signedInPerson({ mode, service: mailingService() })
      const tried = await logIn(service, ada.email, PASSWORD, mode)
      if (how === 'refused') expectProblem(tried, 401, 'invalid-credentials')
      else expect(tried.status).toBe(200)
      expect(await openSessions(ada.userId)).toBe(how === 'refused' ? 1 : 2)
      await setUser(ada.userId, 'email_verified_at', 1)
      expect((await logIn(service, ada.email, PASSWORD, mode)).status).toBe(200)
    },
  )
})

describe('REG-04: the password chosen at registration', () => {
  const useWith = (link: MailedLink, more: object, headers: Record<string, string> = {}) =>
    send(link.service, 'POST', link.path, { body: { token: link.token, ...more }, headers })
  const cookie = (...secrets: (string | null)[]) => ({
    Cookie: secrets.map((secret) => `__Host-registration=${secret}`).join('; '),
  })

  it.each([
    ['in a cookie', (link: MailedLink) => useWith(link, {}, cookie(link.binding))],
    ['in the body', (link: MailedLink) => useWith(link, { binding: link.binding })],
  ])('stays, with the name, if the link is used with the secret of who chose it, %s', async (_, use) => {
    const { verified } = bothRegistrations()
    const link = await registerForLink(verified, { name: 'Ada' })
    expect((await use(link)).body).toMatchObject({ email_verified: true, has_password: true })
    const login = await logIn(verified, link.mailedTo, PASSWORD, 'session')
    expect(login.status, login.text).toBe(200)
    expect(login.body.user.name).toBe('Ada')
  })

  it.each([
    ['no secret', (link: MailedLink) => useWith(link, {})],
    ['another secret', (link: MailedLink) => useWith(link, { binding: 'A'.repeat(43) })],
    ['an empty secret', (link: MailedLink) => useWith(link, { binding: '' })],
    ['an empty cookie', (link: MailedLink) => useWith(link, {}, cookie(''))],
    ['the token itself as secret', (link: MailedLink) => useWith(link, { binding: link.token })],
    ['two cookies', (link: MailedLink) => useWith(link, {}, cookie(link.binding, 'A'.repeat(43)))],
    [
      'a cookie of another name',
      (link: MailedLink) => useWith(link, {}, { Cookie: `__Host-sign-in-link=${link.binding}` }),
    ],
    [
      'the secret of another registration',
      async (link: MailedLink) => {
        const other = await registerForLink(link.service)
        return useWith(link, { binding: other.binding })
      },
    ],
    [
      'the hash of the secret',
      async (link: MailedLink) => {
        const sql = 'SELECT binding_hash FROM one_time_tokens WHERE holder = ?1'
        const binding = await env.DB.prepare(sql).bind(link.mailedTo).first('binding_hash')
        return useWith(link, { binding })
      },
    ],
  ])('dies, with the name, if the link is used with %s', async (_, use) => {
    const { verified } = bothRegistrations()
    const link = await registerForLink(verified, { name: 'Eve was here' })
    const answer = await use(link)
    expect([answer.status, answer.body]).toEqual([200, { email_verified: true, has_password: false }])
    expectProblem(await logIn(verified, link.mailedTo, PASSWORD, 'session'), 401, 'invalid-credentials')
    expect(await findUser(link.mailedTo)).toMatchObject({ password_hash: null, name: null })
  })

  it('gives way to a new one, whoever chose it', async () => {
    for (const withSecret of [true, false]) {
      const { verified } = bothRegistrations()
      const link = await registerForLink(verified, { password: PLANTED })
      const more = { new_password: NEW_PASSWORD, ...(withSecret ? { binding: link.binding } : {}) }
      expect((await useWith(link, more)).body).toMatchObject({ email_verified: true, has_password: true })
      expectProblem(await logIn(verified, link.mailedTo, PLANTED, 'session'), 401, 'invalid-credentials')
      expect((await logIn(verified, link.mailedTo, NEW_PASSWORD, 'session')).status).toBe(200)
    }
  })

  it('a new one that is refused does not use the link up', async () => {
    const { verified } = bothRegistrations()
    const link = await registerForLink(verified)
    const before = await storage()
    for (const weak of ['short', 'password123', link.mailedTo]) {
      expectProblem(await useWith(link, { new_password: weak }), 422, 'password-refused')
    }
    expect(await storage()).toEqual(before)
    expect((await useLink(link)).body).toMatchObject({ email_verified: true, has_password: true })
  })

  it('of a foreign page is not taken: no browser is bound to a registration that it did not ask for', async () => {
    const { verified } = bothRegistrations()
    const before = await storage()
    const answer = await send(verified, 'POST', '/register', {
      body: { email: newEmail(), password: PLANTED },
      headers: { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' },
    })
    expectProblem(answer, 403, 'cross-site-request')
    expect(answer.cookies).toEqual({})
    expect(await storage()).toEqual(before)
  })

  const STRANGERS: readonly (readonly [
    string,
    (verified: MailingService, email: string) => Promise<unknown>,
  ])[] = [
    ['nobody else', async () => {}],
    [
      'a stranger who registers the address four times',
      async (verified, email) => {
        for (let count = 0; count < 4; count += 1) {
          await registerForLink(verified, { email, password: PLANTED, name: 'Eve was here' })
        }
      },
    ],
    [
      'a stranger who has the link mailed again',
      async (verified, email) => {
        const asked = await send(verified, 'POST', '/email/verify/resend', { body: { email } })
        expect(asked.status).toBe(202)
      },
    ],
  ]
  const ORDERS = STRANGERS.flatMap(([who, interfere]) =>
    (['before', 'after'] as const).flatMap((when) =>
      (['own mail', 'newest mail', 'oldest mail'] as const).map(
        (which) => [who, when, which, interfere] as const,
      ),
    ),
  )

  it.each(ORDERS)(
    'stays its owner’s, beside %s, %s them: they open the %s in the browser of the registration',
    async (...row) => {
      const [who, when, which, interfere] = row
      const { verified } = bothRegistrations()
      const email = newEmail()
      if (when === 'before') await interfere(verified, email)
      const mine = await registerForLink(verified, { email, name: 'Ada' })
      if (when === 'after') await interfere(verified, email)
      const tokens = verified.mailTo(email).map(({ text }) => /\?token=([\w-]{43})/.exec(text)?.[1] ?? '')
      const token = { 'own mail': mine.token, 'newest mail': tokens.at(-1), 'oldest mail': tokens[0] }[which]
      expect(token, who).toMatch(/^[\w-]{43}$/)

      const answer = await send(verified, 'POST', '/email/verify', { body: { token, binding: mine.binding } })
      expect(answer.status, answer.text).toBe(200)
      expect(answer.body).toMatchObject({
        email_verified: true,
        has_password: true,
        user: { email, name: 'Ada' },
      })
      expectProblem(await logIn(verified, email, PLANTED, 'session'), 401, 'invalid-credentials')
      const login = await logIn(verified, email, PASSWORD, 'session')
      expect([login.status, login.body.user?.name]).toEqual([200, 'Ada'])
      // With the one that was used, all the others are over.
      for (const other of tokens.filter((each) => each !== token)) {
        expectProblem(
          await send(verified, 'POST', '/email/verify', { body: { token: other, new_password: PLANTED } }),
          400,
          'invalid-link',
        )
      }
      expect((await logIn(verified, email, PASSWORD, 'session')).status).toBe(200)
    },
  )

  it('of a stranger dies, whichever mail is opened in a browser that registered nothing', async () => {
    const { verified } = bothRegistrations()
    const mine = await registerForLink(verified, { name: 'Ada' })
    const { mailedTo: email } = mine
    const planted = await registerForLink(verified, { email, password: PLANTED, name: 'Eve was here' })
    expect((await useWith(planted, {})).body).toEqual({ email_verified: true, has_password: false })
    expect(await findUser(email)).toMatchObject({ password_hash: null, name: null })
    for (const password of [PLANTED, PASSWORD]) {
      expectProblem(await logIn(verified, email, password, 'session'), 401, 'invalid-credentials')
    }
  })

  it('changed in the same browser is the newer one, and the link before is over', async () => {
    const { verified } = bothRegistrations()
    const first = await registerForLink(verified, { password: PLANTED, name: 'Adda' })
    const { mailedTo: email } = first
    const body = { email, password: PASSWORD, name: 'Ada' }
    const again = await send(verified, 'POST', '/register', { body, headers: cookie(first.binding) })
    expect([again.status, again.body]).toEqual([202, { binding: first.binding }])
    const token = verified.tokenFor(email)
    expectProblem(await useLink(first), 400, 'invalid-link')
    expect((await useLink(first, { token })).body).toMatchObject({ email_verified: true, has_password: true })
    const login = await logIn(verified, email, PASSWORD, 'session')
    expect([login.status, login.body.user?.name]).toEqual([200, 'Ada'])
  })

  it('REG-05: of 20 registrations at once of one address five wait, and one account comes of them', async () => {
    const { verified } = bothRegistrations()
    const email = newEmail()
    const spelled = (round: number) => (round % 2 ? email.toUpperCase().replace('.COM', '.com.') : email)
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, round) =>
        send(verified, 'POST', '/register', { body: { email: spelled(round), password: PASSWORD } }),
      ),
    )
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(5)
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(15)
    const waiting = env.DB.prepare('SELECT count(*) AS n FROM one_time_tokens WHERE holder = ?1').bind(email)
    expect(await waiting.first('n')).toBe(5)
    const tokens = verified.mail.map(({ text }) => /\?token=([\w-]{43})/.exec(text)?.[1])
    const uses = await Promise.all(
      tokens.map((token) => send(verified, 'POST', '/email/verify', { body: { token } })),
    )
    expect(uses.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400, 400])
    const accounts = env.DB.prepare('SELECT count(*) AS n FROM users WHERE email_canonical = ?1').bind(email)
    expect(await accounts.first('n')).toBe(1)
    expect(await waiting.first('n')).toBe(0)
  })
})

/** Says how the owner of an address proves it, away from whoever planted an account on it; and the password of the account then. */
const PROOFS: Record<string, (service: MailingService, email: string, mode: Mode) => Promise<string | null>> =
  {
    'a link that verifies': async (service, email) => {
      await send(service, 'POST', '/email/verify/resend', { body: { email } })
      const answer = await send(service, 'POST', '/email/verify', {
        body: { token: service.tokenFor(email) },
      })
      expect(answer.body).toEqual({ email_verified: true, has_password: false })
      return null
    },
    'a link that verifies, with a new password': async (service, email) => {
      await send(service, 'POST', '/email/verify/resend', { body: { email } })
      const body = { token: service.tokenFor(email), new_password: NEW_PASSWORD }
      const answer = await send(service, 'POST', '/email/verify', { body })
      expect(answer.body).toMatchObject({ email_verified: true, has_password: true })
      return NEW_PASSWORD
    },
    'a reset of the password': async (service, email) => {
      await send(service, 'POST', '/password/forgot', { body: { email } })
      const body = { token: service.tokenFor(email), new_password: NEW_PASSWORD }
      expect((await send(service, 'POST', '/password/reset', { body })).status).toBe(204)
      return NEW_PASSWORD
    },
    'a sign-in link': async (service, email, mode) => {
      const { binding } = (await send(service, 'POST', '/login/link', { body: { email } })).body
      const body = { token: service.tokenFor(email), binding, mode }
      const answer = await send(service, 'POST', '/login/link/confirm', { body })
      expect(answer.body.user).toMatchObject({ email, email_verified: true })
      return null
    },
  }

describe.each(MODES)('REG-04: what was planted on an address in %s mode', (mode) => {
  const cases = Object.keys(PROOFS).flatMap((proof) =>
    (['verified', 'open'] as const).map((registration) => [proof, registration] as const),
  )

  it.each(cases)('dies when its owner proves it by %s (REGISTRATION=%s)', async (proof, registration) => {
    const services = bothRegistrations()
    const service = services[registration]
    const eve = await signedInPerson({ mode, service: services.open })
    const phone = await eve.signIn({ mode: 'token' })
    const laptop = await eve.signIn({ mode: 'session' })
    // The fast copies of the sessions are there, too.
    for (const device of [eve, phone, laptop]) expect((await device.get('/me')).status).toBe(200)
    const copies = async () => {
      const cookies = [eve, laptop].filter((device) => device.mode === 'session')
      return Promise.all(cookies.map(({ sessionId }) => env.SESSIONS.get(`session:${sessionId}`)))
    }
    expect(await copies()).not.toContain(null)
    const change = await askForLink(services.open, 'address change', eve)
    const row = await findUser(eve.email)

    const password = await PROOFS[proof]?.(service, eve.email, mode)

    // Before anything else is asked, which would take the copies away.
    expect((await copies()).every((copy) => copy === null)).toBe(true)
    for (const device of [eve, phone, laptop]) {
      expectProblem(await device.get('/sessions'), 401, 'session-ended')
      expectProblem(await device.patch('/me', { name: 'Eve was here' }), 401, 'session-ended')
    }
    const refresh = await send(service, 'POST', '/refresh', { body: { refresh_token: phone.refreshToken } })
    expectProblem(refresh, 401, 'session-ended')
    expectProblem(await logIn(service, eve.email, PASSWORD, mode), 401, 'invalid-credentials')
    expectProblem(await useLink(change), 400, 'invalid-link')
    expect(await openSessions(eve.userId)).toBe(proof === 'a sign-in link' ? 1 : 0)
    expect(await findUser(eve.email)).toMatchObject({
      id: row?.id,
      email_verified_at: expect.any(Number),
      disabled_at: null,
    })
    if (password) expect((await logIn(service, eve.email, password, mode)).status).toBe(200)
  })

  it.each(['verified', 'open'] as const)(
    'dies also when the owner asked for the link, and uses it in the same browser (REGISTRATION=%s)',
    async (registration) => {
      const services = bothRegistrations()
      const service = services[registration]
      const eve = await signedInPerson({ mode, service: services.open })
      const change = await askForLink(services.open, 'address change', eve)
      const asked = await send(service, 'POST', '/email/verify/resend', { body: { email: eve.email } })
      const body = { token: service.tokenFor(eve.email), binding: asked.body.binding }
      const verified = await send(service, 'POST', '/email/verify', { body })
      expect(verified.body).toEqual({ email_verified: true, has_password: false })
      expectProblem(await eve.get('/sessions'), 401, 'session-ended')
      const login = await send(service, 'POST', '/login', { body: { email: eve.email, password: PASSWORD } })
      expectProblem(login, 401, 'invalid-credentials')
      expectProblem(await useLink(change), 400, 'invalid-link')
    },
  )

  it('is not brought back by who planted it: no link is theirs to use', async () => {
    const { verified, open } = bothRegistrations()
    const eve = await signedInPerson({ mode, service: open })
    // Eve asks, the mail goes to the owner, who opens it: Eve's secret is of no use without what was mailed.
    const asked = await send(verified, 'POST', '/email/verify/resend', { body: { email: eve.email } })
    const { binding } = asked.body
    const token = verified.tokenFor(eve.email)
    expectProblem(
      await send(verified, 'POST', '/email/verify', { body: { token: binding, binding } }),
      400,
      'invalid-link',
    )
    const answer = await send(verified, 'POST', '/email/verify', { body: { token } })
    expect(answer.body).toEqual({ email_verified: true, has_password: false })
    expectProblem(await eve.get('/sessions'), 401, 'session-ended')
  })
})
