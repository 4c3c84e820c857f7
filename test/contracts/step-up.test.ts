import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { recordPbkdf2 } from '../support/counting'
import {
  deviceOf,
  expectProblem,
  PASSWORD,
  type Person,
  type SignedIn,
  send,
  signedInPerson,
} from '../support/person'
import { createPlace } from '../support/place'
import { deployed } from '../support/service'

const NEW_PASSWORD = 'seven quiet minutes at sea'

/** The routes that take the password: those that change credentials, delete the account, or prove again who somebody is. */
const PASSWORD_ROUTES = [
  { path: '/password', field: 'current_password', rest: { new_password: NEW_PASSWORD } },
  { path: '/me/delete', field: 'password', rest: {} },
  { path: '/reauthenticate', field: 'password', rest: {} },
] as const

/** The routes that change credentials or sessions, or tell of others: "signed in, live". */
const LIVE_ROUTES: readonly [
  name: string,
  (client: SignedIn, other: SignedIn) => ReturnType<SignedIn['get']>,
][] = [
  ['POST /logout/all', (client) => client.post('/logout/all')],
  ['POST /logout/all, keeping this one', (client) => client.post('/logout/all', { keep_current: true })],
  [
    'POST /password',
    (client) => client.post('/password', { current_password: PASSWORD, new_password: NEW_PASSWORD }),
  ],
  ['POST /me/delete', (client) => client.post('/me/delete', { password: PASSWORD })],
  ['DELETE /sessions/:id', (client, other) => client.delete(`/sessions/${other.sessionId}`)],
  ['POST /sessions/:id/end', (client, other) => client.post(`/sessions/${other.sessionId}/end`)],
  ['GET /reauthenticate', (client) => client.get('/reauthenticate')],
  ['POST /reauthenticate', (client) => client.post('/reauthenticate', { password: PASSWORD })],
  [
    'POST /reauthenticate/second-factor',
    (client) => client.post('/reauthenticate/second-factor', { code: '000000' }),
  ],
  ['POST /reauthenticate/passkey/options', (client) => client.post('/reauthenticate/passkey/options')],
  ['GET /sessions', (client) => client.get('/sessions')],
  ['GET /devices', (client) => client.get('/devices')],
  ['DELETE /devices/:id', (client) => client.delete(`/devices/${deviceOf(client).slice(0, 22)}`)],
  ['POST /devices/:id/forget', (client) => client.post(`/devices/${deviceOf(client).slice(0, 22)}/forget`)],
  ['GET /me/activity', (client) => client.get('/me/activity')],
  ['GET /me/export', (client) => client.get('/me/export')],
  ['GET /passkeys', (client) => client.get('/passkeys')],
  ['POST /passkeys/options', (client) => client.post('/passkeys/options')],
  [
    'POST /passkeys/:id/rename',
    (client) => client.post(`/passkeys/${client.sessionId}/rename`, { name: 'x' }),
  ],
  ['GET /identities', (client) => client.get('/identities')],
  ['POST /identities/connect', (client) => client.post('/identities/connect', { offer: 'x' })],
  ['POST /identities/confirm', (client) => client.post('/identities/confirm', { state: 'x', binding: 'x' })],
  ['POST /identities/:provider/link', (client) => client.post('/identities/acme/link')],
  ['POST /identities/:id/remove', (client) => client.post(`/identities/${client.sessionId}/remove`)],
  ['POST /passkeys/:id/remove', (client) => client.post(`/passkeys/${client.sessionId}/remove`)],
]

/** Ends a session at the source of truth alone, as another region would: what this one has cached still looks good. */
async function endElsewhere(sessionId: string): Promise<void> {
  const end = `UPDATE sessions SET ended_at = unixepoch(), end_reason = 'signed-out' WHERE id = ?1`
  await env.DB.prepare(end).bind(sessionId).run()
}

async function expectUntouched(ada: Person, other: SignedIn): Promise<void> {
  expect((await other.get('/me')).body.user?.id).toBe(ada.userId)
  expect((await ada.signIn()).answer.status).toBe(200)
}

describe.each(['session', 'token'] as const)('step-up in %s mode', (mode) => {
  it.each(PASSWORD_ROUTES)(
    'STP-01: POST $path does not take a wrong password, however fresh the session',
    async ({ path, field, rest }) => {
      const ada = await signedInPerson({ mode })
      const fresh = await ada.signIn()
      const missing = await fresh.post(path, rest)
      expectProblem(missing, 422, 'invalid-input')
      expect(missing.body.errors).toMatchObject([{ field, code: 'missing' }])
      for (const wrong of ['', `${PASSWORD}!`]) {
        expectProblem(await fresh.post(path, { ...rest, [field]: wrong }), 401, 'invalid-credentials')
      }
      await expectUntouched(ada, fresh)
    },
  )

  it.each(PASSWORD_ROUTES)("STP-01: POST $path does not take another account's password", async (route) => {
    const [ada, eve] = [await signedInPerson({ mode }), await signedInPerson({ mode })]
    const password = 'nine green bottles on a wall'
    const changed = await eve.post('/password', { current_password: PASSWORD, new_password: password })
    expect(changed.status).toBe(200)
    const answer = await ada.post(route.path, { ...route.rest, [route.field]: password })
    expectProblem(answer, 401, 'invalid-credentials')
    await expectUntouched(ada, ada)
  })

  it.each(LIVE_ROUTES)(
    'STP-01: %s refuses a session that ended elsewhere, at once, and does nothing',
    async (_, call) => {
      const ada = await signedInPerson({ mode })
      const other = await ada.signIn()
      await endElsewhere(ada.sessionId)
      // The credential alone still passes: the copy in KV and the access token do not know yet.
      expect((await createPlace().askApp(ada)).status).toBe(200)

      const iterations = recordPbkdf2()
      const answer = await call(ada, other)
      expectProblem(answer, 401, 'session-ended')
      const challenge = mode === 'token' ? 'Bearer error="invalid_token"' : 'Bearer'
      expect(answer.headers.get('WWW-Authenticate')).toBe(challenge)
      expect(iterations(), 'no password is tried').toEqual([])
      await expectUntouched(ada, other)
    },
  )

  it.each(LIVE_ROUTES)('%s refuses an account that was disabled, at once', async (_, call) => {
    const ada = await signedInPerson({ mode })
    const other = await ada.signIn()
    await env.DB.prepare('UPDATE users SET disabled_at = 1 WHERE id = ?1').bind(ada.userId).run()
    expectProblem(await call(ada, other), 401, 'session-ended')
    await env.DB.prepare('UPDATE users SET disabled_at = NULL WHERE id = ?1').bind(ada.userId).run()
    expect((await ada.signIn()).answer.status).toBe(200)
  })

  it.each(LIVE_ROUTES)('%s needs a principal', async (_, call) => {
    const ada = await signedInPerson({ mode })
    const nobody: SignedIn = {
      ...ada,
      get: (path) => send(deployed, 'GET', path),
      post: (path, body) => send(deployed, 'POST', path, { body }),
      delete: (path) => send(deployed, 'DELETE', path),
    }
    expectProblem(await call(nobody, ada), 401, 'authentication-required')
    await expectUntouched(ada, ada)
  })
})
