import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import {
  countHashes,
  expectThrottled,
  failuresAgainst,
  failuresOf,
  logIn,
  openSessions,
  stoppedService,
  WRONG,
} from '../support/guessing'
import { mailingService } from '../support/mail'
import {
  type Answer,
  expectProblem,
  newAddress,
  newEmail,
  PASSWORD,
  read,
  send,
  signedInPerson,
} from '../support/person'
import type { OwnService } from '../support/service'
import { stopTime } from '../support/stop-time'

const NEW_PASSWORD = 'seven quiet minutes at sea'

describe('RL-06: one budget for strangers', () => {
  /** Every way in which somebody unknown can try a password. */
  const paths = ['session', 'token', 'form'] as const

  function guess(service: OwnService, path: (typeof paths)[number], email: string, password: string) {
    if (path !== 'form') return logIn(service, email, password, path)
    const headers = { 'CF-Connecting-IP': newAddress() }
    const body = new URLSearchParams({ email, password })
    const request = new Request(`${service.issuer}/login`, { method: 'POST', headers, body })
    return service.fetch(request).then(read)
  }

  it('five guesses over every path use it up on every path', async () => {
    const service = stoppedService()
    const ada = await signedInPerson({ mode: 'session', service })
    for (const path of [...paths, ...paths].slice(0, 5)) {
      expectProblem(await guess(service, path, ada.email, WRONG), 401, 'invalid-credentials')
    }
    const hashes = countHashes()
    for (const path of paths) {
      for (const password of [WRONG, PASSWORD]) {
        expect(expectThrottled(await guess(service, path, ada.email, password)), path).toBe(1)
      }
    }
    expect(hashes()).toBe(0)
    expect(await failuresOf(service, ada.email)).toBe(5)
    expect(await openSessions(ada.userId)).toBe(1)
  })

  it('INC-15: whatever the spelling of the address', async () => {
    const service = stoppedService()
    const local = `ada-${crypto.randomUUID().slice(0, 8)}`
    const spellings = [
      `${local}@xn--mller-kva.example`,
      `${local.toUpperCase()}@xn--mller-kva.example`,
      `${local}@MÜLLER.example`,
      `${local}@mu\u0308ller.example.`,
      `${local}@ｍüller。example`,
      `ａda-${local.slice(4)}@müller.example`,
    ]
    const body = { email: spellings[0], password: PASSWORD, mode: 'session' }
    expect((await send(service, 'POST', '/register', { body })).status).toBe(201)
    for (const email of spellings.slice(1)) {
      expectProblem(await logIn(service, email, WRONG, 'session'), 401, 'invalid-credentials')
    }
    const hashes = countHashes()
    for (const email of spellings) expectThrottled(await logIn(service, email, PASSWORD, 'session'))
    expect(hashes()).toBe(0)
  })
})

describe.each(['session', 'token'] as const)('RL-06, PW-08: one budget for a session, in %s mode', (mode) => {
  const paths = ['change of password', 'deletion', 'change of address'] as const

  async function guesser(service: OwnService) {
    const ada = await signedInPerson({ mode, service })
    const guess = (path: (typeof paths)[number], password: string): Promise<Answer> =>
      ({
        'change of password': () =>
          ada.post('/password', { current_password: password, new_password: NEW_PASSWORD }),
        deletion: () => ada.post('/me/delete', { password }),
        'change of address': () => ada.post('/email/change', { email: newEmail(), password }),
      })[path]()
    return { ada, guess }
  }

  it('five guesses over every path use it up on every path, and nowhere else', async () => {
    stopTime()
    const service = mailingService()
    const { ada, guess } = await guesser(service)
    const other = await ada.signIn()
    const before = await env.DB.prepare('SELECT * FROM users WHERE id = ?1').bind(ada.userId).first()
    for (const path of [...paths, ...paths].slice(0, 5)) {
      expectProblem(await guess(path, WRONG), 401, 'invalid-credentials')
    }
    const hashes = countHashes()
    for (const path of paths) expect(expectThrottled(await guess(path, PASSWORD)), path).toBe(1)
    expect(hashes()).toBe(0)
    expect(await env.DB.prepare('SELECT * FROM users WHERE id = ?1').bind(ada.userId).first()).toEqual(before)
    expect(await failuresAgainst(service.services, ada.sessionId)).toBe(5)
    expect(await failuresOf(service, ada.email)).toBe(0)
    // Another session of the account has a budget of its own, which its success clears.
    expectProblem(await other.post('/me/delete', { password: WRONG }), 401, 'invalid-credentials')
    const address = { email: newEmail(), password: PASSWORD }
    expect((await other.post('/email/change', address)).status).toBe(202)
    expect(await failuresAgainst(service.services, other.sessionId)).toBe(0)
    expect(await failuresAgainst(service.services, ada.sessionId)).toBe(5)
  })

  it('of 200 guesses at once in a session five are hashed', async () => {
    stopTime()
    const service = mailingService()
    const { ada, guess } = await guesser(service)
    const hashes = countHashes()
    const answers = await Promise.all(Array.from({ length: 200 }, () => guess('deletion', WRONG)))
    expect(hashes()).toBe(5)
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5)
    expect(await failuresAgainst(service.services, ada.sessionId)).toBe(5)
  })
})
