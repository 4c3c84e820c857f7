import { describe, expect, it } from 'vitest'
import { expectProblem, send } from '../support/person'
import { ownService } from '../support/service'

const SVG = '<svg xmlns="http://www.w3.org/2000/svg"/>'

/** The files of the pages, among them a logo and a page that is none. */
const ASSETS = {
  async fetch(request: Request) {
    const { pathname } = new URL(request.url)
    if (/logo\.svg$/.test(pathname))
      return new Response(SVG, { headers: { 'Content-Type': 'image/svg+xml' } })
    if (pathname === '/page.html') return new Response('<p>', { headers: { 'Content-Type': 'text/html' } })
    return new Response(null, { status: 404 })
  },
}

describe.each([
  { issuer: 'https://auth.example.com', base: '' },
  { issuer: 'https://example.com/auth', base: '/auth' },
])('BRAND_LOGO_URL at $issuer', ({ issuer, base }) => {
  it.each(['/logo.svg', '/assets/logo.svg', '/brand/logo.svg'])(
    'as a path of Janus, %s, is served',
    async (path) => {
      const service = ownService({ ISSUER: issuer, ASSETS, BRAND_LOGO_URL: `${base}${path}` })
      const page = await send(service, 'GET', '/login')
      expect(page.text).toContain(`<img src="${base}${path}"`)
      expect(page.headers.get('Content-Security-Policy')).toMatch(/img-src 'self'/)
      const logo = await send(service, 'GET', path)
      expect({ status: logo.status, type: logo.headers.get('Content-Type'), text: logo.text }).toEqual({
        status: 200,
        type: 'image/svg+xml',
        text: SVG,
      })
      // What is in a picture runs no script, opened by itself.
      expect(logo.headers.get('Content-Security-Policy')).toContain("default-src 'none'")
      expectProblem(await send(service, 'GET', '/other-logo.svg'), 404, 'not-found')
    },
  )

  it.each(['/missing.svg', '/page.html'])('that is no picture, %s, is not there', async (path) => {
    const service = ownService({ ISSUER: issuer, ASSETS, BRAND_LOGO_URL: `${base}${path}` })
    expectProblem(await send(service, 'GET', path), 404, 'not-found')
  })
})

it('BRAND_LOGO_URL of an app, whose files have the paths of its site, is served', async () => {
  const asked: string[] = []
  const site = {
    async fetch({ url }: Request) {
      asked.push(new URL(url).pathname)
      return new URL(url).pathname === '/auth/logo.svg'
        ? new Response(SVG, { headers: { 'Content-Type': 'image/svg+xml' } })
        : new Response('<p>', { headers: { 'Content-Type': 'text/html' } })
    },
  }
  const service = ownService({
    ISSUER: 'https://example.com/auth',
    ASSETS: site,
    BRAND_LOGO_URL: '/auth/logo.svg',
  })
  expect((await send(service, 'GET', '/logo.svg')).text).toBe(SVG)
  expect(asked).toEqual(['/logo.svg', '/auth/logo.svg'])
})

it('BRAND_LOGO_URL as a path beside Janus is left to the site', async () => {
  const service = ownService({ ISSUER: 'https://example.com/auth', ASSETS, BRAND_LOGO_URL: '/logo.svg' })
  expect((await send(service, 'GET', '/login')).text).toContain('<img src="/logo.svg"')
  expectProblem(await send(service, 'GET', '/logo.svg'), 404, 'not-found')
})

it('no other file is served for want of a logo', async () => {
  expectProblem(await send(ownService({ ASSETS }), 'GET', '/logo.svg'), 404, 'not-found')
})
