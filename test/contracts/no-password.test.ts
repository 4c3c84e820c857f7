import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { mailingService } from '../support/mail'
import { addPasskey, stepUpByPasskey } from '../support/passkeys'
import {
  clientOf,
  expectProblem,
  newEmail,
  PASSWORD,
  type Person,
  type SignedIn,
  send,
  signedInPerson,
} from '../support/person'

const service = mailingService()
const NEW_PASSWORD = 'seven quiet minutes at sea'
const MINUTES = 60

/** Returns somebody who signs in by link only. */
async function personWithoutPassword(mode: 'session' | 'token'): Promise<Person> {
  const ada = await signedInPerson({ mode, service })
  // One after the other: the first proof of an address ends what rests on no password.
  for (const change of ['email_verified_at = 1', 'password_hash = NULL'])
    await env.DB.prepare(`UPDATE users SET ${change} WHERE id = ?1`).bind(ada.userId).run()
  return ada
}

/** Lists the routes that take the password of an account that has one, and a proof of the last minutes otherwise. */
const ROUTES: readonly (readonly [path: string, passwords: object, rest: object, status: number])[] = [
  ['/me/delete', { password: PASSWORD }, {}, 204],
  ['/password', { current_password: PASSWORD }, { new_password: NEW_PASSWORD }, 200],
  ['/email/change', { password: PASSWORD }, { email: newEmail() }, 202],
]

/** Asks later, with a credential of then: a refresh proves nothing. */
async function later({ mode, headers, refreshToken }: SignedIn, path: string, body: object) {
  service.ahead = 11 * MINUTES
  try {
    const refreshed =
      mode === 'token'
        ? (await send(service, 'POST', '/refresh', { body: { refresh_token: refreshToken } })).body
            .access_token
        : null
    const current = refreshed ? { Authorization: `Bearer ${refreshed}` } : headers
    return await send(service, 'POST', path, { headers: current, body })
  } finally {
    service.ahead = 0
  }
}

describe.each(['session', 'token'] as const)('an account without a password, in %s mode', (mode) => {
  it.each(ROUTES)('STP-01: POST %s takes a proof of the last minutes', async (path, _, rest, status) => {
    const ada = await personWithoutPassword(mode)
    const before = (await ada.get('/me')).body.user
    const refused = await later(ada, path, rest)
    expectProblem(refused, 401, 'insufficient-user-authentication')
    expect(refused.body.max_age).toBe(600)
    expect((await ada.get('/me')).body.user).toEqual(before)
    expect(service.mailTo(ada.email)).toEqual([])
    const done = await ada.post(path, rest)
    expect(done.status, done.text).toBe(status)
  })

  it.each(ROUTES)(
    'POST %s compares no password with one that is not there',
    async (path, passwords, rest) => {
      const ada = await personWithoutPassword(mode)
      expectProblem(await ada.post(path, { ...passwords, ...rest }), 409, 'password-not-set')
      expect((await ada.get('/me')).status).toBe(200)
    },
  )

  it('gets a first password, which proves nothing, and then takes it', async () => {
    const ada = await personWithoutPassword(mode)
    const other = clientOf(service, mode, (await signInByLink(ada)).answer)
    const set = await ada.post('/password', { new_password: NEW_PASSWORD })
    expect(set.status, set.text).toBe(200)
    expectProblem(await other.get('/me'), 401, 'session-ended')
    expect((await ada.signIn({ password: NEW_PASSWORD })).answer.status).toBe(200)
    const twice = await clientOf(service, mode, set).post('/password', { new_password: PASSWORD })
    expect(twice.body.errors).toMatchObject([{ field: 'current_password', code: 'missing' }])
  })

  it('proves itself again by a passkey or a sign-in link, and not by a password', async () => {
    const ada = await personWithoutPassword(mode)
    expect((await ada.get('/reauthenticate')).body.next).toEqual(['link'])
    expectProblem(await ada.post('/reauthenticate', { password: PASSWORD }), 409, 'password-not-set')
    const { soft } = await addPasskey(ada)
    expect((await ada.get('/reauthenticate')).body.next).toEqual(['passkey', 'link'])
    const renewed = await stepUpByPasskey(ada, soft)
    expect(renewed.status, renewed.text).toBe(200)
    expect(renewed.body.session.acr).toBe('urn:janus:2fa')
  })

  it('is no more known to a stranger than any other', async () => {
    const ada = await personWithoutPassword(mode)
    const body = { email: ada.email, password: PASSWORD }
    expectProblem(await send(service, 'POST', '/login', { body }), 401, 'invalid-credentials')
  })
})

async function signInByLink({ email, mode }: Person) {
  const asked = await send(service, 'POST', '/login/link', { body: { email } })
  const body = { token: service.tokenFor(email), binding: asked.body.binding, mode }
  const answer = await send(service, 'POST', '/login/link/confirm', { body })
  return { answer }
}
