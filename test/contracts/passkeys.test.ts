import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { createPasskey } from '../support/authenticator'
import { mailingService } from '../support/mail'
import { addPasskey, registerPasskey, signInWithPasskey } from '../support/passkeys'
import { clientOf, expectProblem, type SignedIn, send, signedInPerson } from '../support/person'
import { ownService } from '../support/service'
import { stopTime } from '../support/stop-time'

const service = mailingService()

function eventsOf(userId: string) {
  return env.DB.prepare(
    "SELECT event, outcome, session_id FROM audit_events WHERE subject_id = ?1 AND event LIKE 'passkey%' ORDER BY seq",
  )
    .bind(userId)
    .all()
    .then(({ results }) => results)
}

describe.each(['session', 'token'] as const)('the passkeys of an account, in %s mode', (mode) => {
  it('WAN-07: are added, listed, renamed and removed, and the owner hears of it', async () => {
    const ada = await signedInPerson({ mode, service })
    const { id, soft } = await addPasskey(ada)
    const listed = await ada.get('/passkeys')
    expect(listed.body.passkeys).toEqual([
      {
        id,
        credential_id: soft.id,
        name: 'auth.example.com',
        synced: true,
        created_at: expect.any(String),
        last_used_at: null,
      },
    ])
    const renamed = await ada.post(`/passkeys/${id}/rename`, { name: ' Phone ' })
    expect(renamed.body.passkey).toMatchObject({ id, name: 'Phone' })
    expect((await ada.post(`/passkeys/${id}/remove`)).status).toBe(204)
    expect((await ada.get('/passkeys')).body.passkeys).toEqual([])
    const { sessionId: session_id } = ada
    expect(await eventsOf(ada.userId)).toEqual([
      { event: 'passkey-added', outcome: 'success', session_id },
      { event: 'passkey-removed', outcome: 'success', session_id },
    ])
    const subjects = service.mailTo(ada.email).map(({ subject }) => subject)
    expect(subjects.filter((subject) => /passkey/.test(subject))).toHaveLength(2)
  })

  it('offers what it accepts, and names what the account has, so that no passkey replaces another', async () => {
    const ada = await signedInPerson({ mode, service })
    const { soft } = await addPasskey(ada)
    const { body } = await ada.post('/passkeys/options')
    expect(body).toMatchObject({
      rp: { id: 'auth.example.com', name: 'auth.example.com' },
      user: { id: soft.userHandle, name: ada.email, displayName: ada.email },
      pubKeyCredParams: [{ alg: -8 }, { alg: -7 }, { alg: -257 }],
      excludeCredentials: [{ type: 'public-key', id: soft.id, transports: ['internal', 'hybrid'] }],
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      attestation: 'none',
    })
  })

  it('WAN-05: one handle for each account, random, with nothing of its owner in it', async () => {
    const [ada, bob] = [await signedInPerson({ mode, service }), await signedInPerson({ mode, service })]
    const handles = await Promise.all(
      [ada, ada, bob].map(async (person) => (await person.post('/passkeys/options')).body.user.id),
    )
    expect(handles[0]).toBe(handles[1])
    expect(handles[0]).not.toBe(handles[2])
    for (const handle of handles) expect(handle).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(handles[0]).not.toContain(ada.userId)
  })

  it('WAN-05: a credential id of one account is no other’s', async () => {
    const [ada, bob] = [await signedInPerson({ mode, service }), await signedInPerson({ mode, service })]
    const credentialId = crypto.getRandomValues(new Uint8Array(32))
    await addPasskey(ada, { credentialId })
    for (const person of [bob, ada]) {
      const answer = await person.post('/passkeys', {
        credential: await registerPasskey(person, { credentialId }),
      })
      expectProblem(answer, 400, 'passkey-refused')
    }
    expect((await bob.get('/passkeys')).body.passkeys).toEqual([])
  })

  it('WAN-01: a challenge works once, in the session that asked, for five minutes, and is none of the client’s', async () => {
    stopTime()
    const ahead = ownService()
    const ada = await signedInPerson({ mode, service: ahead })
    const other = await ada.signIn()
    const credential = await registerPasskey(ada)
    expectProblem(await other.post('/passkeys', { credential }), 400, 'passkey-refused')
    ahead.ahead = 300
    expectProblem(await ada.post('/passkeys', { credential }), 400, 'passkey-refused')
    ahead.ahead = 299
    const twenty = await Promise.all(Array.from({ length: 20 }, () => ada.post('/passkeys', { credential })))
    expect(twenty.filter(({ status }) => status === 201)).toHaveLength(1)
    for (const answer of twenty) if (answer.status !== 201) expectProblem(answer, 400, 'passkey-refused')
    expect((await ada.get('/passkeys')).body.passkeys).toHaveLength(1)

    const { body } = await ada.post('/passkeys/options')
    const own = { origin: 'https://auth.example.com', rpId: 'auth.example.com', userHandle: body.user.id }
    const changed = `${body.challenge.slice(0, -1)}${body.challenge.endsWith('A') ? 'B' : 'A'}`
    for (const challenge of ['A'.repeat(70), '', changed, `${body.challenge}A`]) {
      const made = await createPasskey({ challenge, ...own })
      expectProblem(await ada.post('/passkeys', { credential: made.credential }), 400, 'passkey-refused')
    }
  })

  it('WAN-02, WAN-03: a response that is bent in any way adds nothing', async () => {
    const ada = await signedInPerson({ mode, service })
    const bent = [
      { clientData: { origin: 'https://example.com' } },
      { clientData: { type: 'webauthn.get' } },
      { clientData: { crossOrigin: true } },
      { rpId: 'example.com' },
      { flags: 0x44 },
      { flags: 0x41 },
      { flags: 0x55 },
      { attestationObject: () => 'not a map' },
    ]
    for (const each of bent) {
      const credential = await registerPasskey(ada, each)
      expectProblem(await ada.post('/passkeys', { credential }), 400, 'passkey-refused')
    }
    for (const credential of [null, 'x', {}, { id: 'x' }, { id: 'x', response: {} }]) {
      expectProblem(await ada.post('/passkeys', { credential }), 422, 'invalid-input')
    }
    expect((await ada.get('/passkeys')).body.passkeys).toEqual([])
  })

  it('WAN-07: adding and removing need a sign-in of the last ten minutes', async () => {
    const later = ownService()
    const ada = await signedInPerson({ mode, service: later })
    const { id } = await addPasskey(ada)
    const credential = await registerPasskey(ada)
    later.ahead = 601
    const refused = [
      await ada.post('/passkeys/options'),
      await ada.post('/passkeys', { credential }),
      await ada.post(`/passkeys/${id}/remove`),
    ]
    for (const answer of refused) {
      expectProblem(answer, 401, 'insufficient-user-authentication')
      expect(answer.headers.get('WWW-Authenticate')).toBe(
        'Bearer error="insufficient_user_authentication", max_age="600"',
      )
    }
    expect((await ada.get('/passkeys')).body.passkeys).toHaveLength(1)
    const again = await ada.signIn()
    expect((await again.post(`/passkeys/${id}/remove`)).status).toBe(204)
  })

  it('WAN-07: the last way in stays', async () => {
    const mailless = ownService()
    const ada = await signedInPerson({ mode, service: mailless })
    const [first, second] = [await addPasskey(ada), await addPasskey(ada)]
    await env.DB.prepare('UPDATE users SET password_hash = NULL WHERE id = ?1').bind(ada.userId).run()
    expect((await ada.post(`/passkeys/${first.id}/remove`)).status).toBe(204)
    expectProblem(await ada.post(`/passkeys/${second.id}/remove`), 409, 'last-way-in')
    expect((await ada.get('/passkeys')).body.passkeys).toHaveLength(1)
    // Where mail is sent, a link opens the account.
    const headers = { ...ada.headers }
    const removed = await send(service, 'POST', `/passkeys/${second.id}/remove`, { headers, body: {} })
    expect(removed.status).toBe(204)
  })

  it('STP-02: whoever removed their last passkey keeps the level of their session, with its age, until they prove themselves by what is left', async () => {
    const later = ownService()
    const ada = await signedInPerson({ mode, service: later })
    const { id, soft } = await addPasskey(ada)
    const own = clientOf(later, mode, await signInWithPasskey(later, soft, { mode }))
    // A password is no proof of two factors while the passkey is there.
    const password = { password: ada.password }
    expectProblem(await own.post('/reauthenticate', password), 422, 'invalid-input')
    expect((await own.post(`/passkeys/${id}/remove`)).status).toBe(204)
    const { authenticated_at } = (await own.get('/me')).body.session
    const level = async (client: SignedIn) => {
      const { acr, amr, authenticated_at: at } = (await client.get('/me')).body.session
      return { acr, amr, isOld: at === authenticated_at }
    }
    expect(await level(own)).toEqual({ acr: 'urn:janus:2fa', amr: ['swk', 'user', 'mfa'], isOld: true })
    later.ahead = 601
    expectProblem(await own.post('/passkeys/options'), 401, 'insufficient-user-authentication')
    const proven = clientOf(later, mode, await own.post('/reauthenticate', password))
    expect(await level(proven)).toEqual({ acr: 'urn:janus:1fa', amr: ['pwd'], isOld: false })
    expect((await proven.post('/passkeys/options')).status).toBe(200)
  })

  it('STP-02: a new password ends the level of a passkey that is gone, and not of one that is there', async () => {
    for (const remains of [true, false]) {
      const ada = await signedInPerson({ mode, service })
      const { id, soft } = await addPasskey(ada)
      const own = clientOf(service, mode, await signInWithPasskey(service, soft, { mode }))
      if (!remains) expect((await own.post(`/passkeys/${id}/remove`)).status).toBe(204)
      const passwords = { current_password: ada.password, new_password: 'another horse battery' }
      const changed = await own.post('/password', passwords)
      expect(changed.status, changed.text).toBe(200)
      const { acr } = (await clientOf(service, mode, changed).get('/me')).body.session
      expect({ remains, acr }).toEqual({ remains, acr: remains ? 'urn:janus:2fa' : 'urn:janus:1fa' })
    }
  })

  it('another account’s passkey is as unknown as none', async () => {
    const [ada, bob] = [await signedInPerson({ mode, service }), await signedInPerson({ mode, service })]
    const { id } = await addPasskey(ada)
    for (const target of [id, 'A'.repeat(22)]) {
      expectProblem(await bob.post(`/passkeys/${target}/remove`), 404, 'not-found')
      expectProblem(await bob.post(`/passkeys/${target}/rename`, { name: 'Mine' }), 404, 'not-found')
    }
    expect((await ada.get('/passkeys')).body.passkeys).toMatchObject([{ id, name: 'auth.example.com' }])
  })

  it('an account has twenty at most, whatever happens at once', async () => {
    const ada = await signedInPerson({ mode, service })
    for (let count = 0; count < 19; count++) await addPasskey(ada)
    const credentials = await Promise.all([1, 2, 3].map(() => registerPasskey(ada)))
    const answers = await Promise.all(credentials.map((credential) => ada.post('/passkeys', { credential })))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 400, 400])
    expect((await ada.get('/passkeys')).body.passkeys).toHaveLength(20)
  })

  it('they go with the account, and with what a stranger set up before its address was proven', async () => {
    const ada = await signedInPerson({ mode, service })
    await addPasskey(ada)
    const count = () =>
      env.DB.prepare('SELECT count(*) AS n FROM passkeys WHERE user_id = ?1').bind(ada.userId).first('n')
    expect(await count()).toBe(1)
    await env.DB.prepare('UPDATE users SET email_verified_at = 1, password_hash = NULL WHERE id = ?1')
      .bind(ada.userId)
      .run()
    expect(await count()).toBe(0)
  })

  it('PASSKEY_RP_ID=none: there are none', async () => {
    const ada = await signedInPerson({ mode, service: ownService({ PASSKEY_RP_ID: 'none' }) })
    expectProblem(await ada.get('/passkeys'), 404, 'not-found')
    expectProblem(await ada.post('/passkeys/options'), 404, 'not-found')
  })
})
