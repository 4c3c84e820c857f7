import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import type { Mode } from '../../src/sessions/mode'
import {
  type Answer,
  expectProblem,
  PASSWORD,
  type Person,
  type SignedIn,
  send,
  signedInPerson,
} from '../support/person'
import { deployed } from '../support/service'

const NEW_PASSWORD = 'seven quiet minutes at sea'

/** States of an account in which nobody may sign in to it, as an operator brings them about. */
const STATES: Record<string, string> = {
  'a disabled account': 'UPDATE users SET disabled_at = 1 WHERE id = ?1',
  'a deleted account': 'DELETE FROM users WHERE id = ?1',
}

interface Device {
  readonly ada: Person
  /** The same person, with a refresh token. */
  readonly phone: SignedIn
}

/** Every path that ends in a session or a token, and how it refuses. */
const PATHS: Record<string, { code: string; take(device: Device, mode: Mode): Promise<Answer> }> = {
  'a sign-in': {
    code: 'invalid-credentials',
    take: ({ ada }, mode) =>
      send(deployed, 'POST', '/login', { body: { email: ada.email, password: PASSWORD, mode } }),
  },
  'a refresh': {
    code: 'session-ended',
    take: ({ phone }) => send(deployed, 'POST', '/refresh', { body: { refresh_token: phone.refreshToken } }),
  },
  'a change of password': {
    code: 'session-ended',
    take: ({ ada }) => ada.post('/password', { current_password: PASSWORD, new_password: NEW_PASSWORD }),
  },
}

const MATRIX = Object.keys(STATES).flatMap((state) =>
  Object.keys(PATHS).map((path) => [path, state] as const),
)

async function sessionsOf(userId: string, only = ''): Promise<number | null> {
  const sql = `SELECT count(*) AS n FROM sessions WHERE user_id = ?1 ${only}`
  return env.DB.prepare(sql).bind(userId).first<number>('n')
}

describe.each(['session', 'token'] as const)('LOG-04: the gate, in %s mode', (mode) => {
  it.each(MATRIX)('%s gives nothing to %s', async (path, state) => {
    const ada = await signedInPerson({ mode })
    const device = { ada, phone: await ada.signIn({ mode: 'token' }) }
    await env.DB.prepare(STATES[state] ?? '')
      .bind(ada.userId)
      .run()
    const answer = await PATHS[path]?.take(device, mode)
    if (!answer) throw new Error('No such path')
    expectProblem(answer, 401, PATHS[path]?.code ?? '')
    expect(answer.cookies).toEqual({})
    expect(answer.body).not.toHaveProperty('access_token')
    expect(await sessionsOf(ada.userId)).toBe(2)
    expect(await sessionsOf(ada.userId, 'AND ended_at IS NULL')).toBe(0)
  })

  it('a registration does not take the address of a disabled account', async () => {
    const ada = await signedInPerson({ mode })
    await env.DB.prepare(STATES['a disabled account'] ?? '')
      .bind(ada.userId)
      .run()
    const row = () => env.DB.prepare('SELECT * FROM users WHERE email_canonical = ?1').bind(ada.email).first()
    const before = await row()
    const body = { email: ada.email, password: NEW_PASSWORD, mode }
    expectProblem(await send(deployed, 'POST', '/register', { body }), 409, 'account-exists')
    expect(await row()).toEqual(before)
    expect(await sessionsOf(ada.userId, 'AND ended_at IS NULL')).toBe(0)
  })
})
