import { env } from 'cloudflare:workers'
import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import { countingService } from '../support/counting'
import { addPasskey, answerChallenge, signInWithPasskey } from '../support/passkeys'
import { clientOf, expectProblem, send, signedInPerson } from '../support/person'
import { deployed, ownService } from '../support/service'
import { stopTime } from '../support/stop-time'

const UP_UV = 0x05

describe.each(['session', 'token'] as const)('signing in with a passkey, in %s mode', (mode) => {
  it('begins a session without an address, and says what was proven', async () => {
    const ada = await signedInPerson({ mode })
    const { id, soft } = await addPasskey(ada)
    const answer = await signInWithPasskey(deployed, soft, { mode })
    expect(answer.status, answer.text).toBe(200)
    expect(answer.body.user.id).toBe(ada.userId)
    const again = clientOf(deployed, mode, answer)
    expect((await again.get('/me')).body.session.id).toBe(again.sessionId)
    const methods = await env.DB.prepare('SELECT methods FROM sessions WHERE id = ?1')
      .bind(again.sessionId)
      .first<string>('methods')
    expect(JSON.parse(methods ?? '')).toEqual([{ method: 'synced-passkey', at: expect.any(Number) }])
    const [passkey] = (await again.get('/passkeys')).body.passkeys
    expect(passkey).toMatchObject({ id, last_used_at: expect.any(String) })
    const event = await env.DB.prepare(
      "SELECT outcome, reason, mode FROM audit_events WHERE session_id = ?1 AND event = 'signed-in'",
    )
      .bind(again.sessionId)
      .first()
    expect(event).toEqual({ outcome: 'success', reason: 'passkey', mode })
  })

  it.each([
    { kept: 'on several devices', flags: undefined, word: 'swk' },
    { kept: 'on one device', flags: UP_UV, word: 'hwk' },
  ])('MFA-08: a passkey that is kept $kept is both factors, and says so', async ({ flags, word }) => {
    const ada = await signedInPerson({ mode })
    const { soft } = await addPasskey(ada, flags === undefined ? {} : { flags: flags | 0x40 })
    const bent = flags === undefined ? {} : { flags }
    const answer = await signInWithPasskey(deployed, soft, { mode: 'token', bent })
    const claims = decodeJwt(answer.body.access_token)
    expect(claims).toMatchObject({ amr: [word, 'user', 'mfa'], acr: 'urn:janus:2fa' })
  })

  it('takes two round trips to D1, and asking for the options none', async () => {
    const { service, costsOf } = countingService()
    const ada = await signedInPerson({ mode, service })
    const { soft } = await addPasskey(ada)
    let answered: Awaited<ReturnType<typeof answerChallenge>> | undefined
    const asking = await costsOf(async () => {
      answered = await answerChallenge(service, soft)
    })
    expect(asking).toMatchObject({ d1: 0, kvReads: 0, kvWrites: 0 })
    const using = await costsOf(() =>
      send(service, 'POST', '/login/passkey', { body: { ...answered, mode } }),
    )
    const given = mode === 'session' ? { kvWrites: 1, signatures: 0 } : { kvWrites: 0, signatures: 1 }
    expect(using).toMatchObject({ d1: 2, kvReads: 0, hashes: 0, ...given })
  })

  it('ends the session whose credential came along', async () => {
    const ada = await signedInPerson({ mode: 'session' })
    const { soft } = await addPasskey(ada)
    const { credential, binding } = await answerChallenge(deployed, soft)
    const answer = await send(deployed, 'POST', '/login/passkey', {
      headers: ada.headers,
      body: { credential, binding, mode },
    })
    expect(answer.status).toBe(200)
    expectProblem(await ada.get('/sessions'), 401, 'session-ended')
  })

  it('WAN-01: a challenge works once, where it was asked for, for five minutes', async () => {
    stopTime()
    const service = ownService()
    const ada = await signedInPerson({ mode, service })
    const { soft } = await addPasskey(ada)
    const { credential, binding } = await answerChallenge(service, soft)
    const use = (body: object) => send(service, 'POST', '/login/passkey', { body: { mode, ...body } })
    const { binding: other } = await answerChallenge(service, soft)
    for (const body of [
      { credential, binding: '' },
      { credential, binding: other },
      { credential, binding: 'x' },
    ])
      expectProblem(await use(body), 400, 'passkey-refused')
    service.ahead = 300
    expectProblem(await use({ credential, binding }), 400, 'passkey-refused')
    service.ahead = 299
    const twenty = await Promise.all(Array.from({ length: 20 }, () => use({ credential, binding })))
    expect(twenty.filter(({ status }) => status === 200)).toHaveLength(1)
    for (const answer of twenty) if (answer.status !== 200) expectProblem(answer, 400, 'passkey-refused')
  })

  it('WAN-01: a challenge of one ceremony is worth nothing in the other', async () => {
    const ada = await signedInPerson({ mode })
    const { soft } = await addPasskey(ada)
    const { body } = await ada.post('/passkeys/options')
    const bent = { clientData: { challenge: body.challenge } }
    expectProblem(await signInWithPasskey(deployed, soft, { mode, bent }), 400, 'passkey-refused')
  })

  it.each([
    ['another origin', { clientData: { origin: 'https://example.com' } }],
    ['the type of a registration', { clientData: { type: 'webauthn.create' } }],
    ['a frame of another site', { clientData: { crossOrigin: true } }],
    ['another relying party', { rpId: 'example.com' }],
    ['nobody present', { flags: 0x1c }],
    ['nobody verified', { flags: 0x19 }],
    ['a backup that cannot be', { flags: 0x15 }],
    ['another handle', { userHandle: 'A'.repeat(43) }],
    ['no handle', { userHandle: null }],
    ['no signature', { signature: () => new Uint8Array() }],
  ])('WAN-02, WAN-03, WAN-05: not with %s', async (_, bent) => {
    const ada = await signedInPerson({ mode })
    const { soft } = await addPasskey(ada)
    const before = (await ada.get('/sessions')).body.sessions.length
    const answer = await signInWithPasskey(deployed, soft, { mode, bent })
    expectProblem(answer, 400, 'passkey-refused')
    expect(answer.cookies).toEqual({})
    expect((await ada.get('/sessions')).body.sessions).toHaveLength(before)
  })

  it('WAN-03: the counter of a passkey that stays on one device goes up, also when it is used twice at once', async () => {
    const ada = await signedInPerson({ mode })
    const { soft } = await addPasskey(ada, { flags: UP_UV | 0x40, signCount: 5 })
    const use = (signCount: number) =>
      signInWithPasskey(deployed, soft, { mode, bent: { flags: UP_UV, signCount } })
    for (const count of [5, 4]) expectProblem(await use(count), 400, 'passkey-refused')
    const both = await Promise.all([use(6), use(6)])
    expect(both.map(({ status }) => status).sort()).toEqual([200, 400])
    expect((await use(4_000_000_000)).status).toBe(200)
    // It does not count: that says nothing, and takes nothing back.
    expect((await use(0)).status).toBe(200)
    expectProblem(await use(7), 400, 'passkey-refused')
  })

  it('WAN-03: that of a passkey that is kept on several devices may be anything', async () => {
    const ada = await signedInPerson({ mode })
    const { soft } = await addPasskey(ada, { signCount: 5 })
    for (const signCount of [0, 3, 3, 9]) {
      expect((await signInWithPasskey(deployed, soft, { mode, bent: { signCount } })).status).toBe(200)
    }
  })

  it('WAN-07: a passkey that was removed opens nothing from then on', async () => {
    const ada = await signedInPerson({ mode })
    const { id, soft } = await addPasskey(ada)
    const { credential, binding } = await answerChallenge(deployed, soft)
    expect((await ada.post(`/passkeys/${id}/remove`)).status).toBe(204)
    const use = () => send(deployed, 'POST', '/login/passkey', { body: { credential, binding, mode } })
    expectProblem(await use(), 400, 'passkey-unknown')
  })

  it('nothing is looked for that is no id: PostgreSQL takes no text with a NUL', async () => {
    const ada = await signedInPerson({ mode })
    const { id, soft } = await addPasskey(ada)
    const { credential, binding } = await answerChallenge(deployed, soft)
    const body = { credential: { ...credential, id: 'a\0b' }, binding, mode }
    expectProblem(await send(deployed, 'POST', '/login/passkey', { body }), 422, 'invalid-input')
    expectProblem(await ada.post('/passkeys/%00/rename', { name: 'x' }), 404, 'not-found')
    expectProblem(await ada.post('/passkeys/%00/remove'), 404, 'not-found')
    expect((await ada.post(`/passkeys/${id}/remove`)).status).toBe(204)
  })

  it('LOG-04: not into an account that is disabled, or has not proven its address where that is asked', async () => {
    const ada = await signedInPerson({ mode })
    const { soft } = await addPasskey(ada)
    const strict = ownService({
      REGISTRATION: 'closed',
      EMAIL_VERIFICATION: 'required',
      MAILER: 'cloudflare',
      MAIL_FROM: 'a@example.com',
      MAIL: { send: async () => ({}) },
    })
    expectProblem(await signInWithPasskey(strict, soft, { mode }), 400, 'passkey-refused')
    await env.DB.prepare('UPDATE users SET disabled_at = 1 WHERE id = ?1').bind(ada.userId).run()
    expectProblem(await signInWithPasskey(deployed, soft, { mode }), 400, 'passkey-refused')
    await env.DB.prepare('UPDATE users SET disabled_at = NULL WHERE id = ?1').bind(ada.userId).run()
    expect((await signInWithPasskey(deployed, soft, { mode })).status).toBe(200)
  })

  it('WAN-06: the options say nothing of anybody', async () => {
    const ada = await signedInPerson({ mode })
    await addPasskey(ada)
    const { body } = await send(deployed, 'POST', '/login/passkey/options', { body: {} })
    expect(body.options).toEqual({
      challenge: expect.stringMatching(/^[A-Za-z0-9_-]{70}$/),
      rpId: 'auth.example.com',
      timeout: 300_000,
      allowCredentials: [],
      userVerification: 'required',
    })
    const asked = await send(deployed, 'POST', '/login/passkey/options', { body: { email: ada.email } })
    expectProblem(asked, 422, 'invalid-input')
  })

  it('PASSKEY_RP_ID=none: nobody signs in with one', async () => {
    const service = ownService({ PASSKEY_RP_ID: 'none' })
    expectProblem(await send(service, 'POST', '/login/passkey/options', { body: {} }), 404, 'not-found')
  })
})
