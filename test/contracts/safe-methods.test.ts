import { beforeAll, describe, expect, it } from 'vitest'
import { mailingService } from '../support/mail'
import { send, signedInPerson } from '../support/person'
import { appOf, deployed } from '../support/service'
import { startEmpty, storage } from '../support/storage'

beforeAll(startEmpty)

/** With mail and pages, so that every route is there. */
const service = mailingService()

/** Lists the paths that a link on a foreign page might have. */
const PATHS = [
  '/',
  '/register?email=eve@example.com&password=correct%20horse%20battery',
  '/login?email=eve@example.com&password=correct%20horse%20battery',
  '/refresh',
  '/logout',
  '/logout?_method=POST',
  '/logout/all',
  '/me',
  '/me?_method=DELETE&name=Eve',
  '/me/delete?password=correct%20horse%20battery',
  '/password',
  '/sessions',
  '/sessions/:id',
  '/sessions/:id?_method=DELETE',
  '/sessions/:id/end',
  '/devices',
  '/devices/:id',
  '/devices/:id/forget',
  '/.well-known/jwks.json',
  '/.well-known/apple-app-site-association',
  '/.well-known/assetlinks.json',
  '/problems/not-found',
  '/healthz',
  '/readyz',
  '/nothing',
]

/** Reading this is in the audit trail, which is a record of it and no change of the account. */
const RECORDED = '/me/export'

const OVERRIDES = {
  'X-HTTP-Method-Override': 'DELETE',
  'X-HTTP-Method': 'DELETE',
  'X-Method-Override': 'POST',
}

describe.each(['session', 'token'] as const)('a safe method in %s mode', (mode) => {
  it.each(['GET', 'HEAD', 'OPTIONS'])('CSRF-06: %s changes nothing anywhere', async (method) => {
    const ada = await signedInPerson({ mode, service })
    // Makes the signing key, which otherwise the first reader of the key set would, once in the life of a service.
    await ada.signIn({ mode: 'token' })
    await send(service, 'POST', '/password/forgot', { body: { email: ada.email } })
    const query = `?${new URLSearchParams({ token: service.tokenFor(ada.email), for: 'link' })}`
    const registered = appOf(service.services).routes.filter(
      ({ method, path }) => method !== 'ALL' && !path.endsWith(RECORDED),
    )
    const all = new Set([...PATHS, ...registered.map(({ path }) => `${path}${query}`)])
    expect(all.size).toBeGreaterThan(50)
    const before = await storage()
    for (const path of all) {
      for (const headers of [{}, OVERRIDES, { 'Sec-Fetch-Site': 'cross-site', Origin: 'null' }]) {
        const url = `${service.issuer}${path.replace(':id', ada.sessionId)}`
        const request = new Request(url, { method, headers: { ...ada.headers, ...headers } })
        const answer = await service.fetch(request)
        await answer.text()
        expect({ url, there: answer.status < 500, cookies: answer.headers.getSetCookie() }).toEqual({
          url,
          there: true,
          cookies: [],
        })
      }
    }
    expect(await storage()).toEqual(before)
    expect((await ada.get('/me')).status).toBe(200)
  })

  it.each(['GET', 'HEAD'])(
    'CSRF-06: %s of an export records that, and changes nothing else',
    async (method) => {
      const ada = await signedInPerson({ mode, service })
      const before = await storage()
      const { status } = await send(service, method, RECORDED, { headers: ada.headers })
      expect(status).toBe(200)
      const { audit_events: events, ...others } = (await storage()).tables
      const { audit_events: eventsBefore, ...othersBefore } = before.tables
      expect(others).toEqual(othersBefore)
      const rows = (text: readonly string[] = []) => text.join('\n').split('\n')
      expect(rows(events)).toHaveLength(rows(eventsBefore).length + 1)
    },
  )

  it('CSRF-06: no header makes another method of a POST', async () => {
    const ada = await signedInPerson({ mode })
    const before = await storage()
    const headers = { ...ada.headers, ...OVERRIDES }
    for (const path of [`/sessions/${ada.sessionId}`, `/sessions/${ada.sessionId}?_method=DELETE`]) {
      const answer = await send(deployed, 'POST', path, { headers, body: { _method: 'DELETE' } })
      expect({ path, status: answer.status }).toEqual({ path, status: 405 })
    }
    const renamed = await send(deployed, 'POST', '/me', { headers, body: { name: 'Eve', _method: 'PATCH' } })
    expect(renamed.status).toBe(422)
    expect(await storage()).toEqual(before)
  })
})
