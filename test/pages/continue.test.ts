import { describe, expect, it } from 'vitest'
import { CATALOGUE } from '../../src/pages/catalogue'
import { mailingService } from '../support/mail'
import { type Answer, newAddress, newEmail, PASSWORD, read, send, signedInPerson } from '../support/person'
import { ownService, type Service } from '../support/service'

const SHOP = 'https://shop.example.com'
const CART = `${SHOP}/cart?id=7&q=caf%C3%A9#end`

const PLACES = [
  { at: 'the root', base: '', service: mailingService({ ALLOWED_ORIGINS: SHOP }) },
  {
    at: '/auth',
    base: '/auth',
    service: mailingService({ ALLOWED_ORIGINS: SHOP, ISSUER: 'https://example.com/auth' }),
  },
]

const BROWSER = { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8', 'Sec-Fetch-Site': 'same-origin' }

/** Posts as a browser does, or as a program. */
async function submit(
  service: Service,
  path: string,
  fields: Record<string, string>,
  headers: Record<string, string> = BROWSER,
): Promise<Answer> {
  const request = new Request(`${service.issuer}${path}`, {
    method: 'POST',
    headers: { 'CF-Connecting-IP': newAddress(), ...headers },
    body: new URLSearchParams(fields),
    redirect: 'manual',
  })
  return read(await service.fetch(request))
}

/** Returns the cookies that an answer gave, as the next request has them. */
function cookiesOf({ cookies }: Answer): Record<string, string> {
  const pairs = Object.entries(cookies).filter(([, value]) => value !== '')
  return { Cookie: pairs.map(([name, value]) => `${name}=${value}`).join('; ') }
}

function locationOf(answer: Answer): string {
  expect(answer.status, answer.text).toBe(303)
  return answer.headers.get('Location') ?? ''
}

/** Follows a redirect under the issuer. */
function follow(service: Service, location: string, headers: Record<string, string>): Promise<Answer> {
  const url = new URL(location, service.issuer).href
  expect(url.startsWith(`${service.issuer}/`), url).toBe(true)
  return send(service, 'GET', url.slice(service.issuer.length), { headers: { ...BROWSER, ...headers } })
}

function expectOnward(answer: Answer, target: string): void {
  expect([answer.status, answer.headers.get('Refresh')]).toEqual([200, `0;url=${target}`])
  expect(answer.text).toContain(`href="${target.replaceAll('&', '&amp;')}"`)
  expect(answer.headers.get('Content-Security-Policy')).toContain("form-action 'self'")
  expect(answer.headers.get('Location')).toBeNull()
}

describe.each(PLACES)('a form in a browser, at $at', ({ base, service }) => {
  const account = `${base}/account`

  /** Lists the forms whose answer sets a cookie, with the page that follows and the cookie. */
  const GIVING = [
    ['/register', () => ({ email: newEmail(), password: PASSWORD }), 'session'],
    [
      '/login',
      async () => ({
        email: (await signedInPerson({ mode: 'session', service })).email,
        password: PASSWORD,
      }),
      'session',
    ],
    ['/login/link', () => ({ email: newEmail() }), 'sign-in-link'],
    ['/password/forgot', () => ({ email: newEmail() }), 'mail-sent'],
  ] as const

  it.each(GIVING)(
    'POST %s leads on where its cookie came back, and says so where it did not',
    async (path, person, cookie) => {
      const answer = await submit(service, path, { ...(await person()), return_to: account })
      const location = locationOf(answer)
      const target = cookie === 'session' ? account : expect.stringMatching(`^${base}/mail-sent\\?for=`)
      const { pathname, searchParams } = new URL(location, service.issuer)
      expect([pathname, Object.fromEntries(searchParams)]).toEqual([
        `${base}/continue`,
        { cookie, return_to: target },
      ])
      const kept = await follow(service, location, cookiesOf(answer))
      expect(locationOf(kept)).toBe(searchParams.get('return_to'))

      for (const Cookie of ['', '__Host-other=x']) {
        for (const [language, { noCookie }] of Object.entries(CATALOGUE)) {
          const lost = await follow(service, location, { Cookie, 'Accept-Language': language })
          expect(lost.status).toBe(400)
          expect(lost.text).toContain(
            noCookie.settings(new URL(service.issuer).host).replaceAll("'", '&#39;'),
          )
          expect(lost.text).not.toContain('npm start')
        }
      }
    },
  )

  it('HTM-02: arrives at another origin by a page that goes on by itself, and has a link', async () => {
    const fields = { email: newEmail(), password: PASSWORD }
    for (const [path, sent] of [
      ['/register', fields],
      ['/login', fields],
    ] as const) {
      const answer = await submit(service, path, { ...sent, return_to: CART })
      expectOnward(await follow(service, locationOf(answer), cookiesOf(answer)), CART)
      const lost = await follow(service, locationOf(answer), {})
      expect([lost.status, lost.headers.get('Refresh')]).toEqual([400, null])
    }
    const signedIn = await submit(service, '/login', fields)
    const out = await submit(service, '/logout', { return_to: CART }, { ...BROWSER, ...cookiesOf(signedIn) })
    expect(out.cookies['__Host-session']).toBe('')
    // A sign-out gives no cookie, so none is looked for.
    expectOnward(await follow(service, locationOf(out), {}), CART)
  })

  it('HTM-05, INC-28: GET /continue leads nowhere that a form could not lead', async () => {
    for (const target of [
      'https://evil.example/',
      `${SHOP}.evil.example/`,
      `${SHOP}@evil.example/`,
      '//evil.example',
      '/\\evil.example',
      'javascript:alert(1)',
      '',
    ]) {
      const answer = await follow(
        service,
        `${base}/continue?${new URLSearchParams({ return_to: target })}`,
        {},
      )
      expect([locationOf(answer), answer.headers.get('Refresh')]).toEqual([`${base}/`, null])
    }
  })

  it('HTM-05: a crafted `cookie` gives nothing, changes nothing and is not repeated', async () => {
    const ada = await signedInPerson({ mode: 'session', service })
    const crafted = [
      ...new Set(Object.values(service.services.config.cookies).map(({ purpose }) => purpose)),
      'constructor',
      '"><script>',
    ]
    for (const cookie of crafted) {
      for (const headers of [{}, ada.headers]) {
        const query = new URLSearchParams({ cookie, return_to: 'https://evil.example/' })
        const {
          status,
          text,
          cookies,
          headers: answered,
        } = await follow(service, `${base}/continue?${query}`, headers)
        expect(cookies).toEqual({})
        expect(
          [...text.matchAll(/href="([^"]*)"/g)].filter(([, href = '']) => /^https?:|^\/\//.test(href)),
        ).toEqual([])
        expect(text).not.toContain('evil.example')
        expect(text).not.toContain('<script>')
        expect([303, 400]).toContain(status)
        if (status === 303) expect(answered.get('Location')).toBe(`${base}/`)
        else
          expect(text).toMatch(
            new RegExp(`<a class="button primary" href="${base}/login(?:\\?return_to=[^"]*)?"`),
          )
      }
    }
    expect((await ada.get('/me')).status).toBe(200)
  })

  it('is led straight on by what gives no cookie and stays here, and so is a program', async () => {
    const ada = await signedInPerson({ mode: 'session', service })
    const named = await submit(
      service,
      '/me',
      { name: 'Ada', return_to: account },
      { ...BROWSER, ...ada.headers },
    )
    expect(locationOf(named)).toBe(account)
    const fields = { email: ada.email, password: PASSWORD, return_to: CART }
    expect(locationOf(await submit(service, '/login', fields, {}))).toBe(CART)
  })
})

it.each([
  ['http://localhost:8787', 'run “npm start -- --https”, and open https://localhost:8787/'],
  ['http://localhost:8790', 'run “npm start -- --https --port 8790”, and open https://localhost:8790/'],
  ['http://127.0.0.1:8787/auth', 'run “npx janus dev --https”, and open https://127.0.0.1:8787/auth/'],
  ['https://localhost:8787', null],
])('a cookie that is lost at %s: what to run', async (issuer, command) => {
  const service = ownService({ ISSUER: issuer })
  const lost = await follow(service, `${new URL(`${issuer}/continue`).pathname}?cookie=session`, {})
  expect(lost.status).toBe(400)
  if (command === null) expect(lost.text).not.toContain('--https')
  else expect(lost.text).toContain(command)
})
