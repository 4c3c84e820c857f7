import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { type Costs, countingService } from '../support/counting'
import { faultyD1 } from '../support/faulty-d1'
import { mailingService } from '../support/mail'
import {
  type Answer,
  expectProblem,
  newEmail,
  PASSWORD,
  type Person,
  send,
  signedInPerson,
} from '../support/person'
import type { Service } from '../support/service'

const NEW_PASSWORD = 'a new beginning, again'

/** With the runtime's own carrier, which only pretends to send. */
const MAIL = { MAILER: 'cloudflare', MAIL_FROM: 'janus@example.com' }

/** Taking a mail and forgetting it, behind the response. */
const DELIVERY = 2

/** Returns the costs, with zero for those that are not named. */
function costs(spent: Partial<Costs>): Costs {
  const free = { d1: 0, kvReads: 0, kvWrites: 0, kvDeletes: 0, hashes: 0, signatures: 0, verifications: 0 }
  return { ...free, ...spent }
}

function post(
  service: Service,
  path: string,
  body: object,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return send(service, 'POST', path, { body, headers })
}

async function expectStatus(status: number, asking: Promise<Answer>): Promise<Answer> {
  const answer = await asking
  expect(answer.status, answer.text).toBe(status)
  return answer
}

/** Puts the token of a link at another service that reads mail: the carrier of this one only pretends. */
async function tokenFor(email: string, ask: (service: Service) => Promise<Answer>, settings = {}) {
  const reader = mailingService(settings)
  const asked = await expectStatus(202, ask(reader))
  return { token: reader.tokenFor(email), binding: asked.body.binding as string }
}

const ASKING = [
  ['/password/forgot', {}],
  ['/login/link', {}],
  ['/email/verify/resend', {}],
] as const

describe.each(['session', 'token'] as const)('what mail costs, in %s mode', (mode) => {
  const given = mode === 'session' ? { kvWrites: 1 } : { signatures: 1 }
  const authenticated = mode === 'session' ? { kvReads: 1 } : { verifications: 1 }

  it('a login: no more than without mail, on a device that is known', async () => {
    const { service, costsOf } = countingService(MAIL)
    const ada = await signedInPerson({ mode, service })
    expect(await costsOf(() => ada.signIn())).toEqual(costs({ d1: 2, hashes: 1, ...given }))
  })

  it('a login on a new device: the notice goes out behind the response', async () => {
    const { service, costsOf } = countingService(MAIL)
    const ada = await signedInPerson({ mode, service })
    const body = { email: ada.email, password: PASSWORD, mode }
    const login = () => expectStatus(200, post(service, '/login', body, { 'User-Agent': 'curl/8.5.0' }))
    expect(await costsOf(login)).toEqual(costs({ d1: 2 + DELIVERY, hashes: 1, ...given }))
    expect(await costsOf(login), 'known now').toEqual(costs({ d1: 2, hashes: 1, ...given }))
  })

  it.each(ASKING)('POST %s: one round trip, and the delivery if there is an account', async (path, rest) => {
    const { service, costsOf } = countingService(MAIL)
    const { email } = await signedInPerson({ mode, service })
    const ask = (address: string) => () => expectStatus(202, post(service, path, { email: address, ...rest }))
    expect(await costsOf(ask(newEmail()))).toEqual(costs({ d1: 1 }))
    expect(await costsOf(ask(email))).toEqual(costs({ d1: 1 + DELIVERY }))
  })

  it('POST /register where addresses are verified: one hash and the same trips, whoever the address belongs to', async () => {
    const { service, costsOf } = countingService({ ...MAIL, REGISTRATION: 'verified' })
    const known = await signedInPerson({ mode, service: mailingService() })
    for (const email of [known.email, newEmail()]) {
      const register = () =>
        expectStatus(202, post(service, '/register', { email, password: PASSWORD, mode }))
      expect(await costsOf(register)).toEqual(costs({ d1: 2 + DELIVERY, hashes: 1 }))
    }
  })

  it.each([...ASKING.map(([path]) => path), '/register'])(
    'POST %s too often: one round trip, no hash and no mail, whether the address is known or not',
    async (path) => {
      const { service, costsOf } = countingService({ ...MAIL, REGISTRATION: 'verified' })
      const known = await signedInPerson({ mode, service: mailingService() })
      for (const email of [known.email, newEmail()]) {
        const ask = () =>
          post(service, path, { email, ...(path === '/register' ? { password: PASSWORD } : {}) })
        for (let nth = 0; nth < 5; nth++) await expectStatus(202, ask())
        const refused = async () => expectProblem(await ask(), 429, 'too-many-attempts')
        expect(await costsOf(refused), email === known.email ? 'known' : 'unknown').toEqual(costs({ d1: 1 }))
      }
    },
  )

  it('POST /email/change: the same for a free address and for one that is taken', async () => {
    const { service, costsOf } = countingService(MAIL)
    const ada = await signedInPerson({ mode, service })
    const taken = await signedInPerson({ mode, service })
    for (const email of [newEmail(), taken.email]) {
      const change = () => expectStatus(202, ada.post('/email/change', { email, password: PASSWORD }))
      const spent = await costsOf(change)
      // Two mails in either case: to the address there is, and to the one to have or its owner.
      const expected = { ...authenticated, d1: 5 + 2 * DELIVERY, hashes: 1 }
      expect(spent).toEqual(costs(expected))
    }
  })
})

describe('what using a link costs', () => {
  it('POST /password/reset', async () => {
    const { service, costsOf } = countingService(MAIL)
    const { email } = await signedInPerson({ mode: 'session', service })
    const { token } = await tokenFor(email, (reader) => post(reader, '/password/forgot', { email }))
    const use = () =>
      expectStatus(204, post(service, '/password/reset', { token, new_password: NEW_PASSWORD }))
    expect(await costsOf(use)).toEqual(costs({ d1: 2 + DELIVERY, hashes: 1, kvDeletes: 1 }))
  })

  it('POST /login/link/confirm', async () => {
    const { service, costsOf } = countingService(MAIL)
    const { email } = await signedInPerson({ mode: 'token', service })
    const link = await tokenFor(email, (reader) => post(reader, '/login/link', { email }))
    const use = () => expectStatus(200, post(service, '/login/link/confirm', { ...link, mode: 'token' }))
    // And the notice that the password went, for nobody had proven the address.
    expect(await costsOf(use)).toEqual(costs({ d1: 2 + DELIVERY, signatures: 1 }))
  })

  it('POST /email/verify: of a registration', async () => {
    const settings = { REGISTRATION: 'verified' }
    const { service, costsOf } = countingService({ ...MAIL, ...settings })
    const email = newEmail()
    const body = { email, password: PASSWORD }
    const link = await tokenFor(email, (reader) => post(reader, '/register', body), settings)
    const use = () => expectStatus(200, post(service, '/email/verify', link))
    // It signs in, in the same batch; the copy of the session is the only addition.
    expect(await costsOf(use)).toEqual(costs({ d1: 2, kvWrites: 1 }))
  })

  it('POST /email/change/confirm', async () => {
    const { service, costsOf } = countingService(MAIL)
    const reader = mailingService()
    const ada: Person = await signedInPerson({ mode: 'token', service: reader })
    const email = newEmail()
    const asked = await expectStatus(202, ada.post('/email/change', { email, password: PASSWORD }))
    const body = { token: reader.tokenFor(email), binding: asked.body.binding }
    const use = () => expectStatus(204, post(service, '/email/change/confirm', body))
    expect(await costsOf(use)).toEqual(costs({ d1: 2 + DELIVERY }))
  })

  it.each([
    // The last read looks for a use seconds ago, or for its session.
    ['/password/reset', { new_password: NEW_PASSWORD }, 2, 0],
    ['/login/link/confirm', { binding: 'A'.repeat(43) }, 2, 1],
    ['/login/link/confirm', {}, 0, 0],
    ['/email/verify', {}, 1, 0],
    ['/email/change/confirm', {}, 1, 0],
    ['/email/verify', { binding: 'A'.repeat(43) }, 2, 0],
    ['/email/change/confirm', { binding: 'A'.repeat(43) }, 2, 0],
  ])(
    'POST %s with a link that is not good and %j: %i reads, %i if it is malformed, and no hash',
    async (path, more, reads, ofMalformed) => {
      const { service, costsOf } = countingService(MAIL)
      const token = 'Xr7VhmM0v3dEWdC1sPpT6uJqgB9oYkZfLwNaQ2iHtE4'
      const body = { token, ...more }
      const use = async () => expectProblem(await post(service, path, body), 400, 'invalid-link')
      expect(await costsOf(use)).toEqual(costs({ d1: reads }))
      const malformed = async () =>
        expectProblem(await post(service, path, { ...body, token: 'canary' }), 400, 'invalid-link')
      expect(await costsOf(malformed)).toEqual(costs({ d1: ofMalformed }))
    },
  )
})

describe('what is done before the answer', () => {
  /** Statements on D1 that a request waits for: all but those of the delivery. */
  function awaited({ calls }: ReturnType<typeof faultyD1>): readonly string[] {
    return calls.filter((sql) => !/^\s*(UPDATE|DELETE FROM) outbox\b/.test(sql))
  }

  it.each([...ASKING.map(([path]) => path), '/register'])(
    'RST-01, REG-01: POST %s: the same statements whether the address is known or not',
    async (path) => {
      const db = faultyD1(env.DB)
      const service = mailingService({ DB: db, REGISTRATION: 'verified' })
      const known = await signedInPerson({ mode: 'session', service: mailingService() })
      const runs: (readonly string[])[] = []
      for (const email of [known.email, newEmail()]) {
        db.calls.length = 0
        const body = { email, ...(path === '/register' ? { password: PASSWORD } : {}) }
        await expectStatus(202, post(service, path, body))
        runs.push(awaited(db))
      }
      expect(runs[0]).toEqual(runs[1])
      expect(runs[0]?.length).toBeGreaterThan(0)
      expect(service.mailTo(known.email)).toHaveLength(1)
    },
  )
})
