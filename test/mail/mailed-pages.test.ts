import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { REPEAT_SECONDS } from '../../src/flows/repetition'
import { openSessions } from '../support/guessing'
import { provenPerson } from '../support/links'
import { type MailingService, mailingService } from '../support/mail'
import { newAddress, newEmail, PASSWORD, signedInPerson } from '../support/person'

interface Seen {
  readonly status: number
  readonly location: string | null
  readonly page: string
  readonly headers: Headers
}

/** Returns a browser without scripts: it keeps cookies, and sends the forms of the pages. */
function browserAt(service: MailingService) {
  const jar = new Map<string, string>()

  async function ask(path: string, fields?: Record<string, string>): Promise<Seen> {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await service.fetch(
      new Request(new URL(path, service.issuer), {
        method: fields ? 'POST' : 'GET',
        headers: {
          Accept: 'text/html',
          'CF-Connecting-IP': newAddress(),
          ...(cookie ? { Cookie: cookie } : {}),
        },
        ...(fields ? { body: new URLSearchParams(fields) } : {}),
        redirect: 'manual',
      }),
    )
    for (const set of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? []
      if (value === '') jar.delete(name)
      else jar.set(name, value)
    }
    const location = response.headers.get('Location')
    // Where it ends, if the browser keeps its cookies: test/pages/continue.test.ts.
    if (location?.startsWith('/continue?')) return { ...(await ask(location)), headers: response.headers }
    return { status: response.status, location, page: await response.text(), headers: response.headers }
  }

  return { jar, go: (path: string) => ask(path), send: ask }
}

/** Returns the hidden fields of the form that posts to a path. */
function hiddenFields(page: string, action: string): Record<string, string> {
  const [, form = ''] = new RegExp(`<form[^>]* action="${action}"[^>]*>(.*?)</form>`, 's').exec(page) ?? []
  const inputs = form.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)
  return Object.fromEntries(
    [...inputs].map(([, name = '', value = '']) => [name, value.replaceAll('&amp;', '&')]),
  )
}

const ASKING = [
  ['/login/link', 'link', '/login/link'],
  ['/password/forgot', 'forgot', '/password/forgot'],
  ['/email/verify/resend', 'resend', '/email/verify/resend'],
  ['/register', 'register', '/email/verify/resend'],
] as const

describe.each(ASKING)('after POST %s, the page that waits for the mail', (path, kind, again) => {
  it('REG-01, SES-02: shows the address that was typed, known or not, and sends it again; no URL has it', async () => {
    const service = mailingService({ REGISTRATION: 'verified', ALLOWED_ORIGINS: 'https://app.example.com' })
    const { email: known } = await signedInPerson({ mode: 'session', service: mailingService() })
    const pages = []
    for (const email of [known, newEmail()]) {
      const browser = browserAt(service)
      const asked = path === '/register' ? { email, password: PASSWORD } : { email }
      const goal =
        path === '/email/verify/resend' ? {} : { return_to: 'https://app.example.com/orders?q=café' }
      const answer = await browser.send(path, { ...asked, ...goal })
      expect([answer.status, answer.location]).toEqual([303, `/mail-sent?for=${kind}`])
      const [cookie = ''] = answer.headers.getSetCookie().filter((set) => set.startsWith('__Host-mail-sent='))
      expect(cookie.split('; ').slice(1).sort()).toEqual(
        ['HttpOnly', 'Max-Age=3600', 'Path=/', 'SameSite=Lax', 'Secure'].sort(),
      )
      const { page } = await browser.go(`/mail-sent?for=${kind}`)
      expect(page).toContain(`To: ${email}`)
      const fields = hiddenFields(page, again)
      const keeps = kind === 'link' || kind === 'forgot'
      expect(fields).toEqual({
        attempt: expect.stringMatching(/^[\w-]{22}$/),
        email,
        ...(keeps ? { return_to: 'https://app.example.com/orders?q=caf%C3%A9' } : {}),
      })
      const before = service.mailTo(email).length
      const repeated = await browser.send(again, fields)
      expect(repeated.location).toMatch(/^\/mail-sent\?for=(link|forgot|resend)$/)
      const sent = service.mailTo(email).length - before
      if (email === known) expect(sent).toBe(1)
      pages.push(page.replaceAll(email, '').replace(/(nonce|name="attempt" value)="[^"]*"/g, ''))
    }
    expect(pages[0]).toBe(pages[1])
  })
})

it.each(['at once', 'after the answer', 'after an answer that was lost'])(
  'LOG-03: a sign-in link that its browser uses again %s leads where the person wanted to go, as the first time',
  async (when) => {
    const service = mailingService({ ALLOWED_ORIGINS: 'https://app.example.com' })
    const ada = await provenPerson(service, 'session')
    const browser = browserAt(service)
    await browser.send('/login/link', { email: ada.email, return_to: 'https://app.example.com/cart' })
    const before = [...browser.jar]
    const use = () => browser.send('/login/link/confirm', { token: service.tokenFor(ada.email) })
    const first = use()
    if (when !== 'at once') await first
    if (when === 'after an answer that was lost') {
      browser.jar.clear()
      for (const [name, value] of before) browser.jar.set(name, value)
    }
    const second = use()
    for (const { page } of [await first, await second]) expect(page).toContain('https://app.example.com/cart')
    expect(await openSessions(ada.userId)).toBe(2)
    // Seconds later it forgets that, with the link.
    const [cookie] = (await first).headers.getSetCookie().filter((set) => set.startsWith('__Host-mail-sent='))
    expect(cookie).toContain(`Max-Age=${REPEAT_SECONDS};`)
  },
)

const kept = (json: string) => btoa(json).replaceAll('=', '')

it.each([
  ['no cookie', ''],
  ['no base64url', '!!'],
  ['no JSON', kept('ada@example.com')],
  ['another shape', kept('{"email":"ada@example.com"}')],
  ['too long a list', kept('["ada@example.com",null,null]')],
  ['no address', kept('["<script>",null]')],
  ['too much', kept(JSON.stringify(['ada@example.com', 'a'.repeat(3000)]))],
  [
    'two cookies',
    `${kept('["ada@example.com",null]')}; __Host-mail-sent=${kept('["ada@example.com",null]')}`,
  ],
])('a page that waits for a mail shows nothing of %s', async (_, value) => {
  const browser = browserAt(mailingService())
  if (value) browser.jar.set('__Host-mail-sent', value)
  const { status, page } = await browser.go('/mail-sent?for=link')
  expect(status).toBe(200)
  expect(page).not.toMatch(/To:|Send it again|ada@|&lt;script/)
})

it('and shows what is well-formed', async () => {
  const browser = browserAt(mailingService())
  browser.jar.set('__Host-mail-sent', kept('["ada@example.com",null]'))
  expect((await browser.go('/mail-sent?for=link')).page).toContain('To: ada@example.com')
})

describe('a sign-in link in a browser that did not ask for it', () => {
  it('says so, shows no address, and gets a link for this browser', async () => {
    const service = mailingService()
    const ada = await provenPerson(service, 'session')
    const [laptop, phone] = [browserAt(service), browserAt(service)]
    await laptop.send('/login/link', { email: ada.email })
    const link = `/login/link/confirm?token=${service.tokenFor(ada.email)}`

    const seen = await phone.go(link)
    expect(seen.status).toBe(200)
    expect(seen.page).toContain('This link works in another browser')
    expect(seen.page).not.toContain(ada.email)
    // Whoever presses a button that was there before is told the same.
    const pressed = await phone.send('/login/link/confirm', { token: service.tokenFor(ada.email) })
    expect(pressed.status).toBe(400)
    expect(pressed.page).toContain('This link works in another browser')
    expect(pressed.headers.getSetCookie()).toEqual([])

    const again = await phone.send('/login/link', hiddenFields(seen.page, '/login/link'))
    expect([again.status, again.location]).toEqual([303, '/mail-sent?for=link'])
    expect((await phone.go('/mail-sent?for=link')).page).not.toContain(ada.email)
    const token = service.tokenFor(ada.email)
    expect((await phone.go(`/login/link/confirm?token=${token}`)).page).toContain('Almost there')
    const done = await phone.send('/login/link/confirm', { token })
    expect([done.status, done.location]).toEqual([303, '/'])
    expect(phone.jar.has('__Host-session')).toBe(true)
  })

  it.each([
    ['a link that is made up', { token: 'A'.repeat(43) }, 400],
    ['no link and no address', {}, 422],
  ])('is not sent anything for %s', async (_, fields, status) => {
    const service = mailingService()
    const answer = await browserAt(service).send('/login/link', fields)
    expect(answer.status).toBe(status)
    expect(answer.headers.getSetCookie()).toEqual([])
    expect(service.mail).toEqual([])
  })

  it('nor for a link of another kind', async () => {
    const service = mailingService()
    const ada = await provenPerson(service, 'session')
    const browser = browserAt(service)
    await browser.send('/password/forgot', { email: ada.email })
    const before = service.mail.length
    const answer = await browser.send('/login/link', { token: service.tokenFor(ada.email) })
    expect([answer.status, service.mail.length]).toEqual([400, before])
  })
})

it('the link of an address change in a browser that did not ask for it says so, and leads to the account', async () => {
  const service = mailingService()
  const ada = await provenPerson(service, 'session')
  const email = newEmail()
  await ada.post('/email/change', { email, password: PASSWORD })
  const seen = await browserAt(service).go(`/email/change/confirm?token=${service.tokenFor(email)}`)
  expect(seen.status).toBe(200)
  expect(seen.page).toContain('This link works in another browser')
  expect(seen.page).not.toContain(email)
  expect(seen.page).toContain('href="/account"')
})

it.each([
  ['/login/link/confirm', 'open', '/login/link'],
  ['/password/reset', 'open', '/password/forgot'],
  ['/email/verify', 'open', '/account'],
  ['/email/verify', 'verified', '/register'],
  ['/email/change/confirm', 'open', '/account'],
])(
  'a link of %s that is not valid says where to get a new one (REGISTRATION=%s)',
  async (path, REGISTRATION, again) => {
    const service = mailingService({ REGISTRATION })
    const browser = browserAt(service)
    const token = 'A'.repeat(43)
    for (const answer of [
      await browser.go(`${path}?token=${token}`),
      await browser.send(path, { token, ...(path.includes('reset') ? { new_password: PASSWORD } : {}) }),
    ]) {
      expect(answer.status).toBe(400)
      expect(answer.page).toContain(`<a class="button primary" href="${again}">Get a new link</a>`)
      // The button says it: no sentence above it says the same.
      expect(answer.page.match(/Get a new link/g)).toHaveLength(1)
    }
  },
)

describe('REG-04: a sign-in link for an account whose address nobody has proven', () => {
  async function registered(service: MailingService) {
    const browser = browserAt(service)
    const email = newEmail()
    await browser.send('/register', { email, password: PASSWORD })
    return { browser, email }
  }

  const passwordOf = (email: string) =>
    env.DB.prepare('SELECT password_hash FROM users WHERE email_canonical = ?1')
      .bind(email)
      .first('password_hash')

  it('leaves the password where the browser is signed in to it', async () => {
    const service = mailingService()
    const { browser, email } = await registered(service)
    await browser.send('/login/link', { email })
    const token = service.tokenFor(email)
    expect((await browser.go(`/login/link/confirm?token=${token}`)).page).not.toContain(
      'removes the password',
    )
    expect((await browser.send('/login/link/confirm', { token })).status).toBe(303)
    expect(await passwordOf(email)).not.toBeNull()
    expect(service.mailTo(email).map(({ subject }) => subject)).toEqual(['Sign in to auth.example.com'])
  })

  it('removes it anywhere else, and says so before', async () => {
    const service = mailingService()
    const { email } = await registered(service)
    const browser = browserAt(service)
    await browser.send('/login/link', { email })
    const token = service.tokenFor(email)
    expect((await browser.go(`/login/link/confirm?token=${token}`)).page).toContain('removes the password')
    expect((await browser.send('/login/link/confirm', { token })).status).toBe(303)
    expect(await passwordOf(email)).toBeNull()
  })
})
