import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { createKeyring } from '../../src/crypto/keyring'
import { DEVICE_LIFETIME_SECONDS } from '../../src/devices/device'
import { createDeviceCredentials, MOST_DEVICES } from '../../src/devices/device-credentials'
import type { Mode } from '../../src/sessions/mode'
import { faultyD1 } from '../support/faulty-d1'
import {
  countHashes,
  expectThrottled,
  fail,
  failed,
  failuresAgainst,
  failuresOf,
  logIn,
  stoppedService,
  WRONG,
} from '../support/guessing'
import {
  type Answer,
  deviceOf,
  expectProblem,
  newEmail,
  PASSWORD,
  type Person,
  send,
  signedInPerson,
} from '../support/person'
import { type OwnService, ownService } from '../support/service'

const NEW_PASSWORD = 'seven quiet minutes at sea'

/** Says how a client has its device credential, and how it sends it along. */
const CARRIERS = {
  session: { sign: { mode: 'session' }, given: (answer: Answer) => answer.cookies['__Host-device'] },
  token: { sign: { mode: 'token' }, given: (answer: Answer) => answer.body.device_token },
  'token, refresh token in a cookie': {
    sign: { mode: 'token', refresh_in: 'cookie' },
    given: (answer: Answer) => answer.cookies['__Host-device'],
  },
} as const satisfies Record<string, { sign: object; given: (answer: Answer) => string | undefined }>

type Carrier = keyof typeof CARRIERS

/** Signs in as a client that keeps this credential. */
function signIn(
  service: OwnService,
  carrier: Carrier,
  { email, device, password = PASSWORD }: { email: string; device: string; password?: string },
): Promise<Answer> {
  const { sign } = CARRIERS[carrier]
  const inBody = carrier === 'token' ? { device_token: device } : {}
  const headers: Record<string, string> = carrier === 'token' ? {} : { Cookie: `__Host-device=${device}` }
  return send(service, 'POST', '/login', { body: { email, password, ...sign, ...inBody }, headers })
}

/** Returns a person, and the credential of the device on which they have registered. */
async function personOnDevice(service: OwnService, carrier: Carrier) {
  const { sign, given } = CARRIERS[carrier]
  const email = newEmail()
  const answer = await send(service, 'POST', '/register', { body: { email, password: PASSWORD, ...sign } })
  expect(answer.status, answer.text).toBe(201)
  const device = given(answer) ?? ''
  expect(device).toMatch(/^[\w-]{22}\.[\w-]{43}$/)
  return { email, device, userId: answer.body.user.id as string, idOf: device.slice(0, 22) }
}

async function devicesOf(userId: string): Promise<readonly string[]> {
  const found = await env.DB.prepare('SELECT id FROM devices WHERE user_id = ?1')
    .bind(userId)
    .all<{ id: string }>()
  return found.results.map(({ id }) => id)
}

describe.each(Object.keys(CARRIERS) as Carrier[])('RL-05: an owner under attack, %s', (carrier) => {
  it('signs in on a known device after eleven failures of strangers, and on no other', async () => {
    const service = stoppedService()
    const ada = await personOnDevice(service, carrier)
    await fail(service, ada.email, 11, 'session')
    const signedIn = await signIn(service, carrier, ada)
    expect(signedIn.status, signedIn.text).toBe(200)
    expectThrottled(await logIn(service, ada.email, PASSWORD, 'session'))
    expect(await failuresOf(service, ada.email)).toBe(11)
    expect(await devicesOf(ada.userId)).toEqual([ada.idOf])
  })

  it('signs in on a known device after a hundred failures of strangers, however fast they go on', async () => {
    const service = stoppedService()
    const ada = await personOnDevice(service, carrier)
    await failed(service, ada.email, 100)
    for (let times = 0; times < 7; times++) {
      expect((await signIn(service, carrier, ada)).status).toBe(200)
      expectThrottled(await logIn(service, ada.email, WRONG, 'token'))
    }
  })

  it('is given the same device at each sign-in, in the place where its mode keeps credentials', async () => {
    const service = stoppedService()
    const ada = await personOnDevice(service, carrier)
    const answer = await signIn(service, carrier, ada)
    expect(CARRIERS[carrier].given(answer)).toBe(ada.device)
    const inCookie = carrier !== 'token'
    expect('device_token' in answer.body).toBe(!inCookie)
    const [cookie] = answer.headers.getSetCookie().filter((each) => each.startsWith('__Host-device='))
    if (!inCookie) return expect(cookie).toBeUndefined()
    expect(cookie).toBe(
      `__Host-device=${ada.device}; Max-Age=34560000; Path=/; HttpOnly; Secure; SameSite=Strict`,
    )
  })

  it('has on a device the free attempts, the delays and the maximum that strangers have', async () => {
    const service = stoppedService({ MAX_ATTEMPTS: '20', MAX_ATTEMPT_DELAY_SECONDS: '4' })
    const ada = await personOnDevice(service, carrier)
    const waits = []
    let hashed = 0
    const hashes = countHashes()
    const guess = () => signIn(service, carrier, { ...ada, password: WRONG })
    while (hashed < 20) {
      const answer = await guess()
      if (answer.status === 429) {
        waits.push(expectThrottled(answer))
        service.ahead += waits.at(-1) ?? 0
      } else {
        expectProblem(answer, 401, 'invalid-credentials')
        hashed += 1
      }
      expect(hashes()).toBe(hashed)
    }
    expect(waits).toEqual([1, 2, ...Array(13).fill(4)])
    // It is no device any more. What strangers have is untouched, and it shares that.
    expect(await devicesOf(ada.userId)).toEqual([])
    expect(await failuresOf(service, ada.email)).toBe(0)
    expectProblem(await guess(), 401, 'invalid-credentials')
    expect(await failuresOf(service, ada.email)).toBe(1)
    const events = await env.DB.prepare(
      "SELECT outcome, reason FROM audit_events WHERE subject_id = ?1 AND event = 'device-forgotten'",
    )
      .bind(ada.userId)
      .all()
    expect(events.results).toEqual([{ outcome: 'success', reason: 'too-many-attempts' }])
  })

  it('RL-02: of 400 guesses at once with a stolen credential five are hashed, and strangers lose nothing', async () => {
    const service = stoppedService()
    const ada = await personOnDevice(service, carrier)
    const hashes = countHashes()
    const answers = await Promise.all(
      Array.from({ length: 400 }, () => signIn(service, carrier, { ...ada, password: WRONG })),
    )
    expect(hashes()).toBe(5)
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5)
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(395)
    expect(await failuresAgainst(service.services, ada.idOf)).toBe(5)
    expect(await failuresOf(service, ada.email)).toBe(0)
    expect((await logIn(service, ada.email, PASSWORD, 'session')).status).toBe(200)
  })

  it('clears what failed on the device by a success there', async () => {
    const service = stoppedService()
    const ada = await personOnDevice(service, carrier)
    for (let times = 0; times < 4; times++) await signIn(service, carrier, { ...ada, password: WRONG })
    expect((await signIn(service, carrier, ada)).status).toBe(200)
    expect(await failuresAgainst(service.services, ada.idOf)).toBe(0)
  })

  it('counts a credential as none that is of another account, forgotten, forged, malformed, or sent twice', async () => {
    const service = stoppedService()
    const ada = await personOnDevice(service, carrier)
    const eve = await personOnDevice(service, carrier)
    const bob = await personOnDevice(service, carrier)
    await env.DB.prepare('DELETE FROM devices WHERE user_id = ?1').bind(bob.userId).run()
    await failed(service, ada.email, 6)
    await failed(service, bob.email, 6)
    const [id = '', mac = ''] = ada.device.split('.')
    const keyring = createKeyring([env.AUTH_SECRET])
    const elsewhere = createDeviceCredentials({ keyring, issuer: 'https://auth.example.org' })
    const bad: Record<string, { email?: string; device: string }> = {
      'of another account': { device: eve.device },
      forgotten: { email: bob.email, device: bob.device },
      'without its MAC': { device: id },
      'with the MAC of another': { device: `${id}.${eve.device.split('.')[1]}` },
      'with one character changed': { device: `${id}.${mac[0] === 'A' ? 'B' : 'A'}${mac.slice(1)}` },
      'with its id changed': { device: `${id[0] === 'A' ? 'B' : 'A'}${id.slice(1)}.${mac}` },
      'of another issuer with the same secret': { device: await elsewhere.issue([id]) },
      'with more after it': { device: `${ada.device}A` },
      'behind too many': { device: [...Array(MOST_DEVICES).fill(eve.device), ada.device].join('~') },
      // Where the credential is a cookie: one of two was planted.
      'the first of two': { device: `${ada.device}; __Host-device=${eve.device}` },
      'the second of two': { device: `${eve.device}; __Host-device=${ada.device}` },
      empty: { device: '' },
      'not a credential': { device: '../../etc/passwd' },
    }
    const hashes = countHashes()
    for (const [what, { email = ada.email, device }] of Object.entries(bad)) {
      expect(expectThrottled(await signIn(service, carrier, { email, device })), what).toBeLessThanOrEqual(2)
    }
    expect(hashes()).toBe(0)
    expect((await signIn(service, carrier, { ...ada, device: `${eve.device}~${ada.device}` })).status).toBe(
      200,
    )
  })

  it('keeps the devices of the people who share a browser, the newest first, and no more than a few', async () => {
    const service = stoppedService()
    const people = []
    let device = ''
    for (let nth = 0; nth <= MOST_DEVICES; nth++) {
      const person = await personOnDevice(service, carrier)
      const answer = await signIn(service, carrier, {
        email: person.email,
        device: `${person.device}~${device}`,
      })
      device = CARRIERS[carrier].given(answer) ?? ''
      people.unshift(person)
    }
    expect(device.split('~')).toEqual(people.slice(0, MOST_DEVICES).map((each) => each.device))
    for (const [nth, { email }] of people.entries()) {
      await failed(service, email, 6)
      const answer = await signIn(service, carrier, { email, device })
      expect(answer.status).toBe(nth < MOST_DEVICES ? 200 : 429)
    }
  })
})

describe.each(['session', 'token'] as const)('RL-05: a session under attack, in %s mode', (mode) => {
  it('changes the password, asks for another address and deletes the account after a hundred failures of strangers', async () => {
    const service = stoppedService({ MAILER: 'cloudflare', MAIL_FROM: 'janus@example.com' })
    const people = await Promise.all([1, 2, 3].map(() => signedInPerson({ mode, service })))
    const [ada, bob, eve] = people as [Person, Person, Person]
    for (const { email } of people) await failed(service, email, 100)
    const change = { current_password: PASSWORD, new_password: NEW_PASSWORD }
    expect((await ada.post('/password', change)).status).toBe(200)
    expect((await bob.post('/email/change', { email: newEmail(), password: PASSWORD })).status).toBe(202)
    expect((await eve.post('/me/delete', { password: PASSWORD })).status).toBe(204)
    expect(await failuresOf(service, ada.email)).toBe(100)
  })

  it('a session that is over has no budget: its credential is that of a stranger', async () => {
    const service = stoppedService()
    const ada = await signedInPerson({ mode, service })
    await ada.post('/logout')
    const change = { current_password: WRONG, new_password: NEW_PASSWORD }
    expectProblem(await ada.post('/password', change), 401, 'session-ended')
    expect(await failuresAgainst(service.services, ada.sessionId)).toBe(0)
  })
})

describe.each(['session', 'token'] as const)('what ends a device, in %s mode', (mode: Mode) => {
  async function stolen(service: OwnService) {
    const ada = await personOnDevice(service, mode)
    const other = await signIn(service, mode, { email: ada.email, device: '' })
    return { ada, other }
  }

  it('RL-05: a changed password ends every other, and gives the one where it was changed', async () => {
    const service = stoppedService()
    const { ada, other } = await stolen(service)
    const headers: Record<string, string> =
      mode === 'session'
        ? { Cookie: `__Host-session=${other.cookies['__Host-session']}` }
        : { Authorization: `Bearer ${other.body.access_token}` }
    const body = { current_password: PASSWORD, new_password: NEW_PASSWORD }
    const changed = await send(service, 'POST', '/password', { headers, body })
    expect(changed.status, changed.text).toBe(200)
    const device = CARRIERS[mode].given(changed) ?? ''
    await failed(service, ada.email, 6)
    const right = { email: ada.email, password: NEW_PASSWORD }
    expectThrottled(await signIn(service, mode, { ...right, device: ada.device }))
    expectThrottled(await signIn(service, mode, { ...right, device: CARRIERS[mode].given(other) ?? '' }))
    expect((await signIn(service, mode, { ...right, device })).status).toBe(200)
    expect(await devicesOf(ada.userId)).toEqual([device.slice(0, 22)])
  })

  it('a password that another took the place of meanwhile ends none', async () => {
    const db = faultyD1(env.DB)
    const ada = await signedInPerson({ mode, service: ownService({ DB: db }) })
    await ada.signIn()
    const held = db.hold(/UPDATE users SET password_hash/)
    const answer = ada.post('/password', { current_password: PASSWORD, new_password: NEW_PASSWORD })
    await held.reached
    await env.DB.prepare("UPDATE users SET password_hash = '$other' WHERE id = ?1").bind(ada.userId).run()
    held.release()
    expectProblem(await answer, 401, 'invalid-credentials')
    expect(await devicesOf(ada.userId)).toHaveLength(2)
  })

  it('signing out here or everywhere ends none', async () => {
    const service = stoppedService()
    const ada = await signedInPerson({ mode, service })
    await ada.post('/logout/all')
    expect(await devicesOf(ada.userId)).toHaveLength(1)
  })

  it('its owner forgets it, and nobody else: to others it is unknown', async () => {
    const [ada, eve] = [await signedInPerson({ mode }), await signedInPerson({ mode })]
    const id = deviceOf(ada).slice(0, 22)
    expectProblem(await eve.delete(`/devices/${id}`), 404, 'not-found')
    expectProblem(await eve.post(`/devices/${id}/forget`), 404, 'not-found')
    expect((await ada.get('/devices')).body.devices).toMatchObject([{ id }])
    expect((await ada.delete(`/devices/${id}`)).status).toBe(204)
    expect((await ada.get('/devices')).body.devices).toEqual([])
  })

  it('is not listed once it has not been used for 400 days, before the sweep forgets it', async () => {
    const ada = await signedInPerson({ mode })
    const age = 'UPDATE devices SET last_seen_at = last_seen_at - ?2 WHERE user_id = ?1'
    await env.DB.prepare(age).bind(ada.userId, DEVICE_LIFETIME_SECONDS).run()
    expect((await ada.get('/devices')).body.devices).toEqual([])
    expect(await devicesOf(ada.userId)).toHaveLength(1)
  })

  it('deleting the account ends them', async () => {
    const service = stoppedService()
    const ada = await signedInPerson({ mode, service })
    expect((await ada.post('/me/delete', { password: PASSWORD })).status).toBe(204)
    expect(await devicesOf(ada.userId)).toEqual([])
  })

  it('an account has twenty at most: the one that was used least recently goes', async () => {
    const service = stoppedService()
    const ada = await personOnDevice(service, mode)
    for (let nth = 0; nth < 19; nth++) {
      service.ahead += 10
      await signIn(service, mode, { email: ada.email, device: '' })
    }
    service.ahead += 10
    await signIn(service, mode, ada)
    const before = await devicesOf(ada.userId)
    expect(before).toHaveLength(20)
    service.ahead += 10
    const answer = await signIn(service, mode, { email: ada.email, device: '' })
    const after = await devicesOf(ada.userId)
    expect(after).toHaveLength(20)
    expect(after).toContain(ada.idOf)
    expect(after).toContain(CARRIERS[mode].given(answer)?.slice(0, 22))
  })

  it('a device that nobody has used for 400 days is none', async () => {
    const service = stoppedService()
    const ada = await personOnDevice(service, mode)
    service.ahead = 400 * 24 * 3600
    await failed(service, ada.email, 6)
    expectThrottled(await signIn(service, mode, ada))
  })
})

describe('RL-05: a device outlives a rotation of AUTH_SECRET', () => {
  it('as long as the secret it was made with is listed, and is renewed by a sign-in', async () => {
    const secrets = ['q0Zs8mJ5bT1yKcR4vWnE7uXhLpD2gFaN9iOtMwYkB6s', env.AUTH_SECRET]
    const old = stoppedService()
    const ada = await personOnDevice(old, 'session')
    const both = stoppedService({ AUTH_SECRET: secrets.join(',') })
    await failed(both, ada.email, 6)
    const answer = await signIn(both, 'session', ada)
    expect(answer.status).toBe(200)
    const renewed = answer.cookies['__Host-device'] ?? ''
    expect(renewed.slice(0, 22)).toBe(ada.idOf)
    expect(renewed).not.toBe(ada.device)
    const rotated = stoppedService({ AUTH_SECRET: secrets[0] })
    // Passwords are peppered: this one moved with the sign-in.
    await failed(rotated, ada.email, 6)
    expectThrottled(await signIn(rotated, 'session', ada))
    expect((await signIn(rotated, 'session', { ...ada, device: renewed })).status).toBe(200)
  })
})
