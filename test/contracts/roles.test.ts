import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { PASSWORD, send, signedInPerson } from '../support/person'
import { ownService } from '../support/service'

/** As long as they can be configured, and a name in front that is of this test alone. */
const ISSUER = `https://auth.example.com/${'a'.repeat(485)}`
const AUDIENCE = '\u00e4'.repeat(255)

const ROLES_MAX_BYTES = 1024

function setRoles(userId: string, roles: string): Promise<unknown> {
  return env.DB.prepare('UPDATE users SET roles = ?2 WHERE id = ?1').bind(userId, roles).run()
}

function bearer(token: string): Record<string, string> {
  return { Authorization: `Bearer ${token}` }
}

/** Returns a list of one role that is made of a unit again and again, and is of exactly so many bytes of JSON. */
function rolesOf(unit: string, bytes: number): string {
  const room = bytes - '[""]'.length
  const size = new TextEncoder().encode(unit).byteLength
  return `["${unit.repeat(Math.floor(room / size))}${'x'.repeat(room % size)}"]`
}

describe.each(['ES256', 'EdDSA', 'HS256'])('roles, with JWT_ALG=%s', (JWT_ALG) => {
  const service = ownService({ ISSUER, AUDIENCE, JWT_ALG })

  it.each([
    ['ASCII', 'x'],
    ['two bytes', '\u00e4'],
    ['three bytes', '\u6f22'],
    ['four bytes', '\u{1f989}'],
    ['an escape', '\\u0001'],
    ['half of a pair, escaped', '\\ud800'],
    ['many short ones', 'a","'],
  ])('TOK-05: of 1,024 bytes are issued and accepted in both modes: %s', async (_, unit) => {
    const ada = await signedInPerson({ mode: 'session', service })
    const roles = rolesOf(unit, ROLES_MAX_BYTES)
    await setRoles(ada.userId, roles)
    for (const mode of ['session', 'token'] as const) {
      const device = await ada.signIn({ mode })
      const own = mode === 'token' ? bearer(device.answer.body.account_token) : device.headers
      const me = await send(service, 'GET', '/me', { headers: own })
      expect({ mode, status: me.status, roles: me.body.user?.roles }).toEqual({
        mode,
        status: 200,
        roles: JSON.parse(roles),
      })
      if (mode === 'session') continue
      const body = { refresh_token: device.refreshToken }
      const { access_token, account_token } = (await send(service, 'POST', '/refresh', { body })).body
      const listed = await send(service, 'GET', '/sessions', { headers: bearer(account_token) })
      expect(listed.status).toBe(200)
      const verdict = await service.callers.authenticate(new Headers(bearer(access_token)), 'GET')
      expect(verdict).toMatchObject({ ok: true, principal: { roles: JSON.parse(roles) } })
    }
  })
})

describe('roles of more than 1,024 bytes', () => {
  const cjk = JSON.stringify(Array.from({ length: 17 }, () => '\u6f22'.repeat(50)))

  it.each([cjk, ...['x', '\u00e4', '\u6f22', '\u{1f989}'].map((unit) => rolesOf(unit, ROLES_MAX_BYTES + 1))])(
    'TOK-05: are written by nobody, whatever writes them: %s',
    async (roles) => {
      const service = ownService()
      const ada = await signedInPerson({ mode: 'token', service })
      await expect(setRoles(ada.userId, roles)).rejects.toThrow('1024 bytes')
      const insert = env.DB.prepare(
        `INSERT INTO users (id, email, email_canonical, roles, created_at) VALUES (?1, ?2, ?2, ?3, 0)`,
      ).bind('A'.repeat(22), `${crypto.randomUUID()}@example.com`, roles)
      await expect(insert.run()).rejects.toThrow('1024 bytes')
      expect((await ada.get('/me')).body.user.roles).toEqual([])
    },
  )

  it('TOK-05: of a row that is older are no token that is refused afterwards', async () => {
    const service = ownService()
    const ada = await signedInPerson({ mode: 'session', service })
    const [trigger] = (
      await env.DB.prepare(
        `SELECT sql FROM sqlite_schema WHERE name = 'users_changed_roles_fit_into_a_token'`,
      ).all<{
        sql: string
      }>()
    ).results
    await env.DB.prepare('DROP TRIGGER users_changed_roles_fit_into_a_token').run()
    await setRoles(ada.userId, JSON.stringify(['\u6f22'.repeat(1000)]))
    await env.DB.prepare(trigger?.sql ?? '').run()

    const body = { email: ada.email, password: PASSWORD }
    expect((await send(service, 'POST', '/login', { body: { ...body, mode: 'token' } })).status).toBe(500)
    expect(service.log).toContainEqual(
      expect.objectContaining({ event: 'unexpected-error', error: 'AccessTokenTooLong' }),
    )
    // A session needs no token, and goes on.
    expect((await send(service, 'POST', '/login', { body: { ...body, mode: 'session' } })).status).toBe(200)
  })
})
