import { env } from 'cloudflare:workers'
import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { type JanusEnv, janus } from '../../packages/verify/index'
import { signedInPerson } from '../support/person'
import { ownService } from '../support/service'

const own = ownService()
const PAGE = { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
const APP = 'https://shop.example'

function appWith(signInAt: string | undefined, service: object = own.callers) {
  const options = { issuer: env.ISSUER, service, log: () => {} } as Parameters<typeof janus>[0]
  const guard = janus(signInAt === undefined ? options : { ...options, signInAt })
  return new Hono<JanusEnv>().use('*', guard).all('*', (c) => c.text(c.var.principal.userId))
}

const ask = (app: ReturnType<typeof appWith>, init: RequestInit = {}, path = '/orders?page=2&of=ada') =>
  app.fetch(new Request(`${APP}${path}`, { headers: PAGE, ...init }))

describe('janus({ signInAt })', () => {
  it.each([
    ['/auth/login', '/auth/login?return_to=%2Forders%3Fpage%3D2%26of%3Dada'],
    ['/auth/login?theme=dark', '/auth/login?theme=dark&return_to=%2Forders%3Fpage%3D2%26of%3Dada'],
    [`${APP}/auth/login`, '/auth/login?return_to=%2Forders%3Fpage%3D2%26of%3Dada'],
    [
      'https://auth.example.com/login',
      'https://auth.example.com/login?return_to=https%3A%2F%2Fshop.example%2Forders%3Fpage%3D2%26of%3Dada',
    ],
  ])('leads a browser that opens a page to %s and back', async (signInAt, location) => {
    for (const cookie of [null, '__Host-session=made.up']) {
      const headers = { ...PAGE, ...(cookie === null ? {} : { Cookie: cookie }) }
      const answer = await ask(appWith(signInAt), { headers })
      expect([answer.status, answer.headers.get('Location')]).toEqual([303, location])
      expect(answer.headers.get('Cache-Control')).toBe('no-store')
    }
  })

  it.each([
    ['a program', { headers: { Accept: 'application/json' } }],
    ['fetch of a page', { headers: { Accept: '*/*' } }],
    ['a form', { method: 'POST' }],
    ['a token that is refused', { headers: { ...PAGE, Authorization: 'Bearer made.up' } }],
  ] satisfies [string, RequestInit][])('answers %s with the problem', async (_, init) => {
    const answer = await ask(appWith('/auth/login'), init)
    expect([answer.status, answer.headers.get('Location')]).toEqual([401, null])
    expect(answer.headers.get('Content-Type')).toContain('application/problem+json')
  })

  it('leads nobody anywhere while Janus cannot be asked, or without it', async () => {
    const unreachable = {
      authenticate: () => Promise.reject(new Error('unreachable')),
      requireLive: () => {},
    }
    expect((await ask(appWith('/auth/login', unreachable))).status).toBe(503)
    expect((await ask(appWith(undefined))).status).toBe(401)
  })

  it.each(['session', 'token'] as const)('lets in who is signed in, in %s mode', async (mode) => {
    const ada = await signedInPerson({ mode, service: own })
    const answer = await ask(appWith('/auth/login'), { headers: { ...PAGE, ...ada.headers } })
    expect([answer.status, await answer.text()]).toEqual([200, ada.userId])
  })
})
