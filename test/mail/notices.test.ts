import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import type { Message } from '../../src/mail/mailer'
import { faultyD1 } from '../support/faulty-d1'
import {
  askChange,
  changeLink,
  confirmChange,
  NEW_PASSWORD,
  provenPerson,
  reset,
  resetLink,
  signInLink,
} from '../support/links'
import { type MailingService, mailingService } from '../support/mail'
import {
  type Answer,
  expectProblem,
  newAddress,
  newEmail,
  PASSWORD,
  read,
  send,
  signedInPerson,
} from '../support/person'
import { stopTime } from '../support/stop-time'

/** Dozens of hashes, on a machine that has other things to do. */
const SLOW_MS = 30_000

const MODES = ['session', 'token'] as const

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const NEXT_FIREFOX = FIREFOX.replaceAll('140.0', '141.0')
const CHROME =
  'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'

interface From {
  readonly agent?: string
  readonly country?: string
  readonly headers?: Record<string, string>
}

/** Sends from a browser somewhere. */
async function sendFrom(
  service: MailingService,
  path: string,
  body: unknown,
  { agent = FIREFOX, country = 'NL', headers = {} }: From = {},
): Promise<Answer> {
  const request = new Request(`${service.issuer}${path}`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'CF-Connecting-IP': newAddress(),
      'User-Agent': agent,
      ...headers,
    },
    body: JSON.stringify(body),
    cf: { country },
  })
  return read(await service.fetch(request))
}

/** Returns a person who registered with Firefox in the Netherlands. */
async function registered(service: MailingService, mode: (typeof MODES)[number] = 'session') {
  const email = newEmail()
  const answer = await sendFrom(service, '/register', { email, password: PASSWORD, mode })
  expect(answer.status, answer.text).toBe(201)
  const logIn = (from: From = {}) => sendFrom(service, '/login', { email, password: PASSWORD, mode }, from)
  return { email, userId: String(answer.body.user.id), answer, logIn }
}

/** Asserts that a notice has no link except the name of the service at its end, and that text and HTML have the same words. */
function expectNotice(message: Message | undefined, subject: RegExp, service: MailingService): string {
  expect(message?.subject).toMatch(subject)
  const { text = '', html = '' } = message ?? {}
  expect(html).not.toMatch(/<a\b|href|src=|<form|<script|<img/i)
  expect(text.match(/https?:\S+/g)).toEqual([service.issuer])
  expect(`${text}${html}`).not.toMatch(/token|binding|[\w-]{43}/)
  const body = html.slice(html.indexOf('<body'))
  const words = body
    .replace(/<[^>]+>/g, '')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
  const squeeze = (some: string) => some.replace(/\s+/g, ' ').trim()
  expect(squeeze(words)).toBe(squeeze(text))
  return text
}

describe.each(MODES)('AUD-04: a new device, %s mode', (mode) => {
  it('the first sign-in after the registration, on the same kind of device, is no news', async () => {
    const service = mailingService()
    const { logIn, email } = await registered(service, mode)
    expect((await logIn()).status).toBe(200)
    expect((await logIn({ agent: NEXT_FIREFOX })).status).toBe(200)
    expect(service.mailTo(email)).toEqual([])
  })

  it(
    'another browser is, once, and so is another country',
    async () => {
      stopTime()
      const service = mailingService()
      const { logIn, email } = await registered(service, mode)
      await logIn({ agent: CHROME })
      expect(service.mailTo(email)).toHaveLength(1)
      const text = expectNotice(service.mailTo(email)[0], /^New sign-in to .* from /, service)
      expect(text).toContain('Chrome, Windows, Netherlands, on ')
      expect(text).toMatch(/, on [^.]*20\d\d[^.]* UTC\./)
      expect(text).toContain('Forgot your password?')

      await logIn({ agent: CHROME })
      expect(service.mailTo(email)).toHaveLength(1)
      await logIn({ agent: CHROME, country: 'JP' })
      expect(service.mailTo(email)).toHaveLength(2)
      const second = expectNotice(service.mailTo(email)[1], /^New sign-in to .* from /, service)
      expect(second).toContain('Chrome, Windows, Japan, on ')
      await logIn({ agent: CHROME, country: 'JP' })
      await logIn()
      expect(service.mailTo(email)).toHaveLength(2)
    },
    SLOW_MS,
  )

  it('a client that says nothing of itself is told of as such', async () => {
    const service = mailingService()
    const { logIn, email } = await registered(service, mode)
    await logIn({ agent: 'x', country: 'XX' })
    const text = expectNotice(service.mailTo(email)[0], /^New sign-in to .* from /, service)
    expect(text).toContain(': an unknown device, on ')
  })

  it('a sign-in that fails, or that a link was only asked for, is no news', async () => {
    const service = mailingService()
    const { email, userId, logIn } = await registered(service, mode)
    const wrong = { email, password: `not ${PASSWORD}`, mode }
    expectProblem(await sendFrom(service, '/login', wrong, { agent: CHROME }), 401, 'invalid-credentials')
    await env.DB.prepare('UPDATE users SET disabled_at = 1 WHERE id = ?1').bind(userId).run()
    expectProblem(await logIn({ agent: CHROME }), 401, 'invalid-credentials')
    await env.DB.prepare('UPDATE users SET disabled_at = NULL WHERE id = ?1').bind(userId).run()
    expect(service.mail).toEqual([])
    // Nor was the device learned from it.
    await logIn({ agent: CHROME })
    expect(service.mailTo(email)).toHaveLength(1)
  })

  it('nor does a sign-in count that came to nothing, because the account was disabled meanwhile', async () => {
    const db = faultyD1(env.DB)
    const service = mailingService({ DB: db })
    const { email, userId, logIn } = await registered(service, mode)
    const held = db.hold(/INSERT INTO sessions/)
    const answer = logIn({ agent: CHROME })
    await held.reached
    await env.DB.prepare('UPDATE users SET disabled_at = 1 WHERE id = ?1').bind(userId).run()
    held.release()
    expectProblem(await answer, 401, 'invalid-credentials')
    await env.DB.prepare('UPDATE users SET disabled_at = NULL WHERE id = ?1').bind(userId).run()
    expect(service.mail).toEqual([])
    await logIn({ agent: CHROME })
    expect(service.mailTo(email)).toHaveLength(1)
  })

  it('a sign-in with a link is one, too', async () => {
    const service = mailingService()
    const { email, userId } = await registered(service, mode)
    await env.DB.prepare('UPDATE users SET email_verified_at = 1 WHERE id = ?1').bind(userId).run()
    const { token, binding } = await signInLink(service, email)
    const body = { token, binding, mode }
    const answer = await sendFrom(service, '/login/link/confirm', body, { agent: CHROME })
    expect(answer.status, answer.text).toBe(200)
    expectNotice(service.mailTo(email).at(-1), /^New sign-in to .* from /, service)
  })

  it('five sign-ins at once from one new device are one piece of news', async () => {
    const service = mailingService()
    const { logIn, email } = await registered(service, mode)
    await Promise.all(Array.from({ length: 5 }, () => logIn({ agent: CHROME })))
    expect(service.mailTo(email)).toHaveLength(1)
  })

  it('what one account knows, another does not, and a deleted account leaves nothing behind', async () => {
    const service = mailingService()
    const [ada, bob] = [await registered(service, mode), await registered(service, mode)]
    await ada.logIn({ agent: CHROME })
    await bob.logIn({ agent: CHROME })
    expect([service.mailTo(ada.email).length, service.mailTo(bob.email).length]).toEqual([1, 1])
    await env.DB.prepare('DELETE FROM users WHERE id = ?1').bind(ada.userId).run()
    const left = env.DB.prepare('SELECT count(*) AS n FROM known_devices WHERE user_id = ?1')
    expect(await left.bind(ada.userId).first('n')).toBe(0)
    expect(await left.bind(bob.userId).first('n')).toBe(2)
  })
})

describe.each(MODES)('AUD-04: notices, %s mode', (mode) => {
  it('a password that is changed is told of, once, to its owner', async () => {
    const service = mailingService()
    const ada = await signedInPerson({ mode, service })
    const refused = { current_password: `not ${PASSWORD}`, new_password: NEW_PASSWORD }
    expectProblem(await ada.post('/password', refused), 401, 'invalid-credentials')
    expect(service.mail).toEqual([])
    const change = { current_password: PASSWORD, new_password: NEW_PASSWORD }
    const answer = await sendFrom(service, '/password', change, { headers: ada.headers, agent: CHROME })
    expect(answer.status, answer.text).toBe(200)
    expect(service.mail.map(({ to }) => to)).toEqual([ada.email])
    const text = expectNotice(service.mail[0], /^Your .* password was changed$/, service)
    expect(text).toContain('from Chrome, Windows, Netherlands, on ')
  })

  it('and so is one that is reset; a link that is not good is not told of', async () => {
    const service = mailingService()
    const ada = await signedInPerson({ mode, service })
    const token = await resetLink(service, ada.email)
    expect((await reset(service, token)).status).toBe(204)
    expect(service.mail.map(({ to }) => to)).toEqual([ada.email, ada.email])
    expectNotice(service.mail[1], /^Your .* password was changed$/, service)
    expect((await reset(service, token)).status).toBe(204)
    expectProblem(await reset(service, 'A'.repeat(43)), 400, 'invalid-link')
    expect(service.mail).toHaveLength(2)
  })

  it('a change of address is told to the address as it was, when it is asked for and when it happens', async () => {
    const service = mailingService()
    const ada = await provenPerson(service, mode)
    const address = newEmail()
    const link = await changeLink(service, ada, address)
    expectNotice(service.mailTo(ada.email)[0], /is about to change$/, service)
    expect((await confirmChange(service, link)).status).toBe(204)
    expect(service.mailTo(ada.email)).toHaveLength(2)
    expectNotice(service.mailTo(ada.email)[1], /was changed$/, service)
    // From now on the new address gets the notices.
    await ada.post('/password', { current_password: PASSWORD, new_password: NEW_PASSWORD })
    expect(service.mailTo(ada.email)).toHaveLength(2)
    expectNotice(service.mailTo(address).at(-1), /^Your .* password was changed$/, service)
  })

  it('a disabled account is told nothing', async () => {
    const service = mailingService()
    const ada = await provenPerson(service, mode)
    const bob = await provenPerson(service, mode)
    await env.DB.prepare('UPDATE users SET disabled_at = 1 WHERE id = ?1').bind(ada.userId).run()
    expect((await askChange(bob, ada.email)).status).toBe(202)
    expect(service.mailTo(ada.email)).toEqual([])
  })
})

describe('AUD-04, REF-02: a refresh token that is used again', () => {
  it('is told of once, with where it came from', async () => {
    stopTime()
    const service = mailingService()
    const ada = await signedInPerson({ mode: 'token', service })
    const body = { refresh_token: ada.refreshToken }
    expect((await sendFrom(service, '/refresh', body)).status).toBe(200)
    // Two tabs are no thief.
    expect((await sendFrom(service, '/refresh', body)).status).toBe(200)
    expect(service.mail).toEqual([])
    service.ahead += 31
    const reused = await sendFrom(service, '/refresh', body, { agent: CHROME, country: 'BR' })
    expectProblem(reused, 401, 'refresh-token-reused')
    expect(service.mail.map(({ to }) => to)).toEqual([ada.email])
    const text = expectNotice(service.mail[0], /^We signed you out of .* on one device$/, service)
    expect(text).toContain('from Chrome, Windows, Brazil, on ')
    expectProblem(await sendFrom(service, '/refresh', body), 401, 'session-ended')
    expect(service.mail).toHaveLength(1)
  })
})

describe('EML-04: mail says what Janus says', () => {
  const FOREIGN = {
    'X-Forwarded-Host': 'evil.example',
    'X-Forwarded-Proto': 'http',
    'X-Forwarded-Prefix': '/evil',
    'X-Original-Host': 'evil.example',
    'X-Original-URL': 'https://evil.example/',
    'X-Host': 'evil.example',
    Forwarded: 'host=evil.example;proto=http',
    Host: 'evil.example',
    Origin: 'https://auth.example.com',
    Referer: 'https://evil.example/',
  }

  it.each(['https://auth.example.com', 'https://evil.example'])(
    'INC-5: links begin with the issuer, whatever headers come to %s',
    async (origin) => {
      const service = mailingService()
      const ada = await provenPerson(service, 'session')
      const address = newEmail()
      const asks: Record<string, unknown> = {
        '/password/forgot': { email: ada.email },
        '/login/link': { email: ada.email },
        '/email/change': { email: address, password: PASSWORD },
      }
      for (const [path, body] of Object.entries(asks)) {
        const request = new Request(`${origin}${path}`, {
          method: 'POST',
          headers: {
            'Content-Type': 'application/json',
            'CF-Connecting-IP': newAddress(),
            ...ada.headers,
            ...FOREIGN,
          },
          body: JSON.stringify(body),
        })
        const answer = await service.fetch(request)
        expect(answer.status, await answer.text()).toBe(202)
      }
      expect(service.mail).toHaveLength(4)
      for (const { text, html } of service.mail) {
        expect(`${text}${html}`).not.toContain('evil')
        const links = [...`${text} ${html}`.matchAll(/https?:[^\s"<]+/g)].map(([link]) => link)
        expect(links.length).toBeGreaterThan(0)
        for (const link of links) expect(new URL(link).origin).toBe('https://auth.example.com')
      }
    },
  )

  it('INC-5: and with its path, where it has one', async () => {
    const service = mailingService({ ISSUER: 'https://app.example.com/auth' })
    const ada = await provenPerson(service, 'session')
    const token = await resetLink(service, ada.email)
    const text = service.mailTo(ada.email).at(-1)?.text
    expect(text).toContain(`\nhttps://app.example.com/auth/password/reset?token=${token}\n`)
  })

  it.each([
    ['an address', 'a@x.test\r\nBcc: v@x.test'],
    ['an address', 'a@x.test\nv@x.test'],
    ['an address', 'a@x\r.test'],
    ['an address', '"a\r\n"@x.test'],
    ['an address', 'a@x.test%0d%0aBcc:v@x.test'],
    ['an address', 'a@x.test\u0000'],
    ['an address', 'Ada <a@x.test>'],
    ['an address', 'a@x.test, v@x.test'],
  ])('%s that would be more than one line or one recipient is refused: %j', async (_, email) => {
    for (const REGISTRATION of ['open', 'verified']) {
      const service = mailingService({ REGISTRATION })
      for (const path of ['/register', '/password/forgot', '/login/link', '/email/verify/resend']) {
        const answer = await send(service, 'POST', path, { body: { email, password: PASSWORD } })
        expectProblem(answer, 422, 'invalid-input')
      }
      expect(service.mail).toEqual([])
    }
  })

  it.each(['Ada\r\nBcc: v@x.test', 'Ada\n', '\u0000', 'Ada\u0085'])(
    'a name that would be more than one line is refused: %j',
    async (name) => {
      for (const REGISTRATION of ['open', 'verified']) {
        const service = mailingService({ REGISTRATION })
        const body = { email: newEmail(), password: PASSWORD, name }
        expectProblem(await send(service, 'POST', '/register', { body }), 422, 'invalid-input')
        expect(service.mail).toEqual([])
      }
    },
  )

  /** Pieces of what a client writes itself, none of which may come out at the other end. */
  const HOSTILE = ['evil', 'script', 'alert', 'Bcc', '%0d', 'onerror', 'javascript', 'Ünïcödé', '{{']
  const AGENT =
    'Mozilla/5.0 (Linux) <script>alert(1)</script> https://evil.example/?token=evil %0d%0aBcc: v@evil.example "onerror=x {{7*7}} Firefox/1'
  const NAME = '<img src=x onerror=alert(1)> https://evil.example Ünïcödé {{evil}} javascript:alert(1)'

  it(
    'nothing that a client wrote is in any mail, whatever causes it',
    async () => {
      stopTime()
      const service = mailingService()
      const email = newEmail()
      const evil = { agent: AGENT, country: 'DE' }
      const body = { email, password: PASSWORD, mode: 'token', name: NAME }
      const ada = await sendFrom(service, '/register', body)
      expect(ada.status, ada.text).toBe(201)
      await env.DB.prepare('UPDATE users SET email_verified_at = 1 WHERE email = ?1').bind(email).run()
      const bearer = { Authorization: `Bearer ${ada.body.access_token}` }
      const bob = await provenPerson(service, 'session')
      const address = newEmail()

      await sendFrom(service, '/login', { email, password: PASSWORD, mode: 'token' }, evil)
      await sendFrom(service, '/login/link', { email, return_to: '//evil.example' }, evil)
      const change = { email: address, password: PASSWORD }
      const asked = await sendFrom(service, '/email/change', change, { ...evil, headers: bearer })
      const taken = { email: bob.email, password: PASSWORD }
      await sendFrom(service, '/email/change', { ...change, email: newEmail() }, { ...evil, headers: bearer })
      await sendFrom(service, '/email/change', taken, { ...evil, headers: bearer })
      expect(asked.status, asked.text).toBe(202)
      const refresh = { refresh_token: ada.body.refresh_token }
      await sendFrom(service, '/refresh', refresh, evil)
      service.ahead += 31
      expectProblem(await sendFrom(service, '/refresh', refresh, evil), 401, 'refresh-token-reused')
      const again = await sendFrom(service, '/login', { email, password: PASSWORD, mode: 'token' }, evil)
      const headers = { Authorization: `Bearer ${again.body.access_token}` }
      const next = newEmail()
      const moved = await sendFrom(service, '/email/change', { ...change, email: next }, { ...evil, headers })
      const link = { token: service.tokenFor(next), binding: moved.body.binding }
      expect((await sendFrom(service, '/email/change/confirm', link, evil)).status).toBe(204)
      await sendFrom(service, '/password/forgot', { email: next }, evil)
      const token = service.tokenFor(next)
      await sendFrom(service, '/password/reset', { token, new_password: NEW_PASSWORD }, evil)
      await sendFrom(service, '/email/verify/resend', { email: newEmail() }, evil)

      const verified = mailingService({ REGISTRATION: 'verified' })
      await sendFrom(verified, '/register', { email: newEmail(), password: PASSWORD, name: NAME }, evil)
      await sendFrom(verified, '/register', { email: next, password: PASSWORD, name: NAME }, evil)

      const mail = [...service.mail, ...verified.mail]
      const subjects = mail.map(({ subject }) => subject.replaceAll('auth.example.com', '…'))
      expect([...new Set(subjects)].sort()).toEqual([
        'Confirm your address for …',
        'Confirm your new address for …',
        'New sign-in to … from Firefox, Linux, Germany',
        'Set a new password for …',
        'Sign in to …',
        'We signed you out of … on one device',
        'You already have an account at …',
        'Your … email address is about to change',
        'Your … email address was changed',
        'Your … password was changed',
      ])
      for (const { to, subject, text, html } of mail) {
        expect(subject).not.toMatch(/[\p{Cc}]/u)
        expect(to).toMatch(/^[\w-]+@example\.com$/)
        for (const piece of HOSTILE) expect(`${subject} ${text} ${html}`).not.toContain(piece)
        expect([...html.matchAll(/<a /g)].length).toBe(/\?token=/.test(text) ? 1 : 0)
      }
    },
    SLOW_MS,
  )
})
