import { describe, expect, it } from 'vitest'
import { expectProblem, send, signedInPerson } from '../support/person'
import { ownService } from '../support/service'

/** Every route without an id in its path, for which most of these variants would be other ids. */
const CLOSED = [
  'GET /me',
  'PATCH /me',
  'POST /me',
  'POST /me/delete',
  'POST /logout',
  'POST /logout/all',
  'POST /password',
  'GET /me/activity',
  'GET /sessions',
]
const OPEN = ['POST /login', 'POST /register', 'POST /refresh', 'GET /.well-known/jwks.json', 'GET /readyz']

type Spelling = (path: string) => string

/** Spellings that the URL standard, decoding, or Janus, which is not strict about a slash at the end, makes the path itself. */
const SAME = {
  'with its first letter encoded': (path) => path.replace(/[a-z]/, encodeLetter),
  'with its last letter encoded': (path) => path.replace(/[a-z](?=[^a-z]*$)/, encodeLetter),
  'with every letter encoded': (path) => path.replace(/[a-z]/g, encodeLetter),
  'behind a dot segment': (path) => `/.${path}`,
  'behind an encoded dot segment': (path) => `/%2e${path}`,
  'behind a way up': (path) => `/x/..${path}`,
  'behind an encoded way up': (path) => `/healthz/%2E%2e${path}`,
  'with a tab in it': (path) => path.replace('/', '/\t'),
  'with a slash after it': (path) => `${path}/`,
  'with a dot segment after it': (path) => `${path}/.`,
  'with an encoded dot segment after it': (path) => `${path}/%2e`,
  'with a query that looks open': (path) => `${path}?x=/healthz`,
  'with a fragment that looks open': (path) => `${path}#/healthz`,
} satisfies Record<string, Spelling>

/** Spellings of other paths, where nothing is. */
const OTHER = {
  'behind a second slash': (path) => `/${path}`,
  'behind a backslash': (path) => `/\\${path.slice(1)}`,
  'behind an encoded slash': (path) => `/%2f${path.slice(1)}`,
  'behind an overlong slash': (path) => `/%c0%af${path.slice(1)}`,
  'behind an encoded way up from an open path': (path) => `/healthz%2f..${path}`,
  'behind a way up with a parameter': (path) => `/healthz/..;${path}`,
  'in upper case': (path) => path.toUpperCase(),
  'with a letter encoded twice': (path) =>
    path.replace(/[a-z]/, (letter) => encodeLetter(letter).replace('%', '%25')),
  'with two slashes after it': (path) => `${path}//`,
  'with an encoded slash after it': (path) => `${path}%2f`,
  'with a path parameter': (path) => `${path};x`,
  'with an encoded NUL': (path) => `${path}%00`,
  'with an encoded space': (path) => `${path}%20`,
  'with an encoded question mark': (path) => `${path}%3f`,
  'with an encoded number sign': (path) => `${path}%23`,
  'with a broken escape': (path) => `${path}%`,
  'with a file name suffix': (path) => `${path}.txt`,
} satisfies Record<string, Spelling>

function encodeLetter(letter: string): string {
  return `%${letter.charCodeAt(0).toString(16)}`
}

describe.each([
  { at: 'at the root', service: ownService() },
  { at: 'under a base path', service: ownService({ ISSUER: 'https://example.com/auth' }) },
])('path variants $at', ({ service }) => {
  it.each(Object.entries(SAME))('API-05: a path %s gets the verdict of the path itself', async (_, spell) => {
    const ada = await signedInPerson({ mode: 'session', service })
    for (const route of CLOSED) {
      const [method = '', path = ''] = route.split(' ')
      expectProblem(await send(service, method, spell(path)), 401, 'authentication-required')
    }
    expect((await ada.get(spell('/me'))).body.user.id).toBe(ada.userId)
    expectProblem(await send(service, 'POST', spell('/login'), { body: {} }), 422, 'invalid-input')
    expectProblem(await send(service, 'PUT', spell('/me')), 405, 'method-not-allowed')
    expect((await send(service, 'GET', spell('/readyz'))).status).toBe(200)
  })

  it.each(Object.entries(OTHER))('API-05: a path %s leads nowhere, signed in or not', async (_, spell) => {
    const ada = await signedInPerson({ mode: 'session', service })
    for (const route of [...CLOSED, ...OPEN]) {
      const [method = '', path = ''] = route.split(' ')
      expectProblem(await send(service, method, spell(path)), 404, 'not-found')
      expectProblem(await send(service, method, spell(path), { headers: ada.headers }), 404, 'not-found')
    }
    expect((await ada.get('/me')).status).toBe(200)
  })

  it('API-05: an id in a path is the same id with a slash after it', async () => {
    const ada = await signedInPerson({ mode: 'session', service })
    expect((await ada.delete(`/sessions/${ada.sessionId}/`)).status).toBe(204)
    expectProblem(await ada.get('/me'), 401, 'session-ended')
  })

  it('API-05: an id in a path is one segment, however it is spelled', async () => {
    const ada = await signedInPerson({ mode: 'session', service })
    const bob = await signedInPerson({ mode: 'session', service })
    for (const id of [
      bob.sessionId,
      `${bob.sessionId}/`,
      `${ada.sessionId}//`,
      `${ada.sessionId}%2fend`,
      `${ada.sessionId}%00`,
      `${ada.sessionId};x`,
      ada.sessionId.toLowerCase().replace(/^./, '~'),
      '%25',
      '%',
      ':id',
      '*',
    ]) {
      expectProblem(await ada.delete(`/sessions/${id}`), 404, 'not-found')
      expectProblem(await ada.post(`/sessions/${id}/end`), 404, 'not-found')
    }
    expect((await ada.get('/me')).status).toBe(200)
    expect((await bob.get('/me')).status).toBe(200)
  })
})

it('API-05: a base path is itself decoded once, and guarded', async () => {
  const service = ownService({ ISSUER: 'https://example.com/auth' })
  for (const base of ['/%61uth', '/x/../auth', '/./%61%75%74%68']) {
    const request = new Request(`https://example.com${base}/me`)
    expect({ base, status: (await service.fetch(request)).status }).toEqual({ base, status: 401 })
  }
})
