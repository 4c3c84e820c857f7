import { env } from 'cloudflare:workers'
import { afterEach, expect, it, vi } from 'vitest'
import { ALL_KINDS, mailedLink } from '../support/mailed-links'
import { clientOf, newEmail, PASSWORD, type SignedIn, send, signedInPerson } from '../support/person'
import { deployed, ownService } from '../support/service'
import { storage } from '../support/storage'
import { askRecorded } from '../support/trail'

const janus = ownService({ LOG_SUCCESS_PERCENT: '100' })

const NEW_PASSWORD = 'canary of another horse'
const WRONG = 'canary of a wrong horse'

afterEach(() => {
  vi.restoreAllMocks()
})

/** Returns the secrets that only the client may hold. */
function secretsOf({ answer, headers, refreshToken }: SignedIn): readonly string[] {
  const cookie = answer.cookies['__Host-session'] ?? ''
  const credentials = [headers.Authorization?.slice('Bearer '.length), cookie, cookie.split('.')[1]]
  // The MAC at the end of a refresh token, and the signature of an access token.
  const ends = [refreshToken, refreshToken.split('.')[2], answer.body.access_token?.split('.')[2]]
  return [...credentials, ...ends].filter((secret): secret is string => Boolean(secret))
}

it('AUD-02: no column, log line or KV value holds what is secret, after everything has been done', async () => {
  const secrets = new Set([PASSWORD, NEW_PASSWORD, WRONG])
  const addresses: string[] = []
  const hashes: string[] = []
  for (const mode of ['session', 'token'] as const) {
    const ada = await signedInPerson({ mode, service: janus })
    addresses.push(ada.email, newEmail())
    const unknown = { email: addresses.at(-1), password: WRONG }
    const other = await ada.signIn({ mode: 'token' })
    const third = await ada.signIn({ mode: 'session' })
    for (const client of [ada, other, third]) for (const secret of secretsOf(client)) secrets.add(secret)

    await send(janus, 'POST', '/login', { body: unknown })
    await send(janus, 'POST', '/login', { body: { email: ada.email, password: WRONG } })
    // Somebody typed the password into the other field.
    addresses.push(`canary-of-a-wrong-field-${mode}@example.com`)
    await send(janus, 'POST', '/login', { body: { email: addresses.at(-1), password: PASSWORD } })
    for (const path of ['/', '/me', '/me/activity', '/sessions', '/nothing']) await ada.get(path)
    await ada.get(`/sessions?cursor=${encodeURIComponent(WRONG)}`)
    await ada.patch('/me', { name: 'Ada' })
    await ada.delete(`/sessions/${third.sessionId}`)
    await ada.delete(`/sessions/${encodeURIComponent(WRONG)}`)
    const refreshed = await send(janus, 'POST', '/refresh', { body: { refresh_token: other.refreshToken } })
    expect(refreshed.status).toBe(200)
    for (const secret of secretsOf(clientOf(janus, 'token', refreshed))) secrets.add(secret)
    await send(janus, 'POST', '/refresh', { body: { refresh_token: `${other.refreshToken}x` } })
    await ada.post('/me/delete', { password: WRONG })
    const change = { current_password: PASSWORD, new_password: NEW_PASSWORD }
    const changed = await ada.post('/password', change)
    expect(changed.status).toBe(200)
    const renewed = clientOf(janus, mode, changed)
    for (const secret of secretsOf(renewed)) secrets.add(secret)
    const hash = 'SELECT password_hash FROM users WHERE id = ?1'
    hashes.push((await env.DB.prepare(hash).bind(ada.userId).first<string>('password_hash')) ?? '')
    await renewed.post('/logout')
    await renewed.get('/me')
    const last = await ada.signIn({ password: NEW_PASSWORD })
    for (const secret of secretsOf(last)) secrets.add(secret)
    if (mode === 'token') await last.post('/me/delete', { password: NEW_PASSWORD })
    else await last.post('/logout/all', {})
  }
  await janus.sweep()

  const { tables, keys, records } = await storage()
  const { users = [], signing_keys: _, ...others } = tables
  // So that nothing is said of places that are empty.
  const events = (others.audit_events ?? []).join('\n').split('\n')
  expect([events.length > 20, users.length > 0, janus.log.length > 40]).not.toContain(false)
  const everywhere = JSON.stringify([tables, keys, records, janus.log])
  for (const secret of secrets) expect(everywhere).not.toContain(secret)
  // Accounts alone have an address, and the hash of a password.
  const elsewhere = JSON.stringify([others, keys, records, janus.log])
  for (const text of [...addresses, ...hashes]) {
    expect(text).not.toBe('')
    expect(elsewhere).not.toContain(text)
  }
  expect(elsewhere).not.toMatch(/@example|\$pbkdf2|Bearer|__Host/)
})

it.each(ALL_KINDS.flatMap((kind) => (['session', 'token'] as const).map((mode) => ({ kind, mode }))))(
  'AUD-02: nor what is mailed: $kind, in $mode mode',
  async ({ kind, mode }) => {
    const { service, mailedTo, token, binding, path, body } = await mailedLink(kind, mode, {
      LOG_SUCCESS_PERCENT: '100',
    })
    const code = kind === 'sign-in' ? service.codeFor(mailedTo) : null
    const look = async () => {
      const { tables, keys, records } = await storage()
      return JSON.stringify([tables, keys, records, service.log])
    }
    await send(service, 'GET', `${path}?token=${token}`, { headers: { Accept: 'text/html' } })
    const waiting = await look()
    const used = await send(service, 'POST', path, { body })
    expect(used.status, used.text).toBeLessThan(300)
    await service.sweep()
    for (const everywhere of [waiting, await look()]) {
      for (const secret of [token, binding ?? token]) expect(everywhere).not.toContain(secret)
      if (code !== null) expect(everywhere).not.toMatch(new RegExp(`(?<![\\w-])${code}(?![\\w-])`))
    }
    expect(service.log.filter(({ event }) => event === 'request').length).toBeGreaterThan(2)
  },
)

it.each([
  ['a line break', 'Mozilla\r\n{"event":"forged"}'],
  ['lone line breaks', 'a\rb\nc\vd\fe'],
  ['escape sequences', '\x1b[2J\x1b]0;owned\x07Mozilla\x1b[31m'],
  ['eight-bit controls', 'Mozilla\x9b31m\x85next'],
  ['marks of direction', 'Mozilla \u202egnp.exe\u202c \u2066x\u2069 \u200f'],
  ['what is invisible', 'Mo\u200bzi\u200dlla\ufeff\u00ad'],
  ['a NUL', 'Mozilla\0'],
  ['64 KiB', 'x'.repeat(64 * 1024)],
  ['64 KiB of what is removed', '\u202e'.repeat(64 * 1024)],
  ['characters of three bytes', '漢'.repeat(300)],
  ['half a character at the limit', `${'x'.repeat(255)}😀`],
])('AUD-01: a user agent with %s is one clean value of at most 256 bytes', async (_, agent) => {
  const ada = await signedInPerson({ mode: 'session' })
  // The platform itself refuses some of these in a header; nothing here relies on that.
  const get = Headers.prototype.get
  vi.spyOn(Headers.prototype, 'get').mockImplementation(function (this: Headers, name: string) {
    return name.toLowerCase() === 'user-agent' ? agent : get.call(this, name)
  })
  const body = { email: ada.email, password: PASSWORD, mode: 'token' }
  const { answer, rows } = await askRecorded(janus, 'POST', '/login', { body })
  vi.restoreAllMocks()
  expect(answer.status).toBe(200)
  expect(rows).toHaveLength(1)
  const value = String(rows[0]?.user_agent ?? '')
  // Not shown when it fails: half a character would break the connection to the runner.
  expect(value.isWellFormed()).toBe(true)
  expect(/[\p{Cc}\p{Cf}\p{Cs}\ufffd]/u.test(value)).toBe(false)
  expect(new TextEncoder().encode(value).byteLength).toBeLessThanOrEqual(256)
  expect(value).toBe(answer.body.session.user_agent ?? '')
  const activity = await ada.get('/me/activity')
  expect(activity.body.events[0].user_agent ?? '').toBe(value)
  expect(activity.text.split('\n')).toHaveLength(1)
})

it.each(['nl', 'NLD', '<b', ''])('AUD-01: a country that is none is not recorded: %o', async (country) => {
  const ada = await signedInPerson({ mode: 'session' })
  const headers = new Headers(ada.headers)
  const request = new Request(`${deployed.issuer}/logout`, { method: 'POST', headers, cf: { country } })
  expect((await deployed.fetch(request)).status).toBe(204)
  const sql = 'SELECT country FROM audit_events WHERE session_id = ?1 AND event = ?2'
  const rows = await env.DB.prepare(sql).bind(ada.sessionId, 'session-ended').all()
  expect(rows.results).toEqual([{ country: null }])
})

it.each(['1.2.3.4, 5.6.7.8', '<script>', "'; DROP TABLE users", 'x'.repeat(64), 'example.com'])(
  'AUD-01: an address that is none is not recorded: %s',
  async (address) => {
    const ada = await signedInPerson({ mode: 'session' })
    const headers = { ...ada.headers, 'CF-Connecting-IP': address, 'X-Forwarded-For': '6.6.6.6' }
    expect((await send(deployed, 'POST', '/logout', { headers })).status).toBe(204)
    const sql = 'SELECT address FROM audit_events WHERE session_id = ?1 AND event = ?2'
    const rows = await env.DB.prepare(sql).bind(ada.sessionId, 'session-ended').all()
    expect(rows.results).toEqual([{ address: null }])
  },
)
