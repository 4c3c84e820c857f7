import { env } from 'cloudflare:workers'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createKeyring } from '../../src/crypto/keyring'
import { createSignedTexts } from '../../src/sessions/signed-texts'
import { expectProblem, send, signedInPerson } from '../support/person'
import { copiedSession, createPlace, sessionCopy } from '../support/place'

const OTHER_SECRET = 'Zt4Kq8sVw2Yb6Ne9Rc3Hx7Jm1Fp5Gd0Lu_Oi-TaQkWyE'

const keyOf = (id: string) => `session:${id}`
const now = () => Math.floor(Date.now() / 1000)

/** Returns a copy that gives its session a role, signed by somebody who has this secret and issuer, for this key. */
async function signed(
  id: string,
  given: { secret?: string; issuer?: string; key?: string } = {},
): Promise<string> {
  const { secret = env.AUTH_SECRET, issuer = env.ISSUER, key = keyOf(id) } = given
  const copies = createSignedTexts({ keyring: createKeyring([secret]), issuer, purpose: 'session-copy' })
  const record = { ...(await copiedSession(id)), roles: ['admin'] }
  return copies.sign(key, JSON.stringify(record))
}

const FORGERIES: readonly [string, (id: string) => Promise<string>][] = [
  ['not signed', async (id) => JSON.stringify({ ...(await copiedSession(id)), roles: ['admin'] })],
  ['given a role', async (id) => ((await sessionCopy(id)) ?? '').replace('"roles":[]', '"roles":["admin"]')],
  ['signed with another secret', (id) => signed(id, { secret: OTHER_SECRET })],
  ['signed for another issuer', (id) => signed(id, { issuer: 'https://evil.example' })],
  ['signed for another session', (id) => signed(id, { key: keyOf('m'.repeat(22)) })],
  ['without the name of a secret', async (id) => (await signed(id)).slice(9)],
  ['with the name of another secret', async (id) => `AAAAAAAA${(await signed(id)).slice(8)}`],
  ['cut off', async (id) => (await signed(id)).slice(0, -1)],
  ['with a blank before it', async (id) => ` ${await signed(id)}`],
]

describe('PLT-01: a copy in KV that Janus did not write', () => {
  it.each(FORGERIES)('counts as none, and is logged: %s', async (_, forge) => {
    const here = createPlace()
    const ada = await signedInPerson({ mode: 'session', service: here })
    const good = await copiedSession(ada.sessionId)
    await env.SESSIONS.put(keyOf(ada.sessionId), await forge(ada.sessionId))

    expect(await here.askApp(ada)).toMatchObject({ status: 200, body: { roles: [] } })
    expect(here.log).toContainEqual({ event: 'session-copy-rejected', session_id: ada.sessionId })
    expect(await copiedSession(ada.sessionId)).toEqual({ ...good, writtenAt: expect.any(Number) })
  })

  it('signs nobody in, with a secret of its writer’s own', async () => {
    const here = createPlace()
    const [ada, eve] = [
      await signedInPerson({ mode: 'session', service: here }),
      await signedInPerson({ mode: 'session', service: here }),
    ]
    const [, secret = ''] = (eve.answer.cookies['__Host-session'] ?? '').split('.')
    const { secretHash } = await copiedSession(eve.sessionId)
    const record = { ...(await copiedSession(ada.sessionId)), secretHash }
    await env.SESSIONS.put(keyOf(ada.sessionId), JSON.stringify(record))
    const headers = { Cookie: `__Host-session=${ada.sessionId}.${secret}` }
    expectProblem(await here.askApp({ headers }), 401, 'session-ended')
  })

  it('the test would see a role that a good copy gives', async () => {
    const here = createPlace()
    const ada = await signedInPerson({ mode: 'session', service: here })
    await env.SESSIONS.put(keyOf(ada.sessionId), await signed(ada.sessionId))
    expect(await here.askApp(ada)).toMatchObject({ status: 200, body: { roles: ['admin'] } })
  })
})

describe('PLT-01: an old copy that is put back', () => {
  it('of a session that has ended is honoured where nothing is live, until its own idle expiry', async () => {
    const here = createPlace()
    const ada = await signedInPerson({ mode: 'session', service: here })
    const old = (await sessionCopy(ada.sessionId)) ?? ''
    const { idleExpiresAt } = (await copiedSession(ada.sessionId)).session
    expect((await ada.post('/logout')).status).toBe(204)
    await env.SESSIONS.put(keyOf(ada.sessionId), old)
    expect((await here.askApp(ada)).status).toBe(200)
    expectProblem(await send(here, 'GET', '/sessions', { headers: ada.headers }), 401, 'session-ended')
    const always = createPlace({ LIVE_CHECK: 'always' })
    expectProblem(await always.askApp(ada), 401, 'session-ended')

    here.ahead = idleExpiresAt - now() + 1
    await env.SESSIONS.put(keyOf(ada.sessionId), old)
    expectProblem(await here.askApp(ada), 401, 'session-ended')
  })
})

describe('KEY-04: while the secret is rotated', () => {
  it('copies of both secrets are honoured with one verification, and new ones have the newer', async () => {
    const here = createPlace({ AUTH_SECRET: `${OTHER_SECRET},${env.AUTH_SECRET}` })
    const ada = await signedInPerson({ mode: 'session' })
    await here.askApp(ada)
    const verify = vi.spyOn(crypto.subtle, 'verify')
    onTestFinished(() => verify.mockRestore())
    here.db.calls.length = 0
    expect((await here.askApp(ada)).status).toBe(200)
    expect([here.db.calls, verify.mock.calls.length]).toEqual([[], 1])

    const eve = await signedInPerson({ mode: 'session', service: here })
    const alone = createPlace({ AUTH_SECRET: OTHER_SECRET })
    await alone.services.restores.lastAt()
    alone.db.calls.length = 0
    expect((await alone.askApp(eve)).status).toBe(200)
    expect(alone.db.calls).toEqual([])
    // And where the older is not listed any more, D1 answers.
    expect((await alone.askApp(ada)).status).toBe(200)
    expect(alone.log).toContainEqual({ event: 'session-copy-rejected', session_id: ada.sessionId })
  })
})
