import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { createJanus } from '../../src/janus'
import { read } from '../support/person'
import type { LoggedEvent } from '../support/service'

/** Returns a Worker whose settings are missing or wrong, with a word in each value that must not be repeated. */
function unconfigured() {
  const log: LoggedEvent[] = []
  const settings = {
    ...env,
    ISSUER: 'http://canary.example',
    AUTH_SECRET: 'canary',
    JWT_ALG: 'canary',
    DB: undefined,
  }
  const janus = createJanus(settings, { log: (event, fields) => log.push({ event, ...fields }) })
  return {
    log,
    janus,
    request: async (
      method: string,
      path: string,
      { origin = 'https://any.example', accept = '*/*' }: { origin?: string; accept?: string } = {},
    ) => {
      const headers = { Accept: accept }
      return read(await janus.fetch(new Request(`${origin}${path}`, { method, headers }), settings))
    },
  }
}

describe('KEY-05: a Worker that is not configured', () => {
  it.each(['/readyz', '/auth/readyz', '/a/b/readyz'])(
    'names every fault and no value at %s',
    async (path) => {
      const { request } = unconfigured()
      const answer = await request('GET', path)
      expect(answer.status).toBe(503)
      expect(answer.body.status).toBe('not-ready')
      const names = answer.body.checks.map(({ name }: { name: string }) => name)
      expect(names.sort()).toEqual(['AUTH_SECRET', 'DB', 'ISSUER', 'JWT_ALG'])
      for (const { ok, detail } of answer.body.checks) expect([ok, typeof detail]).toEqual([false, 'string'])
      expect(answer.text).not.toContain('canary')
      expect(answer.headers.get('Cache-Control')).toBe('no-store')
    },
  )

  it.each(['/healthz', '/auth/healthz'])('is alive at %s', async (path) => {
    expect(await unconfigured().request('GET', path)).toMatchObject({ status: 200, body: { status: 'ok' } })
  })

  it.each([
    ['GET', '/'],
    ['GET', '/me'],
    ['GET', '/auth/me'],
    ['POST', '/login'],
    ['POST', '/auth/login'],
    ['POST', '/register'],
    ['POST', '/refresh'],
    ['GET', '/.well-known/jwks.json'],
    ['GET', '/problems/internal-error'],
    ['POST', '/readyz'],
    ['GET', '/unknown'],
  ])('serves nothing else: %s %s', async (method, path) => {
    const answer = await unconfigured().request(method, path)
    // Its type is no address: without an issuer there is none at which it could be explained.
    expect(answer).toMatchObject({
      status: 500,
      body: {
        type: 'urn:janus:problem:internal-error',
        title: expect.any(String),
        status: 500,
        code: 'internal-error',
        detail: expect.stringContaining('readyz'),
        instance: expect.stringMatching(/^urn:uuid:[0-9a-f-]{36}$/),
      },
    })
    expect(answer.headers.get('Content-Type')).toBe('application/problem+json; charset=utf-8')
    expect(answer.headers.get('Cache-Control')).toBe('no-store')
    expect(answer.text).not.toContain('canary')
    expect(answer.headers.getSetCookie()).toEqual([])
  })

  /** As Firefox asks for a page. */
  const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'

  it.each(['http://localhost:8787', 'http://127.0.0.1:8787', 'http://[::1]:8787'])(
    'says in a browser on this machine what is missing, and which command makes it: %s',
    async (origin) => {
      const answer = await unconfigured().request('GET', '/login', { origin, accept: BROWSER })
      expect(answer.status).toBe(500)
      expect(answer.headers.get('Content-Type')).toBe('text/html; charset=UTF-8')
      expect(answer.headers.get('Cache-Control')).toBe('no-store')
      expect(answer.headers.get('Content-Security-Policy')).toContain("default-src 'none'")
      for (const text of [
        '<code>npx janus dev</code>',
        '<code>npm start</code>',
        'JWT_ALG must be one of',
        'AUTH_SECRET is too short',
      ]) {
        expect(answer.text).toContain(text)
      }
      expect(answer.text).not.toContain('canary')
    },
  )

  it.each([
    ['a browser elsewhere', { accept: BROWSER }],
    ['a host that looks local', { accept: BROWSER, origin: 'https://localhost.example' }],
    ['a client that wants JSON', { origin: 'http://localhost:8787', accept: 'application/json' }],
    ['a client that does not say', { origin: 'http://localhost:8787' }],
  ])('says so in JSON to %s', async (_, from) => {
    const answer = await unconfigured().request('GET', '/login', from)
    expect(answer.headers.get('Content-Type')).toBe('application/problem+json; charset=utf-8')
    expect(answer.text).not.toContain('npm start')
  })

  it('has no services, nothing to sweep, and says in the log which settings are at fault', async () => {
    const { janus, log } = unconfigured()
    expect(janus.services).toBeNull()
    await janus.sweep()
    expect(log).toEqual([{ event: 'not-configured', settings: 'ISSUER JWT_ALG AUTH_SECRET DB' }])
  })
})
