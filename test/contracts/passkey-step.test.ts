import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { countingService } from '../support/counting'
import { mailingService } from '../support/mail'
import { addPasskey, answerStep, stepByPasskey } from '../support/passkeys'
import { clientOf, expectProblem, type Person, send, signedInPerson } from '../support/person'
import { firstStep, secondStep, setUpTotp, wrongCode } from '../support/second-factor'
import type { Service } from '../support/service'
import { stopTime } from '../support/stop-time'

const service = mailingService()

/** Returns somebody with an app and a passkey. */
async function personWithBoth(mode: Person['mode'], at: Service = service) {
  const ada = await signedInPerson({ mode, service: at })
  await env.DB.prepare('UPDATE users SET email_verified_at = 1 WHERE id = ?1').bind(ada.userId).run()
  const { person, session } = await setUpTotp(ada)
  return { person, session, soft: (await addPasskey(session)).soft }
}

async function openSessions({ userId }: Person): Promise<readonly string[]> {
  const open = env.DB.prepare('SELECT id FROM sessions WHERE user_id = ?1 AND ended_at IS NULL')
  return (await open.bind(userId).all<{ id: string }>()).results.map(({ id }) => id)
}

describe.each(['session', 'token'] as const)('a passkey as second step, in %s mode', (mode) => {
  it('LOG-04, MFA-08: completes a sign-in, and says what was proven', async () => {
    const { person, session, soft } = await personWithBoth(mode)
    const pending = await firstStep(person)
    expect(pending.answer.body.next).toEqual(['totp', 'recovery-code', 'passkey'])
    const { options } = await answerStep(service, pending, soft)
    expect(options.allowCredentials).toMatchObject([{ type: 'public-key', id: soft.id }])
    expect(await openSessions(person)).toEqual([session.sessionId])
    const whole = await stepByPasskey(service, pending, soft)
    expect(whole.status, whole.text).toBe(200)
    expect(whole.body.session).toMatchObject({ acr: 'urn:janus:2fa', amr: ['pwd', 'swk', 'user', 'mfa'] })
    const client = clientOf(service, mode, whole)
    expect((await client.get('/me')).body.user.id).toBe(person.userId)
    if (mode === 'session') expect(whole.cookies['__Host-pending-sign-in']).toBe('')
    const event = env.DB.prepare(
      "SELECT reason FROM audit_events WHERE session_id = ?1 AND event = 'signed-in'",
    )
    expect(await event.bind(client.sessionId).first('reason')).toBe('passkey')
  })

  it('is offered only to an account that has one, and only where a second step is due', async () => {
    const ada = await signedInPerson({ mode, service })
    await env.DB.prepare('UPDATE users SET email_verified_at = 1 WHERE id = ?1').bind(ada.userId).run()
    const { person } = await setUpTotp(ada)
    const pending = await firstStep(person)
    expect(pending.answer.body.next).toEqual(['totp', 'recovery-code'])
    const asked = await send(service, 'POST', '/login/second-factor/passkey/options', pending)
    expectProblem(asked, 401, 'sign-in-expired')
  })

  it('MFA-03: of twenty parallel uses of one pending sign-in, with twenty challenges, exactly one succeeds', async () => {
    const { person, session, soft } = await personWithBoth(mode)
    const pending = await firstStep(person)
    const answers = await Promise.all(Array.from({ length: 9 }, () => answerStep(service, pending, soft)))
    const twenty = Array.from({ length: 20 }, (_, index) => answers[index % answers.length])
    const steps = await Promise.all(
      twenty.map((answer) =>
        send(service, 'POST', '/login/second-factor/passkey', {
          headers: pending.headers,
          body: { ...pending.body, credential: answer?.credential },
        }),
      ),
    )
    expect(steps.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(await openSessions(person)).toHaveLength(2)
    expect(await openSessions(person)).toContain(session.sessionId)
  })

  it('WAN-01: a challenge is of one pending sign-in and one ceremony, and works once', async () => {
    const { person, session, soft } = await personWithBoth(mode)
    const [first, second] = [await firstStep(person), await firstStep(person)]
    const { credential } = await answerStep(service, first, soft)
    const use = (pending: typeof first) =>
      send(service, 'POST', '/login/second-factor/passkey', {
        headers: pending.headers,
        body: { ...pending.body, credential },
      })
    expectProblem(await use(second), 400, 'passkey-refused')
    const { body } = await session.post('/reauthenticate/passkey/options')
    const bent = { clientData: { challenge: body.challenge } }
    expectProblem(await stepByPasskey(service, second, soft, bent), 400, 'passkey-refused')
    expect((await use(first)).status).toBe(200)
    expectProblem(await use(first), 401, 'sign-in-expired')
  })

  it.each([
    ['nobody verified', { flags: 0x19 }],
    ['another origin', { clientData: { origin: 'https://example.com' } }],
    ['no signature', { signature: () => new Uint8Array() }],
  ])('WAN-03, WAN-05: not with %s', async (_, bent) => {
    const { person, session, soft } = await personWithBoth(mode)
    expectProblem(await stepByPasskey(service, await firstStep(person), soft, bent), 400, 'passkey-refused')
    expect(await openSessions(person)).toEqual([session.sessionId])
  })

  it('a passkey of another account completes nothing', async () => {
    const { person, session } = await personWithBoth(mode)
    const { soft: foreign } = await personWithBoth(mode)
    expectProblem(await stepByPasskey(service, await firstStep(person), foreign), 400, 'passkey-unknown')
    expect(await openSessions(person)).toEqual([session.sessionId])
  })

  it('MFA-04: is not kept waiting by whoever guesses at codes', async () => {
    stopTime()
    const own = mailingService({ FREE_ATTEMPTS: '3', MAX_ATTEMPT_DELAY_SECONDS: '900' })
    const { person, soft } = await personWithBoth(mode, own)
    const guess = async () => secondStep(person, await firstStep(person), { code: await wrongCode(person) })
    for (let each = 0; each < 3; each++) expectProblem(await guess(), 401, 'invalid-second-factor')
    expectProblem(await guess(), 429, 'too-many-attempts')
    const whole = await stepByPasskey(own, await firstStep(person), soft)
    expect(whole.status, whole.text).toBe(200)
  })

  it.each([
    ['the account was disabled', 'UPDATE users SET disabled_at = 1 WHERE id = ?1'],
    ['the password was changed', "UPDATE users SET password_hash = '$other' WHERE id = ?1"],
  ])('completes nothing once %s', async (_, change) => {
    const { person, soft } = await personWithBoth(mode)
    const pending = await firstStep(person)
    const { credential } = await answerStep(service, pending, soft)
    await env.DB.prepare(change).bind(person.userId).run()
    const { headers, body } = pending
    const step = await send(service, 'POST', '/login/second-factor/passkey', {
      headers,
      body: { ...body, credential },
    })
    expectProblem(step, 401, 'sign-in-expired')
  })

  it('costs two round trips, as a sign-in with a passkey alone', async () => {
    const { service: counted, costsOf } = countingService()
    const { person, soft } = await personWithBoth(mode, counted)
    const pending = await firstStep(person)
    const { credential } = await answerStep(counted, pending, soft)
    const { headers, body } = pending
    const spent = await costsOf(() =>
      send(counted, 'POST', '/login/second-factor/passkey', { headers, body: { ...body, credential } }),
    )
    expect(spent).toMatchObject({ d1: 2, kvReads: 0, hashes: 0 })
  })
})
