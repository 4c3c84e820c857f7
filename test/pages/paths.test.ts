import { describe, expect, it } from 'vitest'
import { FRESH_FORM } from '../../src/pages/form-state'
import { mailingService } from '../support/mail'
import { OAUTH_SETTINGS } from '../support/oauth'
import { elementsOf, pageContext, pagesOf } from '../support/pages'
import { type Answer, expectProblem, newAddress, read, send, signedInPerson } from '../support/person'
import type { Service } from '../support/service'

const PLACES = [
  { at: 'the root', basePath: '', service: mailingService(OAUTH_SETTINGS) },
  {
    at: '/auth',
    basePath: '/auth',
    service: mailingService({ ...OAUTH_SETTINGS, ISSUER: 'https://example.com/auth' }),
  },
]

/** Returns every path that a form of any page posts to, below the base path. */
async function formPaths(): Promise<readonly string[]> {
  const id = 'A'.repeat(22)
  const found = new Set<string>()
  for (const page of Object.values(pagesOf(id, FRESH_FORM, pageContext()))) {
    for (const { attributes } of await elementsOf(page)) {
      for (const name of ['action', 'formaction']) {
        const target = attributes.get(name)
        if (target !== undefined) found.add(target.replace('/auth', ''))
      }
    }
  }
  return [...found]
}

/** As a browser opens what stands in its address bar. */
function open(service: Service, path: string, headers: Record<string, string> = {}): Promise<Answer> {
  return send(service, 'GET', path, { headers: { Accept: 'text/html,*/*;q=0.8', ...headers } })
}

/** As a browser sends a form. */
async function submit(service: Service, path: string, fields: Record<string, string>, headers = {}) {
  const { origin } = new URL(service.issuer)
  const request = new Request(`${service.issuer}${path}`, {
    method: 'POST',
    headers: {
      Accept: 'text/html,*/*;q=0.8',
      'Content-Type': 'application/x-www-form-urlencoded',
      'CF-Connecting-IP': newAddress(),
      'Sec-Fetch-Site': 'same-origin',
      Origin: origin,
      ...headers,
    },
    body: new URLSearchParams(fields),
    redirect: 'manual',
  })
  return read(await service.fetch(request))
}

/** Follows redirects within the service, as a browser does. */
async function arrive(service: Service, path: string, headers: Record<string, string> = {}) {
  const { origin, pathname } = new URL(service.issuer)
  const base = pathname === '/' ? '' : pathname
  let answer = await open(service, path, headers)
  let where = path
  for (let steps = 0; answer.status === 303 && steps < 3; steps++) {
    const location = answer.headers.get('Location') ?? ''
    expect(new URL(location, origin).pathname.startsWith(`${base}/`), location).toBe(true)
    where = location.slice(base.length).replace(/#.*/, '')
    answer = await open(service, where, headers)
  }
  return { where, answer }
}

describe.each(PLACES)('the paths of forms at $at', ({ basePath, service }) => {
  it('lead a browser to a page by GET, whether or not somebody is signed in', async () => {
    const ada = await signedInPerson({ mode: 'session', service })
    const paths = await formPaths()
    expect(paths.length).toBeGreaterThan(14)
    const wrong: string[] = []
    for (const path of paths) {
      for (const [who, headers] of [
        ['nobody', {}],
        ['ada', ada.headers],
      ] as const) {
        const { where, answer } = await arrive(service, path, headers)
        const isPage = answer.headers.get('Content-Type')?.startsWith('text/html')
        // What a mail leads to says that there was no token.
        const status = /confirm$|reset$|verify$/.test(where) ? 400 : 200
        if (!isPage || answer.status !== status)
          wrong.push(`${path} for ${who}: ${answer.status} at ${where}`)
      }
    }
    expect(wrong).toEqual([])
    expect((await ada.get('/me')).status, 'still signed in').toBe(200)
  })

  it('are still refused to programs', async () => {
    const ada = await signedInPerson({ mode: 'session', service })
    for (const path of ['/password', '/me/delete', '/logout', '/logout/all']) {
      expectProblem(await ada.get(path), 405, 'method-not-allowed')
    }
    expect((await ada.get('/me')).body.user.id).toBe(ada.userId)
  })

  it('ask who is there for the account, and lead back to the part that was asked for', async () => {
    for (const path of ['/me', '/password', '/me/delete', '/account?show=activity']) {
      const back = path.startsWith('/account') ? path : '/account'
      const { where } = await arrive(service, path)
      expect(where).toBe(`/login?${new URLSearchParams({ return_to: `${basePath}${back}` })}`)
    }
  })

  it('GET /.well-known/change-password leads to the part of the account page', async () => {
    const answer = await open(service, '/.well-known/change-password')
    expect({ status: answer.status, to: answer.headers.get('Location') }).toEqual({
      status: 303,
      to: `${basePath}/account?show=password#password-section`,
    })
    const ada = await signedInPerson({ mode: 'session', service })
    const page = await open(service, '/account?show=password', ada.headers)
    const section = page.text.slice(page.text.indexOf('id="password-section"'))
    expect(section.slice(0, section.indexOf('<form'))).toContain('<details open')
    // That the service tells existing paths from others, which the specification asks for.
    const none = '/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200'
    expect((await open(service, none)).status).toBe(404)
  })

  it('say who is signed in, rather than asking for a password again', async () => {
    const ada = await signedInPerson({ mode: 'session', service })
    for (const path of ['/login', '/register']) {
      const page = await open(service, `${path}?return_to=/orders`, ada.headers)
      expect(page.status).toBe(200)
      expect(page.text).toContain(ada.email)
      expect(page.text).not.toContain('type="password"')
      expect(page.text).toContain('href="/orders"')
      expect(page.text).toContain(`href="${basePath}/login?account=other&amp;return_to=%2Forders"`)
      const evil = await open(service, `${path}?return_to=https://evil.example/`, ada.headers)
      expect(evil.text).not.toContain('href="https://evil.example')
      const other = await open(service, `${path}?account=other`, ada.headers)
      expect(other.text).toContain('type="password"')
      // A form that was refused comes back, whoever is signed in.
      const refused = await submit(service, '/login', { email: ada.email, password: 'wrong' }, ada.headers)
      expect(refused.text).toContain('type="password"')
    }
    await ada.post('/logout')
    expect((await open(service, '/login', ada.headers)).text).toContain('type="password"')
  })
})

describe.each(PLACES)('a form of another account at $at', ({ service }) => {
  it.each([
    ['/me', { name: 'x'.repeat(101) }],
    ['/me/delete', { password: 'wrong' }],
    ['/password', { current_password: 'wrong', new_password: 'short' }],
    ['/email/change', { email: 'none', password: 'wrong' }],
  ])('POST %s: is not shown again as one of the account that is signed in', async (path, fields) => {
    const ada = await signedInPerson({ mode: 'session', service })
    const mismatched = await submit(service, path, { ...fields, account_id: 'A'.repeat(22) }, ada.headers)
    expect(mismatched.status).toBe(409)
    expect(mismatched.text).toContain('You&#39;re signed in to a different account')
    const own = await submit(service, path, { ...fields, account_id: ada.userId }, ada.headers)
    expect([401, 422]).toContain(own.status)
    expect(own.text).toContain('role="alert"')
  })
})

describe.each(PLACES)('an address that was typed at $at', ({ basePath, service }) => {
  const SCREENS = ['/login', '/login/link', '/password/forgot', '/register']
  const WAYS = SCREENS.flatMap((from) => {
    const to = from === '/login' ? SCREENS.slice(1) : ['/login']
    return to.map((target) => ({ from, to: target }))
  })

  it.each(WAYS)('goes along from $from to $to, and the way back to the app too', async ({ from, to }) => {
    const form = await elementsOf((await open(service, `${from}?return_to=/orders`)).text)
    const button = form.find(({ attributes }) => attributes.get('value') === to)
    expect(button?.tag).toBe('button')
    const sent = {
      email: 'ada@example.com',
      password: 'typed-secret',
      return_to: '/orders',
      [button?.attributes.get('name') ?? '']: to,
    }
    const path = (button?.attributes.get('formaction') ?? '').slice(basePath.length)
    const answer = await submit(service, path, sent)
    expect(answer.status).toBe(200)
    expect(answer.text).not.toContain('typed-secret')
    const elements = await elementsOf(answer.text)
    const sentAs = (name: string) =>
      elements.find(({ attributes }) => attributes.get('name') === name)?.attributes.get('value')
    expect(sentAs('email')).toBe('ada@example.com')
    expect(sentAs('return_to')).toBe('/orders')
    const actions = elements.flatMap(({ attributes }) => attributes.get('action') ?? [])
    expect(actions).toContain(`${basePath}${to}`)
    expect(answer.text).not.toContain('role="alert"')
  })

  it('goes nowhere else, and comes from no other site', async () => {
    for (const to of ['/account', 'https://evil.example/', '__proto__']) {
      expect((await submit(service, '/login/other', { email: 'a@b.example', to })).status).toBe(422)
    }
    const foreign = { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' }
    const answer = await submit(service, '/login/other', { email: 'a@b.example', to: '/login' }, foreign)
    expect(answer.status).toBe(403)
    expect(answer.text).not.toContain('a@b.example')
  })
})
