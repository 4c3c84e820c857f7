import type { Request } from 'playwright-core'
import { describe, expect, inject } from 'vitest'
import { CONSENT_PAGES, OPEN_PAGES, SIGNED_IN_PAGES } from './pages.ts'
import { forgetPassword, isSignedIn, newPerson, register, signIn } from './person.ts'
import { credentialCookies, foreignPage, it } from './stage.ts'
import type { Visitor } from './visitor.ts'

/** Other than Janus, and seen so by the browser: another site, and another origin of the same one. */
const HOSTS = ['127.0.0.1', 'localhost'] as const

/** Ways out of text, of an attribute, of a title, a script or a comment, and of a link. */
const STRINGS = [
  `"'><img src=x onerror=alert(1)><script>alert(1)</script>`,
  '</title></script><svg/onload=alert(1)>" autofocus onfocus=alert(1) x="',
  'javascript:alert(1)//--><iframe srcdoc="<script>parent.alert(1)</script>">',
]

function foreignOrigin(host: string): string {
  return inject('stageUrl').replace('127.0.0.1', host)
}

function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`)
    .join('')
}

/** Returns the elements of a page that have something a strict policy would stop, or would have to allow. */
function inlineCode({ page }: Visitor): Promise<readonly string[]> {
  return page.locator('html, html *').evaluateAll((elements) =>
    elements
      .filter((element) => {
        const names: string[] = element.getAttributeNames()
        const inline = element.localName === 'style' || (element.localName === 'script' && !element.src)
        return inline || names.includes('style') || names.some((name) => name.startsWith('on'))
      })
      .map((element) => element.outerHTML),
  )
}

function policyOf(header: string | undefined): ReadonlyMap<string, string> {
  const directives = (header ?? '').split('; ').map((text) => [text.split(' ')[0] ?? '', text] as const)
  return new Map(directives)
}

describe.concurrent.each(HOSTS)('a page on another origin, %s', (host) => {
  const abroad = [foreignOrigin(host)]

  it('CSRF-04: signs nobody in, registers nobody and resets nothing', async ({ visit }) => {
    const person = newPerson()
    const owner = await visit()
    await register(owner, person)
    const link = await forgetPassword(owner, person.email)
    const token = new URL(link).searchParams.get('token') ?? ''

    const visitor = await visit({ abroad })
    const { email, password } = person
    const forms = [
      ['/login', { email, password }],
      ['/register', { email: newPerson().email, password }],
      ['/password/reset', { token, new_password: newPerson().password }],
    ] as const
    for (const [path, values] of forms) {
      const form = `<form method="post" action="${visitor.url}${path}">${attributes(values)}<button>Go</button></form>`
      await visitor.go(foreignPage(form, host))
      const answer = await visitor.press('Go')
      expect([path, answer.status(), await answer.headerValue('Set-Cookie')]).toEqual([path, 403, null])
      expect(await visitor.heading()).toBe('This request came from another site')
    }
    expect(await credentialCookies(visitor)).toEqual([])
    expect(await isSignedIn(owner)).toBe(true)
    expect((await signIn(visitor, person)).status()).toBe(303)
  })

  it('HTM-01: cannot frame a page, nor an error', async ({ visit }) => {
    const visitor = await visit({ abroad })
    const frames = ['/login', '/no-such-page'].map((path) => `<iframe src="${visitor.url}${path}"></iframe>`)
    await visitor.go(foreignPage(frames.join(''), host))
    const framed = visitor.page.frames().slice(1)
    expect(framed.map((frame) => frame.url())).toEqual(Array(2).fill('chrome-error://chromewebdata/'))
    const seen = visitor.faults.splice(0).filter((fault) => fault.startsWith('console: '))
    expect(seen).toEqual(Array(2).fill(expect.stringContaining('frame-ancestors')))
  })
})

describe.concurrent('pages', () => {
  it('HTM-01: allow no inline code and have none; no two answers have a nonce in common', async ({
    visit,
  }) => {
    const visitor = await visit()
    const nonces: string[] = []
    async function check(path: string): Promise<void> {
      const policy = policyOf((await (await visitor.go(path)).allHeaders())['content-security-policy'])
      const [, nonce = ''] = /^script-src 'nonce-([\w-]{22})'$/.exec(policy.get('script-src') ?? '') ?? []
      nonces.push(nonce)
      // Nothing else: a directive more would allow what `default-src` forbids.
      expect(Object.fromEntries(policy), path).toEqual({
        'default-src': "default-src 'none'",
        'script-src': `script-src 'nonce-${nonce}'`,
        'connect-src': "connect-src 'self'",
        'img-src': "img-src 'self' data:",
        'base-uri': "base-uri 'none'",
        'frame-ancestors': "frame-ancestors 'none'",
        'form-action': "form-action 'self'",
        'style-src': "style-src 'self'",
      })
      expect(await inlineCode(visitor), path).toEqual([])
    }
    for (const path of [...OPEN_PAGES, '/login']) await check(path)
    await register(visitor, newPerson())
    for (const path of SIGNED_IN_PAGES) await check(path)
    for (const path of CONSENT_PAGES) await check(path)
    expect(nonces).not.toContain('')
    expect(new Set(nonces).size).toBe(nonces.length)
  })

  it('HTM-01, HTM-02: stop inline code and forms that lead elsewhere, and this test would see it', async ({
    visit,
    // Beside other tests, the one that is imported does not know whose it is when it polls.
    expect,
  }) => {
    const visitor = await visit()
    await visitor.go('/login')
    await visitor.page.evaluate(`{
      const script = document.createElement('script')
      script.textContent = 'alert(1)'
      document.head.append(script)
      const form = document.querySelector('#login')
      form.action = '${foreignOrigin('127.0.0.1')}'
      form.noValidate = true
      form.requestSubmit()
    }`)
    await expect.poll(() => visitor.faults.length).toBe(2)
    expect(visitor.where()).toBe('/login')
    expect(visitor.faults.splice(0)).toEqual([
      expect.stringMatching(/^console: .*inline script.*script-src/),
      expect.stringMatching(/^console: .*form-action/),
    ])
  })

  it('HTM-04: obey nothing that is in their address', async ({ visit }) => {
    const visitor = await visit()
    const text = STRINGS.join(' ')
    const parameters = new URLSearchParams()
    for (const name of ['return_to', 'token', 'for', 'done', 'show', text]) parameters.set(name, text)
    const paths = OPEN_PAGES.map((path) => path.replace(/\?.*/, ''))
    for (const path of new Set(paths)) await visitor.go(`${path}?${parameters}`)
    await visitor.go(`/problems/${encodeURIComponent(text)}?${parameters}`)
    await register(visitor, newPerson())
    await visitor.go(`/account?${parameters}`)
  })

  it.for(STRINGS)('HTM-04: show %s and do not obey it', async (text, { visit }) => {
    const visitor = await visit()
    // Refused, and shown again as it was typed.
    await visitor.go('/register')
    const { email, password } = newPerson()
    await visitor.fill({ 'Name (optional)': text, 'Email address': `${text}@`, Password: password })
    await visitor.page.locator('form').evaluate((form) => form.setAttribute('novalidate', ''))
    expect((await visitor.press('Create account')).status()).toBe(422)
    expect(await visitor.page.getByLabel('Email address').inputValue()).toBe(`${text}@`)

    // Accepted, and shown wherever the account is.
    await visitor.fill({ 'Email address': email, Password: password })
    await visitor.press('Create account')
    expect(await visitor.heading()).toBe(`Signed in as ${text}.`)
    await visitor.go('/account')
    expect(await visitor.page.getByLabel('Name (optional)').inputValue()).toBe(text)
  })

  it('HTM-06: let a password be pasted, and name each for password managers', async ({ visit }) => {
    const visitor = await visit()
    const { email, password } = newPerson()
    await visitor.go('/login')
    const field = visitor.page.getByLabel('Password', { exact: true })
    await visitor.fill({ 'Email address': password })
    for (const keys of ['Control+A', 'Control+X']) await visitor.page.keyboard.press(keys)
    await field.focus()
    await visitor.page.keyboard.press('Control+V')
    expect(await field.inputValue()).toBe(password)

    async function kinds(path: string): Promise<readonly string[]> {
      await visitor.go(path)
      const inputs = visitor.page.locator('input[autocomplete]:is([type=password], [autocomplete^=username])')
      return inputs.evaluateAll((all) => all.map(({ type, autocomplete }) => `${type}: ${autocomplete}`))
    }
    const username = 'text: username'
    expect(await kinds('/login')).toEqual(['text: username webauthn', 'password: current-password'])
    expect(await kinds('/register')).toEqual(['password: new-password'])
    await register(visitor, { name: 'Ada', email, password })
    expect(await kinds(await forgetPassword(visitor, email))).toEqual([username, 'password: new-password'])
    expect(await kinds('/account')).toEqual([
      ...[username, 'password: current-password'],
      ...[username, 'password: current-password', 'password: new-password'],
      ...[username, 'password: current-password'],
    ])
  })

  it('HTM-06: have a button to sign out wherever somebody is signed in', async ({ visit }) => {
    const visitor = await visit()
    await register(visitor, newPerson())
    const visible = () => visitor.page.getByRole('button', { name: 'Sign out', exact: true }).isVisible()
    for (const path of SIGNED_IN_PAGES) {
      await visitor.go(path)
      expect(await visible(), path).toBe(true)
    }
    await visitor.go('/account')
    await visitor.unfold('Change password')
    await visitor.fill(
      { 'Current password': 'not it at all', 'New password': newPerson().password },
      'Password',
    )
    await visitor.press('Change password', 'Password')
    expect(await visible(), 'a form that came back').toBe(true)
  })
})

describe.concurrent('what outlives a page', () => {
  it('RST-05: tells nobody where the token of a reset was', async ({ visit }) => {
    const person = newPerson()
    const visitor = await visit()
    await register(visitor, person)
    const link = await forgetPassword(visitor, person.email)

    const requests: Promise<{ url: string; referer: string | undefined }>[] = []
    const note = (request: Request) =>
      requests.push(request.allHeaders().then(({ referer }) => ({ url: request.url(), referer })))
    visitor.context.on('request', note)
    const opened = await visitor.go(link)
    const headers = await opened.allHeaders()
    expect(headers).toMatchObject({ 'referrer-policy': 'strict-origin', 'cache-control': 'no-store' })
    await visitor.fill({ 'New password': newPerson().password })
    await visitor.press('Save password')
    expect(await visitor.page.evaluate('document.referrer')).toBe('')
    await visitor.follow('Sign in')

    // What the page still fetches is none of this, and would be asked for once the browser is closed.
    visitor.context.off('request', note)
    const sent = await Promise.all(requests)
    // The browser reports an empty one where it sends none. What it sends has no path, and so no token.
    const referers = new Set(sent.flatMap(({ referer }) => (referer ? [referer] : [])))
    expect([...referers]).toEqual([`${new URL(visitor.url).origin}/`])
    // The link, its form, where that led, and the way to sign in; to no other origin, as for every visitor.
    expect(sent.length).toBeGreaterThanOrEqual(4)
    expect(sent.filter(({ url }) => url.includes('token='))).toHaveLength(1)
  })

  it('OUT-01: signs nobody out by GET, and leaves nothing to a saved cookie', async ({ visit }) => {
    const visitor = await visit()
    await register(visitor, newPerson())
    await visitor.go('/logout')
    expect(visitor.where()).toBe('/')
    expect(await isSignedIn(visitor)).toBe(true)

    const saved = await credentialCookies(visitor)
    const answer = await visitor.press('Sign out')
    expect((await answer.allHeaders())['clear-site-data']).toBe('"cache", "storage"')
    expect(await credentialCookies(visitor)).toEqual([])

    await visitor.context.addCookies(saved)
    expect(await isSignedIn(visitor)).toBe(false)
    await visitor.go('/account')
    expect(visitor.where()).toBe('/login?return_to=%2Faccount')
  })
})
