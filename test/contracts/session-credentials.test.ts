import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { expectProblem, PASSWORD, type SignedIn, send, signedInPerson } from '../support/person'
import { copiedSession } from '../support/place'
import { deployed, ownService } from '../support/service'

async function allKeys(cursor: string | null = null): Promise<readonly KVNamespaceListKey<unknown>[]> {
  const page = await env.SESSIONS.list({ cursor })
  return page.list_complete ? page.keys : [...page.keys, ...(await allKeys(page.cursor))]
}

/** Returns everything that is stored: each row of each table, each key of KV with its value and metadata. */
async function dump(): Promise<string> {
  const tables = await env.DB.prepare(
    `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_cf_%'`,
  ).all<{ name: string }>()
  const rows = await Promise.all(
    tables.results.map(({ name }) => env.DB.prepare(`SELECT * FROM ${name}`).all()),
  )
  const keys = await allKeys()
  const values = await Promise.all(keys.map(({ name }) => env.SESSIONS.getWithMetadata(name)))
  return JSON.stringify({ tables, rows: rows.map(({ results }) => results), keys, values })
}

/** Returns the same bytes as other places may write them. */
function spellings(base64url: string): string[] {
  const bytes = Uint8Array.fromBase64(base64url, { alphabet: 'base64url' })
  return [base64url, bytes.toBase64(), bytes.toHex(), bytes.join(',')]
}

describe('SES-01: what is stored opens nothing', () => {
  it('holds no secret of a session cookie, in whatever spelling', async () => {
    const ada = await signedInPerson({ mode: 'session' })
    await ada.get('/me')
    const [id = '', secret = ''] = ada.answer.cookies['__Host-session']?.split('.') ?? []
    const stored = await dump()
    expect(stored).toContain(id)
    for (const text of spellings(secret)) expect(stored).not.toContain(text)
  })

  it('holds no token, no part of one, and no password', async () => {
    const ada = await signedInPerson({ mode: 'token' })
    const renewed = await send(deployed, 'POST', '/refresh', { body: { refresh_token: ada.refreshToken } })
    const stored = await dump()
    for (const { access_token, refresh_token } of [ada.answer.body, renewed.body]) {
      const mac = refresh_token.split('.')[2]
      const signature = access_token.split('.')[2]
      for (const text of [...spellings(mac), ...spellings(signature)]) expect(stored).not.toContain(text)
    }
    expect(stored).not.toContain(PASSWORD)
  })

  it('cannot be presented: neither the hash of a secret nor the record opens the session', async () => {
    const ada = await signedInPerson({ mode: 'session' })
    const { secretHash } = await copiedSession(ada.sessionId)
    for (const value of [`${ada.sessionId}.${secretHash}`, ada.sessionId, secretHash]) {
      const headers = { Cookie: `__Host-session=${value}` }
      expectProblem(await send(deployed, 'GET', '/me', { headers }), 401, 'session-ended')
    }
  })
})

describe('SES-03: the id of a session is taken from its one cookie', () => {
  const cookieOf = (client: SignedIn) => client.answer.cookies['__Host-session'] ?? ''

  it.each(['session', '__Host-session', 'session_id', 'sid', 'token', 'access_token'])(
    'and not from the query, as %s',
    async (name) => {
      const ada = await signedInPerson({ mode: 'session' })
      const answer = await send(deployed, 'GET', `/me?${name}=${cookieOf(ada)}`)
      expectProblem(answer, 401, 'authentication-required')
    },
  )

  it.each(['Session', 'X-Session', 'X-Session-Id', 'X-Session-Token', '__Host-session', 'X-Auth-Token'])(
    'and not from the header %s',
    async (name) => {
      const ada = await signedInPerson({ mode: 'session' })
      const answer = await send(deployed, 'GET', '/me', { headers: { [name]: cookieOf(ada) } })
      expectProblem(answer, 401, 'authentication-required')
    },
  )

  it.each(['Bearer', 'Session', 'Basic', 'Token'])('and not from Authorization, as %s', async (scheme) => {
    const ada = await signedInPerson({ mode: 'session' })
    const headers = { Authorization: `${scheme} ${cookieOf(ada)}` }
    expectProblem(await send(deployed, 'GET', '/me', { headers }), 401, 'invalid-token')
    // Nor from the cookie beside it.
    const both = { ...headers, ...ada.headers }
    expectProblem(await send(deployed, 'GET', '/me', { headers: both }), 401, 'invalid-token')
  })

  it('and from none where no sessions are offered', async () => {
    const ada = await signedInPerson({ mode: 'session' })
    const tokensOnly = ownService({ AUTH_MODE: 'token' })
    for (const path of ['/me', '/sessions']) {
      const answer = await send(tokensOnly, 'GET', path, { headers: ada.headers })
      expectProblem(answer, 401, 'authentication-required')
    }
  })

  it('and not from the body', async () => {
    const ada = await signedInPerson({ mode: 'session' })
    const body = { session: cookieOf(ada), '__Host-session': cookieOf(ada) }
    expectProblem(await send(deployed, 'POST', '/logout/all', { body }), 401, 'authentication-required')
    expect((await ada.get('/me')).status).toBe(200)
  })

  it.each([
    'session',
    'Host-session',
    '__Secure-session',
    '__host-session',
    '__HOST-SESSION',
    '__Host-session2',
    '__Host-refresh',
    '%5F_Host-session',
  ])('and not from a cookie called %s', async (name) => {
    const ada = await signedInPerson({ mode: 'session' })
    const headers = { Cookie: `${name}=${cookieOf(ada)}` }
    expectProblem(await send(deployed, 'GET', '/me', { headers }), 401, 'authentication-required')
  })

  it.each([
    ['both its own', (own: string) => [own, own]],
    ['a planted one after it', (own: string, planted: string) => [own, planted]],
    ['a planted one before it', (own: string, planted: string) => [planted, own]],
    ['an empty one before it', (own: string) => ['', own]],
    ['nonsense after it', (own: string) => [own, 'x']],
  ])('and refused when it comes twice: %s', async (_, values) => {
    const [ada, eve] = [await signedInPerson({ mode: 'session' }), await signedInPerson({ mode: 'session' })]
    const cookies = values(cookieOf(ada), cookieOf(eve)).map((value) => `__Host-session=${value}`)
    const headers = { Cookie: cookies.join('; ') }
    expectProblem(await send(deployed, 'GET', '/me', { headers }), 401, 'session-ended')
    expect((await ada.get('/me')).status).toBe(200)
  })

  it('and is found among other cookies', async () => {
    const ada = await signedInPerson({ mode: 'session' })
    const headers = { Cookie: `a=b; x__Host-session=1;${ada.headers.Cookie}  ; theme="dark"` }
    expect((await send(deployed, 'GET', '/me', { headers })).status).toBe(200)
  })

  it.each([
    ['well formed', `${'m'.repeat(22)}.${'A'.repeat(43)}`],
    ['an id alone', 'm'.repeat(22)],
    ['empty', ''],
    ['a path', '../../session:x'],
    ['very long', 'A'.repeat(7000)],
    ['quoted', `"${'m'.repeat(22)}.${'A'.repeat(43)}"`],
  ])('and a made-up one is refused, left where it is and not adopted: %s', async (_, value) => {
    const sessions = () => env.DB.prepare('SELECT count(*) AS n FROM sessions').first('n')
    const before = [await sessions(), (await env.SESSIONS.list()).keys.length]
    const headers = { Cookie: `__Host-session=${value}` }
    const answer = await send(deployed, 'GET', '/me', { headers })
    expectProblem(answer, 401, 'session-ended')
    // Another tab may have been given a good one meanwhile.
    expect(answer.cookies).toEqual({})
    expect([await sessions(), (await env.SESSIONS.list()).keys.length]).toEqual(before)
  })

  it('and every flip of one of its characters is refused', async () => {
    const ada = await signedInPerson({ mode: 'session' })
    const cookie = cookieOf(ada)
    for (let at = 0; at < cookie.length; at++) {
      const other = cookie[at] === 'A' ? 'B' : 'A'
      const headers = { Cookie: `__Host-session=${cookie.slice(0, at)}${other}${cookie.slice(at + 1)}` }
      expectProblem(await send(deployed, 'GET', '/me', { headers }), 401, 'session-ended')
    }
    expect((await ada.get('/me')).status).toBe(200)
  })
})
