import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { mailingService } from '../support/mail'
import { expectProblem, newEmail, PASSWORD, type Person, send, signedInPerson } from '../support/person'

const service = mailingService()
const NEW_PASSWORD = 'seven quiet minutes at sea'

/** Somebody who signs in by link only. */
async function personWithoutPassword(mode: 'session' | 'token'): Promise<Person> {
  const ada = await signedInPerson({ mode, service })
  await env.DB.prepare('UPDATE users SET password_hash = NULL WHERE id = ?1').bind(ada.userId).run()
  return ada
}

/** What takes a password, and is not to be done by whoever has an open session alone. */
const REFUSED: readonly (readonly [string, object])[] = [
  ['/me/delete', { password: PASSWORD }],
  ['/password', { current_password: PASSWORD, new_password: NEW_PASSWORD }],
  ['/email/change', { email: newEmail(), password: PASSWORD }],
]

describe.each(['session', 'token'] as const)('an account without a password, in %s mode', (mode) => {
  it.each(REFUSED)('POST %s says that one has to be set first, and changes nothing', async (path, body) => {
    const ada = await personWithoutPassword(mode)
    const before = await ada.get('/me')
    const refused = await ada.post(path, body)
    expectProblem(refused, 409, 'password-not-set')
    expect(refused.body.detail).toContain('POST /password/forgot')
    expect((await ada.get('/me')).body.user).toEqual(before.body.user)
    expect(service.mailTo(ada.email)).toEqual([])
  })

  it('can be deleted all the same: by a password that a mailed link sets', async () => {
    const ada = await personWithoutPassword(mode)
    await send(service, 'POST', '/password/forgot', { body: { email: ada.email } })
    const token = service.tokenFor(ada.email)
    const reset = await send(service, 'POST', '/password/reset', {
      body: { token, new_password: NEW_PASSWORD },
    })
    expect(reset.status).toBe(204)
    const again = await ada.signIn({ password: NEW_PASSWORD })
    expect((await again.post('/me/delete', { password: NEW_PASSWORD })).status).toBe(204)
  })

  it('is no more known to a stranger than any other', async () => {
    const ada = await personWithoutPassword(mode)
    const body = { email: ada.email, password: PASSWORD }
    expectProblem(await send(service, 'POST', '/login', { body }), 401, 'invalid-credentials')
  })
})
