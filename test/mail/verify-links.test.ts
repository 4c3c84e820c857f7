import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { createKeyring } from '../../src/crypto/keyring'
import { REPEAT_SECONDS } from '../../src/flows/repetition'
import { createPasswordHasher } from '../../src/passwords/password-hash'
import type { Mode } from '../../src/sessions/mode'
import { recordPbkdf2 } from '../support/counting'
import { fail, failed, logIn, openSessions, transcriptOf } from '../support/guessing'
import { mailingService } from '../support/mail'
import {
  ACCOUNT_KINDS,
  ALL_KINDS,
  askForLink,
  bothRegistrations,
  LINK_KINDS,
  type LinkKind,
  type MailedLink,
  mailedLink,
  NEW_PASSWORD,
  registerForLink,
  useLink,
} from '../support/mailed-links'
import {
  type Answer,
  expectProblem,
  newAddress,
  newEmail,
  PASSWORD,
  type Person,
  send,
  signedInPerson,
} from '../support/person'
import type { Service } from '../support/service'
import { stopTime } from '../support/stop-time'
import { startEmpty, storage } from '../support/storage'

beforeAll(startEmpty)

const MODES = ['session', 'token'] as const
const EVERY_KIND = ALL_KINDS.flatMap((kind) => MODES.map((mode) => ({ kind, mode })))

async function setUser(userId: string, column: string, value: unknown): Promise<void> {
  await env.DB.prepare(`UPDATE users SET ${column} = ?2 WHERE id = ?1`).bind(userId, value).run()
}

async function expectDead(link: MailedLink): Promise<void> {
  const answer = await useLink(link)
  expectProblem(answer, 400, 'invalid-link')
  expect(answer.cookies).toEqual({})
}

async function expectAlive(link: MailedLink): Promise<void> {
  const answer = await useLink(link)
  expect(answer.status, answer.text).toBe(LINK_KINDS[link.kind].status)
}

/** Returns the SHA-256 of a token, as it is stored. */
async function hashOf(token: string): Promise<string> {
  const bytes = Uint8Array.fromBase64(token, { alphabet: 'base64url' })
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return hash.toBase64({ alphabet: 'base64url', omitPadding: true })
}

describe.each(EVERY_KIND)('the link of a $kind, $mode mode', ({ kind, mode }) => {
  const { seconds, purpose } = LINK_KINDS[kind]

  it('EML-01: is in no table and no record, nor is its binding; its hash is', async () => {
    const link = await mailedLink(kind, mode)
    const row = await env.DB.prepare('SELECT purpose FROM one_time_tokens WHERE token_hash = ?1')
      .bind(await hashOf(link.token))
      .first()
    expect(row).toEqual({ purpose })
    const dump = JSON.stringify(await storage())
    expect(dump).not.toContain(link.token)
    if (link.binding !== null) expect(dump).not.toContain(link.binding)
  })

  it('EML-01: has 256 random bits, and is good once', async () => {
    const link = await mailedLink(kind, mode)
    expect(link.token).toMatch(/^[\w-]{43}$/)
    await expectAlive(link)
    const after = await storage()
    // Used again at once, it gives the outcome of the first use.
    link.service.ahead += REPEAT_SECONDS + 1
    await expectDead(link)
    expect(await storage()).toEqual(after)
  })

  it('EML-01: is good until its time is over, and not at that second', async () => {
    stopTime()
    const [young, old] = [await mailedLink(kind, mode), await mailedLink(kind, mode)]
    old.service.ahead = seconds
    await expectDead(old)
    young.service.ahead = seconds - 1
    await expectAlive(young)
  })

  it('EML-01: is good for no other purpose, and stays good for its own', async () => {
    const link = await mailedLink(kind, mode)
    const bound = link.binding === null ? {} : { binding: link.binding }
    const uses: Record<string, object> = {
      '/email/verify': { ...bound },
      '/password/reset': { new_password: NEW_PASSWORD },
      '/login/link/confirm': { ...bound, mode },
      '/email/change/confirm': { ...bound },
    }
    const before = await storage()
    for (const [path, more] of Object.entries(uses)) {
      if (path === link.path) continue
      const body = { token: link.token, ...more }
      expectProblem(await send(link.service, 'POST', path, { body }), 400, 'invalid-link')
    }
    expect(await storage()).toEqual(before)
    await expectAlive(link)
  })

  it('EML-02: HEAD and GET, as programs follow it, use nothing up and sign nobody in; POST does', async () => {
    const link = await mailedLink(kind, mode)
    const [url = ''] =
      /https:\S+\?token=\S+/.exec(link.service.mailTo(link.mailedTo).at(-1)?.text ?? '') ?? []
    expect(url).toBe(`${link.service.issuer}${link.path}?token=${link.token}`)
    const before = await storage()
    for (const method of ['HEAD', 'HEAD', 'HEAD', 'GET', 'GET', 'GET', 'OPTIONS']) {
      const headers = { 'CF-Connecting-IP': newAddress(), Cookie: `__Host-sign-in-link=${link.binding}` }
      const answer = await link.service.fetch(new Request(url, { method, headers, redirect: 'manual' }))
      expect(answer.status).toBeLessThan(500)
      expect(answer.headers.getSetCookie()).toEqual([])
      await answer.text()
    }
    expect(await storage()).toEqual(before)
    await expectAlive(link)
  })

  it('EML-01, INC-12: of 20 uses at once exactly one counts, and the others are told of it', async () => {
    const link = await mailedLink(kind, mode)
    const count = () =>
      env.DB.prepare(
        `SELECT (SELECT count(*) FROM users) AS users, (SELECT count(*) FROM sessions) AS sessions,
                (SELECT count(*) FROM audit_events WHERE outcome = 'success' AND event <> 'session-ended') AS events`,
      ).first<{ users: number; sessions: number; events: number }>()
    const before = await count()
    const answers = await Promise.all(Array.from({ length: 20 }, () => useLink(link)))
    const through = answers.filter(({ status }) => status === LINK_KINDS[kind].status)
    // To repeat a reset is an attempt at the password that it set, and attempts at once are limited.
    if (kind === 'reset') expect(through.length).toBeGreaterThan(0)
    else expect(through).toHaveLength(20)
    if (kind === 'sign-in') expect(new Set(through.map(({ body }) => body.session.id)).size).toBe(1)
    for (const answer of answers) if (!through.includes(answer)) expectProblem(answer, 400, 'invalid-link')
    expect(await count()).toEqual({
      users: (before?.users ?? 0) + (kind === 'registration' ? 1 : 0),
      sessions: (before?.sessions ?? 0) + (kind === 'sign-in' || kind === 'registration' ? 1 : 0),
      // The use of a registration's link also signs in.
      events: (before?.events ?? 0) + (kind === 'registration' ? 2 : 1),
    })
  })

  it('is refused in every other shape, and none of them uses it up', async () => {
    const link = await mailedLink(kind, mode)
    const { token } = link
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const last = alphabet.indexOf(token.at(-1) ?? '')
    // The last of 43 characters has two bits that mean nothing: three more spell the same bytes.
    const twins = [1, 2, 3].map((bits) => token.slice(0, -1) + alphabet[last ^ bits])
    const refused = [
      '',
      'x',
      token.slice(0, -1),
      `${token}A`,
      `${token}=`,
      ` ${token}`,
      `${token}\n`,
      `${token}\0`,
      token.split('').reverse().join(''),
      token.replace(/[\w-]/, (first) => (first === 'A' ? 'B' : 'A')),
      `${token.slice(0, -1)}é`,
      `${token.slice(0, -1)}%`,
      await hashOf(token),
      "' OR 1=1 --".padEnd(43, ' '),
      'A'.repeat(1024),
      ...twins,
    ]
    const before = await storage()
    for (const text of refused) {
      expectProblem(await useLink(link, { token: text }), 400, 'invalid-link')
    }
    for (const value of [undefined, null, 1, true, [token], { token }, 'A'.repeat(1025), '\ud800']) {
      expectProblem(await useLink(link, { token: value }), 422, 'invalid-input')
    }
    expect(await storage()).toEqual(before)
    await expectAlive(link)
  })
})

/** Everything after which what was mailed before is good for nothing. */
const ENDS: Record<string, (ada: Person, link: MailedLink) => Promise<void>> = {
  'the use of another of its kind': async (ada, { kind, service }) => {
    await expectAlive(await askForLink(service, kind as Exclude<LinkKind, 'registration'>, ada))
  },
  'a change of password': async (ada) => {
    const body = { current_password: PASSWORD, new_password: NEW_PASSWORD }
    expect((await ada.post('/password', body)).status).toBe(200)
  },
  'a change of address': async (ada, { service }) => {
    await expectAlive(await askForLink(service, 'address change', ada))
  },
  'a password reset': async (ada, { service }) => expectAlive(await askForLink(service, 'reset', ada)),
  'an account that was disabled, and is enabled again': async (ada) => {
    await setUser(ada.userId, 'disabled_at', 1)
    await setUser(ada.userId, 'disabled_at', null)
  },
  'a deleted account': async (ada) => {
    expect((await ada.post('/me/delete', { password: PASSWORD })).status).toBe(204)
  },
}

describe.each(MODES)('EML-01, INC-13: what was mailed before, in %s mode', (mode) => {
  it.each(ACCOUNT_KINDS.flatMap((kind) => Object.keys(ENDS).map((end) => [kind, end] as const)))(
    'the link of a %s is good for nothing after %s',
    async (kind, end) => {
      const service = mailingService()
      const ada = await signedInPerson({ mode, service })
      const link = await askForLink(service, kind as Exclude<LinkKind, 'registration'>, ada)
      await ENDS[end]?.(ada, link)
      const after = await storage()
      await expectDead(link)
      expect(await storage()).toEqual(after)
      const left = await env.DB.prepare('SELECT purpose FROM one_time_tokens WHERE token_hash = ?1')
        .bind(await hashOf(link.token))
        .first()
      expect(left).toBeNull()
    },
  )

  it.each(ACCOUNT_KINDS)('OUT-04: a %s link opens no later account of a deleted address', async (kind) => {
    const service = mailingService()
    const ada = await signedInPerson({ mode, service })
    const link = await askForLink(service, kind as Exclude<LinkKind, 'registration'>, ada)
    expect((await ada.post('/me/delete', { password: PASSWORD })).status).toBe(204)
    const body = { email: ada.email, password: NEW_PASSWORD, mode }
    const again = await send(service, 'POST', '/register', { body })
    expect(again.status).toBe(201)
    await expectDead(link)
    expect((await logIn(service, ada.email, NEW_PASSWORD, mode)).status).toBe(200)
  })

  it.each(ACCOUNT_KINDS)(
    'a %s link is refused while the account is disabled, even if it is on record',
    async (kind) => {
      const service = mailingService()
      const ada = await signedInPerson({ mode, service })
      const link = await askForLink(service, kind as Exclude<LinkKind, 'registration'>, ada)
      await env.DB.batch([
        env.DB.prepare('CREATE TABLE kept AS SELECT * FROM one_time_tokens WHERE holder = ?1').bind(
          ada.userId,
        ),
        env.DB.prepare('UPDATE users SET disabled_at = 1 WHERE id = ?1').bind(ada.userId),
        env.DB.prepare('INSERT INTO one_time_tokens SELECT * FROM kept'),
        env.DB.prepare('DROP TABLE kept'),
      ])
      await expectDead(link)
      expect(await openSessions(ada.userId)).toBe(0)
    },
  )
})

describe('POST /email/verify/resend', () => {
  const resend = (service: Service, email: string, more: object = {}) =>
    send(service, 'POST', '/email/verify/resend', { body: { email, ...more } })

  it('by the client that registered replaces its link, and keeps what it chose', async () => {
    const { verified } = bothRegistrations()
    const first = await registerForLink(verified, { name: 'Ada' })
    const { mailedTo: email } = first
    const asked = await resend(verified, email, { binding: first.binding })
    expect(asked.body.binding).toBe(first.binding)
    const token = verified.tokenFor(email)
    await expectDead(first)

    const answer = await useLink(first, { token })
    expect(answer.body).toMatchObject({ email_verified: true, has_password: true })
    const login = await logIn(verified, email, PASSWORD, 'session')
    expect([login.status, login.body.user.name]).toEqual([200, 'Ada'])
  })

  it.each(MODES)(
    'by a stranger leaves an account, in %s mode, what its owner’s link would have left it',
    async (mode) => {
      const service = mailingService()
      const ada = await signedInPerson({ mode, service })
      const mine = await askForLink(service, 'verification', ada)
      for (let count = 0; count < 3; count += 1) expect((await resend(service, ada.email)).status).toBe(202)
      // Either mail, opened in the owner's browser, keeps the password and the session.
      const token = service.tokenFor(ada.email)
      expect(token).not.toBe(mine.token)
      const answer = await useLink(mine, { token })
      expect(answer.body).toMatchObject({ email_verified: true, has_password: true })
      expect((await ada.get('/sessions')).status).toBe(200)
      await ada.signIn()
      // Links that were mailed before no longer work: a stranger's link, opened elsewhere, takes nothing from an address that is proven.
      const left = [...service.mailTo(ada.email)].flatMap(
        ({ text }) => /\?token=([\w-]{43})/.exec(text)?.[1] ?? [],
      )
      expect(left.length).toBeGreaterThanOrEqual(4)
      for (const other of left) {
        expectProblem(
          await send(service, 'POST', '/email/verify', { body: { token: other } }),
          400,
          'invalid-link',
        )
      }
      await ada.signIn()
    },
  )

  it('of an address that was proven otherwise meanwhile changes nothing', async () => {
    const service = mailingService()
    const ada = await signedInPerson({ mode: 'session', service })
    await resend(service, ada.email)
    const body = { token: service.tokenFor(ada.email) }
    await setUser(ada.userId, 'email_verified_at', 1)
    expectProblem(await send(service, 'POST', '/email/verify', { body }), 400, 'invalid-link')
    await ada.signIn()
  })

  it('gives no part in the registration to who did not make it', async () => {
    const { verified } = bothRegistrations()
    const { mailedTo: email } = await registerForLink(verified)
    const { binding } = (await resend(verified, email)).body
    const body = { token: verified.tokenFor(email), binding }
    const answer = await send(verified, 'POST', '/email/verify', { body })
    expect(answer.body).toEqual({ email_verified: true, has_password: false })
    expectProblem(await logIn(verified, email, PASSWORD, 'session'), 401, 'invalid-credentials')
  })

  it.each([
    ['cookie', (binding: string) => ({ headers: { Cookie: `__Host-registration=${binding}` } })],
    ['body', (binding: string) => ({ more: { binding } })],
  ])('keeps the secret that came along in a %s', async (_, carry) => {
    const { verified } = bothRegistrations()
    const { mailedTo: email, binding } = await registerForLink(verified)
    const { headers = {}, more = {} } = carry(String(binding)) as { headers?: object; more?: object }
    const options = { body: { email, ...more }, headers: headers as Record<string, string> }
    const asked = await send(verified, 'POST', '/email/verify/resend', options)
    expect(asked.body).toEqual({ binding })
    expect(asked.cookies).toEqual({ '__Host-registration': binding })
  })

  it('REG-01: answers alike for every address, and mails to those only that wait', async () => {
    const { verified, open } = bothRegistrations()
    const waiting = await registerForLink(verified)
    const [unverified, proven, disabled] = [
      await signedInPerson({ mode: 'session', service: open }),
      await signedInPerson({ mode: 'session', service: open }),
      await signedInPerson({ mode: 'session', service: open }),
    ]
    await setUser(proven.userId, 'email_verified_at', 1)
    await setUser(disabled.userId, 'disabled_at', 1)
    const cases = [
      { email: newEmail(), mails: 0 },
      { email: waiting.mailedTo, mails: 1 },
      { email: unverified.email, mails: 1 },
      { email: proven.email, mails: 0 },
      { email: disabled.email, mails: 0 },
    ]
    const transcripts = []
    for (const { email, mails } of cases) {
      const before = verified.mailTo(email).length
      const { status, headers, body, cookies } = await resend(verified, email)
      expect(verified.mailTo(email).length - before, email).toBe(mails)
      expect(cookies).toEqual({ '__Host-registration': body.binding })
      const named = [...headers].map(([name, value]) => [name, value.replace(body.binding, '')])
      transcripts.push({ status, headers: named, members: Object.keys(body), length: body.binding.length })
    }
    expect(transcripts[0]?.status).toBe(202)
    for (const transcript of transcripts) expect(transcript).toEqual(transcripts[0])
  })

  it('is good for no registration whose time is over', async () => {
    stopTime()
    const { verified } = bothRegistrations()
    const { mailedTo: email } = await registerForLink(verified)
    verified.ahead = 24 * 3600
    const { length } = verified.mailTo(email)
    expect((await resend(verified, email)).status).toBe(202)
    expect(verified.mailTo(email)).toHaveLength(length)
  })
})

describe('what binds a browser to a link', () => {
  /** Asks with the cookie of a link, and uses the link with the cookie that the browser then has. */
  async function useAfter(link: MailedLink, name: string, refused: Answer): Promise<Answer> {
    expect(refused.status).toBeGreaterThanOrEqual(400)
    expect(refused.cookies).toEqual({})
    const { binding: _, ...body } = link.body
    const headers = { Cookie: `${name}=${link.binding}` }
    return send(link.service, 'POST', link.path, { body, headers })
  }

  async function fifth(ask: () => Promise<MailedLink>): Promise<MailedLink> {
    for (let count = 1; count < 5; count += 1) await ask()
    return ask()
  }

  it('stays when a second registration is refused for its password', async () => {
    const { verified } = bothRegistrations()
    const link = await registerForLink(verified)
    const body = { email: link.mailedTo, password: 'short' }
    const refused = await send(verified, 'POST', '/register', { body })
    expectProblem(refused, 422, 'password-refused')
    const answer = await useAfter(link, '__Host-registration', refused)
    expect(answer.body).toMatchObject({ email_verified: true, has_password: true })
    // Used, it stays for as long as the use may be repeated.
    expect(answer.cookies).toEqual({
      '__Host-registration': link.binding,
      '__Host-session': expect.stringMatching(/^[\w-]{22}\.[\w-]{43}$/),
      '__Host-device': expect.stringMatching(/^[\w-]{22}\.[\w-]{43}$/),
    })
  })

  it('stays when there were too many registrations', async () => {
    const { verified } = bothRegistrations()
    const email = newEmail()
    const link = await fifth(() => registerForLink(verified, { email }))
    const refused = await send(verified, 'POST', '/register', { body: { email, password: PASSWORD } })
    expectProblem(refused, 429, 'too-many-attempts')
    const answer = await useAfter(link, '__Host-registration', refused)
    expect(answer.body).toMatchObject({ email_verified: true, has_password: true })
  })

  it('stays when too many links to sign in were asked for', async () => {
    const service = mailingService()
    const ada = await signedInPerson({ mode: 'session', service })
    const link = await fifth(() => askForLink(service, 'sign-in', ada))
    const refused = await send(service, 'POST', '/login/link', { body: { email: ada.email } })
    expectProblem(refused, 429, 'too-many-attempts')
    expect((await useAfter(link, '__Host-sign-in-link', refused)).status).toBe(200)
  })

  it('stays when another change of address is refused', async () => {
    const service = mailingService()
    const ada = await signedInPerson({ mode: 'session', service })
    const link = await askForLink(service, 'address change', ada)
    const refused = await ada.post('/email/change', { email: newEmail(), password: `${PASSWORD}!` })
    expectProblem(refused, 401, 'invalid-credentials')
    expect((await useAfter(link, '__Host-email-change', refused)).status).toBe(204)
  })
})

/** Returns an account whose address nobody has verified, and the service that requires it. */
async function unverifiedPerson(mode: Mode) {
  const { verified, open } = bothRegistrations()
  return { verified, ada: await signedInPerson({ mode, service: open }) }
}

describe.each(MODES)('an unverified account at POST /login, in %s mode', (mode) => {
  const setBack: Record<string, (service: Service, ada: Person) => Promise<[string, string]>> = {
    'an unverified account, with its password': async (_, ada) => [ada.email, PASSWORD],
    'an unverified account, with another': async (_, ada) => [ada.email, `${PASSWORD}!`],
    'an unverified and disabled account': async (_, ada) => {
      await setUser(ada.userId, 'disabled_at', 1)
      return [ada.email, PASSWORD]
    },
    'an unverified account without a password': async (_, ada) => {
      await setUser(ada.userId, 'password_hash', null)
      return [ada.email, PASSWORD]
    },
    'an unverified account hashed at an older cost': async (_, ada) => {
      const hasher = createPasswordHasher({ keyring: createKeyring([env.AUTH_SECRET]), iterations: 25_000 })
      await setUser(ada.userId, 'password_hash', await hasher.hash(PASSWORD))
      return [ada.email, PASSWORD]
    },
    'a registration that waits, with the password it chose': async () => {
      const { verified } = bothRegistrations()
      return [(await registerForLink(verified)).mailedTo, PASSWORD]
    },
    'an unknown address': async () => [newEmail(), PASSWORD],
  }

  it.each(Object.keys(setBack))(
    'LOG-01, LOG-02, INC-9: %s is answered as a wrong password is',
    async (name) => {
      const { verified, ada } = await unverifiedPerson(mode)
      const proven = await signedInPerson({ mode, service: mailingService() })
      await setUser(proven.userId, 'email_verified_at', 1)
      const [email = '', password = ''] = (await setBack[name]?.(verified, ada)) ?? []
      const reference = await logIn(verified, proven.email, 'another password', mode)
      const iterations = recordPbkdf2()
      const answer = await logIn(verified, email, password, mode)
      expect(iterations()).toEqual([25_000, 25_000, 25_000, 25_000])
      expectProblem(answer, 401, 'invalid-credentials')
      expect(transcriptOf(answer)).toEqual(transcriptOf(reference))
      expect(answer.text).toHaveLength(reference.text.length)
      expect(await openSessions(ada.userId)).toBe(name.includes('disabled') ? 0 : 1)
    },
  )

  it('RL-04: its right password is throttled at the same attempt as an unknown address', async () => {
    stopTime()
    const { verified, ada } = await unverifiedPerson(mode)
    const unknown = newEmail()
    const rounds = []
    for (let round = 0; round < 8; round += 1) {
      const answers = [
        await logIn(verified, ada.email, PASSWORD, mode),
        await logIn(verified, unknown, PASSWORD, mode),
      ].map(transcriptOf)
      expect(answers[0]).toEqual(answers[1])
      rounds.push(answers[0]?.status)
    }
    expect(rounds).toContain(429)
  })
})

const OPERATED = {
  disabled: 'UPDATE users SET disabled_at = 1 WHERE id = ?1',
  deleted: 'DELETE FROM users WHERE id = ?1',
  unverified: 'UPDATE users SET email_verified_at = NULL WHERE id = ?1',
} as const

type State = keyof typeof OPERATED | 'throttled' | 'locked'
type Path = 'password' | 'sign-in link' | 'refresh' | 'reset' | 'verify'

const REFUSED = {
  password: [401, 'invalid-credentials'],
  'sign-in link': [400, 'invalid-link'],
  refresh: [401, 'session-ended'],
  reset: [400, 'invalid-link'],
  verify: [400, 'invalid-link'],
} as const
const DONE = { 'sign-in link': 200, refresh: 200, reset: 204, verify: 200 } as const
const TOO_MANY = [429, 'too-many-attempts'] as const

/** The answer of each path in each state: a refusal, or its usual answer. */
const GATE: Record<State, Record<Path, readonly [number, string] | number>> = {
  disabled: REFUSED,
  deleted: REFUSED,
  // A proof of the address is accepted; a session that began elsewhere goes on until then.
  unverified: { ...DONE, password: REFUSED.password },
  // RL-05: guesses at a password do not lock its owner out.
  throttled: { ...DONE, password: TOO_MANY },
  locked: { ...DONE, password: TOO_MANY },
}

const MATRIX = (Object.keys(GATE) as State[]).flatMap((state) =>
  (Object.keys(REFUSED) as Path[]).map((path) => [path, state] as const),
)

describe.each(MODES)('LOG-04: the gate where addresses are proven, in %s mode', (mode) => {
  it.each(MATRIX)('%s, of an account that is %s', async (path, state) => {
    const { verified, ada } = await unverifiedPerson(mode)
    const phone = await ada.signIn({ mode: 'token' })
    if (path !== 'verify') await setUser(ada.userId, 'email_verified_at', 1)
    const links = {
      'sign-in link': () => askForLink(verified, 'sign-in', ada),
      reset: () => askForLink(verified, 'reset', ada),
      verify: () => askForLink(verified, 'verification', ada),
    }
    const link = path in links ? await links[path as keyof typeof links]() : null
    if (state === 'throttled' || state === 'locked') {
      if (state === 'throttled') await fail(verified, ada.email, 6, mode)
      else {
        await failed(verified, ada.email, 100)
      }
    } else await env.DB.prepare(OPERATED[state]).bind(ada.userId).run()
    const before = await openSessions(ada.userId)

    let answer: Answer
    if (link) answer = await useLink(link)
    else if (path === 'password') answer = await logIn(verified, ada.email, PASSWORD, mode)
    else answer = await send(verified, 'POST', '/refresh', { body: { refresh_token: phone.refreshToken } })

    const verdict = GATE[state][path]
    if (typeof verdict === 'number') return expect(answer.status, answer.text).toBe(verdict)
    expectProblem(answer, ...verdict)
    expect(answer.cookies).toEqual({})
    expect(answer.body).not.toHaveProperty('access_token')
    expect(await openSessions(ada.userId)).toBe(before)
    const gone = state === 'disabled' || state === 'deleted'
    expect(before).toBe(gone ? 0 : 2)
  })
})
