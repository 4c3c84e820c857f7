import { describe, expect, it } from 'vitest'
import { expectProblem, newEmail, PASSWORD, read, send, signedInPerson } from '../support/person'
import { deployed, ownService } from '../support/service'

/** As Chromium, Firefox and Safari send it for a page. */
const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8'

describe('GET /', () => {
  it.each([BROWSER, 'text/html', 'application/json;q=0.5, text/html'])(
    'is a page for "%s"',
    async (accept) => {
      const answer = await send(deployed, 'GET', '', { headers: { Accept: accept } })
      expect(answer.status).toBe(200)
      expect(answer.headers.get('Content-Type')).toBe('text/html; charset=UTF-8')
      expect(answer.text).toContain('You&#39;re not signed in.')
    },
  )

  it.each([
    '*/*',
    'application/json',
    '',
    'image/png',
    'text/html;q=0.1, application/json',
    'text/html;q=0',
    'x',
  ])('is JSON for "%s"', async (accept) => {
    const answer = await send(deployed, 'GET', '', { headers: { Accept: accept } })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('Content-Type')).toBe('application/json; charset=utf-8')
    expect(answer.body).toEqual({ authenticated: false })
  })

  it.each(['session', 'token'] as const)(
    'is the body of GET /me when signed in, in %s mode',
    async (mode) => {
      const ada = await signedInPerson({ mode })
      const [whoAmI, me] = [await ada.get(''), await ada.get('/me')]
      expect(whoAmI.body).toEqual({ authenticated: true, ...me.body })
    },
  )

  it('a forgotten cookie means nobody; a bad token is refused', async () => {
    const ada = await signedInPerson({ mode: 'session' })
    const bob = await signedInPerson({ mode: 'token' })
    await ada.post('/logout')
    await bob.post('/logout')
    expect((await ada.get('')).body).toEqual({ authenticated: false })
    expectProblem(await bob.get(''), 401, 'session-ended')
    expectProblem(
      await send(deployed, 'GET', '', { headers: { Authorization: 'Bearer x' } }),
      401,
      'invalid-token',
    )
  })

  it.each([
    '<img src=x onerror=alert(1)>',
    '</p><script>alert(1)</script>',
    '" onmouseover="alert(1)',
    "' onfocus='alert(1)",
    '{{constructor.constructor("alert(1)")()}}',
    '&lt;script&gt;',
  ])('HTM-04: the page has a name as text, never as markup: %s', async (name) => {
    const body = { email: newEmail(), password: PASSWORD, name }
    const registered = await send(deployed, 'POST', '/register', { body })
    const headers = { Accept: BROWSER, Cookie: `__Host-session=${registered.cookies['__Host-session']}` }
    const page = await send(deployed, 'GET', '', { headers })
    const escaped = name
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#39;')
    expect(page.text).toContain(`<h1>Signed in as ${escaped}.</h1>`)
    if (name !== escaped) expect(page.text).not.toContain(name)
    // As JSON, it is what it is, in a type that no browser takes for a page.
    const json = await send(deployed, 'GET', '', { headers: { Cookie: headers.Cookie } })
    expect(json.body.user.name).toBe(name)
    expect(json.headers.get('X-Content-Type-Options')).toBe('nosniff')
  })

  it('API-07: knows no callback that would make a script of it', async () => {
    const ada = await signedInPerson({ mode: 'session' })
    for (const query of ['callback=alert', 'jsonp=alert', 'format=js', 'callback=alert&format=jsonp']) {
      const answer = await ada.get(`/me?${query}`)
      expect(answer.body).toEqual((await ada.get('/me')).body)
      expect(answer.text.startsWith('{')).toBe(true)
    }
  })

  it.each(['', '/auth'])('the page signs out, under the base path "%s"', async (basePath) => {
    const service = ownService({ ISSUER: `https://example.com${basePath}` })
    const ada = await signedInPerson({ mode: 'session', service })
    const page = await send(service, 'GET', '', { headers: { ...ada.headers, Accept: BROWSER } })
    const [, action = ''] = /<form method="post" action="([^"]*)">/.exec(page.text) ?? []
    // As a browser sends the form: no field, and the type all the same.
    const request = new Request(new URL(action, service.issuer), {
      method: 'POST',
      redirect: 'manual',
      headers: {
        ...ada.headers,
        'Content-Type': 'application/x-www-form-urlencoded',
        'Sec-Fetch-Site': 'same-origin',
        Origin: 'https://example.com',
      },
    })
    const out = await read(await service.fetch(request))
    expect({ status: out.status, to: out.headers.get('Location') }).toEqual({
      status: 303,
      to: `${basePath}/`,
    })
    expectProblem(await ada.get('/me'), 401, 'session-ended')
  })
})

describe('one browser, two people', () => {
  it('INC-26: who signs in after another gets a session of their own, and no trace of the first', async () => {
    const ada = await signedInPerson({ mode: 'session' })
    const bob = await signedInPerson({ mode: 'session' })
    await ada.patch('/me', { name: 'Canary Ada' })
    await ada.post('/logout')

    // Ada's cookie is still there, as if the browser had not been told.
    const body = { email: bob.email, password: bob.password }
    const signedIn = await send(deployed, 'POST', '/login', { headers: ada.headers, body })
    expect(signedIn.status).toBe(200)
    expect([ada.sessionId, bob.sessionId]).not.toContain(signedIn.body.session.id)
    const headers = { Cookie: `__Host-session=${signedIn.cookies['__Host-session']}` }
    for (const path of ['', '/me', '/sessions']) {
      const answer = await send(deployed, 'GET', path, { headers })
      expect(answer.status).toBe(200)
      for (const trace of [ada.userId, ada.email, ada.sessionId, 'Canary'])
        expect(answer.text).not.toContain(trace)
    }
    expectProblem(await ada.get('/me'), 401, 'session-ended')
  })

  it('INC-26: a cookie that was there before a sign-in is never adopted', async () => {
    const eve = await signedInPerson({ mode: 'session' })
    const ada = await signedInPerson({ mode: 'session' })
    const made = `${'A'.repeat(22)}.${'A'.repeat(43)}`
    for (const planted of [eve.headers.Cookie ?? '', `__Host-session=${made}`, '__Host-session=']) {
      const body = { email: ada.email, password: ada.password }
      const { cookies } = await send(deployed, 'POST', '/login', { headers: { Cookie: planted }, body })
      expect(planted).not.toContain(cookies['__Host-session'])
      const me = await send(deployed, 'GET', '/me', { headers: { Cookie: planted } })
      expect(me.body.user?.id).not.toBe(ada.userId)
    }
  })

  it('INC-27: a cache in front keeps nothing of either', async () => {
    const ada = await signedInPerson({ mode: 'session' })
    for (const path of ['/', '/me', '/sessions', '/nothing']) {
      const url = `${deployed.issuer}${path}`
      const response = await deployed.fetch(new Request(url, { headers: ada.headers }))
      await caches.default.put(url, response)
      expect(await caches.default.match(url), path).toBeUndefined()
    }
    const keySet = `${deployed.issuer}/.well-known/jwks.json`
    await caches.default.put(keySet, await deployed.fetch(new Request(keySet)))
    expect((await caches.default.match(keySet))?.status).toBe(200)
  })
})
