import { env, exports } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { countingService, recordPbkdf2 } from '../support/counting'
import {
  type Answer,
  expectProblem,
  newAddress,
  newEmail,
  PASSWORD,
  type Person,
  send,
  signedInPerson,
} from '../support/person'
import { deployed, type OwnService, ownService, type Service } from '../support/service'
import { stopTime } from '../support/stop-time'

const WRONG = `not ${PASSWORD}`
const NEW_PASSWORD = 'seven quiet minutes at sea'

/** Returns a limit that counts exactly and never forgets, where the real one is approximate and starts anew each minute. */
function countingLimit(most = 30) {
  const counts = new Map<string, number>()
  return {
    counts,
    async limit({ key }: { key: string }) {
      counts.set(key, (counts.get(key) ?? 0) + 1)
      return { success: (counts.get(key) ?? 0) <= most }
    },
  }
}

function from(address: string, more: Record<string, string> = {}) {
  return { 'CF-Connecting-IP': address, ...more }
}

function expectLimited(answer: Answer): void {
  expectProblem(answer, 429, 'too-many-attempts')
  expect(answer.headers.get('Retry-After')).toBe('60')
  expect(answer.cookies).toEqual({})
}

/** Sends a body that is not JSON. Where the client's limit does not stop it, the answer says so, which is the cheapest answer. */
async function knock(service: Service, path: string, headers: Record<string, string>): Promise<Answer> {
  const type = { 'Content-Type': 'application/json' }
  const request = new Request(`${service.issuer}${path}`, {
    method: 'POST',
    headers: { ...type, ...headers },
    body: '{',
  })
  const response = await service.fetch(request)
  return {
    status: response.status,
    headers: response.headers,
    body: await response.json(),
    text: '',
    cookies: {},
  }
}

/** Returns a service whose outer shield stops nobody, at which time stands still. */
function unshielded(settings: Record<string, unknown> = {}): OwnService {
  stopTime()
  return ownService({ LOGIN_LIMIT: countingLimit(1_000_000), ...settings })
}

/** Asserts that a source has to wait, and gives how long. */
function expectSourceLimited(answer: Answer): number {
  expectProblem(answer, 429, 'too-many-attempts')
  expect(answer.cookies).toEqual({})
  return Number(answer.headers.get('Retry-After'))
}

describe('RL-03: one password, many accounts', () => {
  it('of 100 accounts a source tries thirty, and one more every two seconds, whatever headers it makes up', async () => {
    const service = unshielded()
    const address = newAddress()
    const iterations = recordPbkdf2()
    const hashes = () => iterations().reduce((sum, each) => sum + each, 0) / 100_000
    const guess = (index: number) => {
      const made = `198.51.${index >> 8}.${index & 255}`
      const headers = from(address, {
        'X-Forwarded-For': made,
        'X-Real-IP': made,
        Forwarded: `for=${made}`,
        'True-Client-IP': made,
        'X-Client-IP': made,
        'CF-Connecting-IPv6': `2001:db8:${index.toString(16)}::1`,
        'CF-Pseudo-IPv4': made,
        'User-Agent': `client ${index}`,
      })
      const body = { email: `person-${index}@spray.example.com`, password: PASSWORD, mode: 'session' }
      return send(service, 'POST', '/login', { body, headers })
    }
    const events = () => env.DB.prepare('SELECT count(*) AS n FROM audit_events').first<number>('n')
    const before = (await events()) ?? 0
    for (let index = 0; index < 100; index++) {
      const answer = await guess(index)
      if (index < 30) expectProblem(answer, 401, 'invalid-credentials')
      else expect(expectSourceLimited(answer)).toBe(2)
    }
    expect(hashes()).toBe(30)
    // A refusal for the source is logged, and writes nothing.
    expect(((await events()) ?? 0) - before).toBe(30)
    for (let index = 100; index < 105; index++) {
      service.ahead += 2
      expectProblem(await guess(index), 401, 'invalid-credentials')
      expectSourceLimited(await guess(index))
    }
    expect(hashes()).toBe(35)
  })

  it('what a source fails at once, beyond what it may, it waits for afterwards', async () => {
    const service = unshielded()
    const headers = from(newAddress())
    const guess = () => {
      const body = { email: newEmail(), password: WRONG, mode: 'token' }
      return send(service, 'POST', '/login', { body, headers })
    }
    const answers = await Promise.all(Array.from({ length: 50 }, guess))
    const failed = answers.filter(({ status }) => status === 401).length
    expect(failed).toBeGreaterThanOrEqual(30)
    expect(expectSourceLimited(await guess())).toBe(2 * (failed - 29))
  })

  it.each([
    ['a /64 of IPv6', (index: number) => `2001:db8:7:7:${index.toString(16)}::${index.toString(16)}`],
    ['an unknown address', () => ''],
    ['an address that is none', (index: number) => `not an address ${index}`],
  ])('%s is one client', async (_, addressOf) => {
    const LOGIN_LIMIT = countingLimit()
    const service = ownService({ LOGIN_LIMIT })
    const answers = []
    for (let index = 1; index <= 40; index++) {
      const address = addressOf(index)
      // Nothing that a client can send stands in for an address that the edge did not give.
      const made = { 'X-Forwarded-For': `203.0.113.${index}`, 'X-Real-IP': `203.0.113.${index}` }
      answers.push(await knock(service, '/login', address === '' ? made : { ...made, ...from(address) }))
    }
    const statuses = answers.map(({ status }) => status)
    expect(statuses).toEqual([...Array(30).fill(400), ...Array(10).fill(429)])
    expect(LOGIN_LIMIT.counts.size).toBe(1)
  })

  it('two networks of IPv6 are two clients, and so are two addresses of IPv4', async () => {
    const LOGIN_LIMIT = countingLimit(1)
    const service = ownService({ LOGIN_LIMIT })
    for (const address of ['2001:db8:7:7::1', '2001:db8:7:8::1', '203.0.113.7', '203.0.113.8']) {
      expect((await knock(service, '/login', from(address))).status).toBe(400)
      expectProblem(await knock(service, '/login', from(address)), 429, 'too-many-attempts')
    }
  })
})

describe.each(['session', 'token'] as const)('what a client may still do, in %s mode', (mode) => {
  it('RL-06: good sign-ins to an account of its own give an attacker no more guesses', async () => {
    const service = unshielded()
    const eve = await signedInPerson({ mode, service })
    const headers = from(newAddress())
    const logIn = (email: string, password: string) =>
      send(service, 'POST', '/login', { body: { email, password, mode }, headers })
    for (let index = 0; index < 44; index++) {
      const own = index % 3 === 2
      const answer = own ? await logIn(eve.email, PASSWORD) : await logIn(newEmail(), WRONG)
      expect(answer.status).toBe(own ? 200 : 401)
    }
    expectSourceLimited(await logIn(newEmail(), WRONG))
    expectSourceLimited(await logIn(eve.email, PASSWORD))
  })

  it('RL-03, RL-06: of an office forty sign in at once, and then forty more', async () => {
    const service = unshielded()
    const headers = from(newAddress())
    const people = await Promise.all(Array.from({ length: 40 }, () => signedInPerson({ mode, service })))
    const signIn = ({ email }: Person) =>
      send(service, 'POST', '/login', { body: { email, password: PASSWORD, mode }, headers })
    const statuses = (await Promise.all(people.map(signIn))).map(({ status }) => status)
    for (const person of people) statuses.push((await signIn(person)).status)
    expect(new Set(statuses)).toEqual(new Set([200]))
  })

  it('RL-05: a device and a session go on where their source has spent all it has', async () => {
    const service = unshielded({ MAILER: 'cloudflare', MAIL_FROM: 'janus@example.com' })
    const ada = await signedInPerson({ mode, service })
    const headers = from(newAddress())
    for (let nth = 0; nth < 30; nth++) {
      await send(service, 'POST', '/login', { body: { email: newEmail(), password: WRONG }, headers })
    }
    const signIn = { email: ada.email, password: PASSWORD, mode }
    expectSourceLimited(await send(service, 'POST', '/login', { body: signIn, headers }))
    expectSourceLimited(
      await send(service, 'POST', '/register', { body: { ...signIn, email: newEmail() }, headers }),
    )
    const ask = { email: ada.email }
    for (const path of ['/login/link', '/password/forgot', '/email/verify/resend']) {
      expectSourceLimited(await send(service, 'POST', path, { body: ask, headers }))
    }

    const device =
      mode === 'token'
        ? { device_token: ada.answer.body.device_token, Cookie: {} }
        : { Cookie: { Cookie: `__Host-device=${ada.answer.cookies['__Host-device']}` } }
    const { Cookie, ...inBody } = device
    const known = { ...headers, ...Cookie }
    const post = (path: string, body: object) => send(service, 'POST', path, { body, headers: known })
    expect((await post('/login', { ...signIn, ...inBody })).status).toBe(200)
    for (const path of ['/login/link', '/password/forgot', '/email/verify/resend']) {
      expect((await post(path, { ...ask, ...inBody })).status, path).toBe(202)
    }
    const owner = { ...ada.headers, ...headers }
    const resend = await send(service, 'POST', '/email/verify/resend', { body: ask, headers: owner })
    expect(resend.status).toBe(202)
    const change = { email: newEmail(), password: PASSWORD }
    expect((await send(service, 'POST', '/email/change', { body: change, headers: owner })).status).toBe(202)
    const last = { password: PASSWORD }
    expect((await send(service, 'POST', '/me/delete', { body: last, headers: owner })).status).toBe(204)
  })

  it('RL-05: the outer shield counts a session and a browser with a device apart from their address', async () => {
    const LOGIN_LIMIT = countingLimit(2)
    const service = ownService({ LOGIN_LIMIT })
    const address = newAddress()
    const ada = await signedInPerson({ mode: 'session', service })
    for (let nth = 0; nth < 3; nth++) await knock(service, '/login', from(address))
    expectLimited(await send(service, 'POST', '/login', { body: {}, headers: from(address) }))
    const device = ada.answer.cookies['__Host-device'] ?? ''
    const known = from(address, { Cookie: `__Host-device=${device}` })
    const forged = from(address, { Cookie: `__Host-device=${device.replace(/..$/, '')}AA` })
    expect((await knock(service, '/login', known)).status).toBe(400)
    expectProblem(await knock(service, '/login', forged), 429, 'too-many-attempts')
    expect((await knock(service, '/password', { ...ada.headers, ...from(address) })).status).toBe(400)
    expect([...LOGIN_LIMIT.counts.keys()].slice(-2)).toEqual([
      `device ${device.slice(0, 22)}`,
      `session ${ada.sessionId}`,
    ])
  })

  it('RL-07: a client over the limit is refused before anything is read', async () => {
    const limit = countingLimit(0)
    const { service, costsOf } = countingService({ LOGIN_LIMIT: limit })
    const ada = await signedInPerson({ mode })
    const headers = { ...ada.headers, ...from(newAddress()) }
    const paths = ['/register', '/login', '/password', '/me/delete']
    for (const path of paths) expectProblem(await knock(service, path, headers), 429, 'too-many-attempts')

    const email = newEmail()
    const { hashes, kvWrites } = await costsOf(async () => {
      const of = (path: string, body: unknown) => send(service, 'POST', path, { body, headers })
      expectLimited(await of('/register', { email, password: PASSWORD, mode }))
      expectLimited(await of('/login', { email: ada.email, password: PASSWORD, mode }))
      expectLimited(await of('/password', { current_password: PASSWORD, new_password: NEW_PASSWORD }))
      expectLimited(await of('/me/delete', { password: PASSWORD }))
    })
    expect({ hashes, kvWrites }).toEqual({ hashes: 0, kvWrites: 0 })
    const users = env.DB.prepare('SELECT count(*) AS n FROM users WHERE email_canonical IN (?1, ?2)')
    expect(await users.bind(email, ada.email).first('n')).toBe(1)
    expect((await ada.get('/me')).status).toBe(200)
  })

  it('a refusal is logged by the id of its request, without the address, and not written to the audit trail', async () => {
    const service = ownService({ LOGIN_LIMIT: countingLimit(0) })
    const count = () => env.DB.prepare('SELECT count(*) AS n FROM audit_events').first('n')
    const before = await count()
    const body = { email: newEmail(), password: PASSWORD, mode }
    const answer = await send(service, 'POST', '/login', { body, headers: from('203.0.113.99') })
    expectLimited(answer)
    const [line] = service.log.filter(({ event }) => event === 'client-throttled')
    expect(`urn:uuid:${line?.request_id}`).toBe(answer.body.instance)
    expect(JSON.stringify(service.log)).not.toContain('203.0.113.99')
    expect(await count()).toBe(before)
  })

  it('RL-07: a name is changed and a token refreshed only so often', async () => {
    const service = ownService({ LOGIN_LIMIT: countingLimit(0) })
    const ada = await signedInPerson({ mode })
    const phone = await ada.signIn({ mode: 'token' })
    const headers = { ...ada.headers, ...from(newAddress()) }
    expectLimited(await send(service, 'PATCH', '/me', { body: { name: 'Eve' }, headers }))
    expectLimited(await send(service, 'POST', '/me', { body: { name: 'Eve' }, headers }))
    const body = { refresh_token: phone.refreshToken }
    expectLimited(await send(service, 'POST', '/refresh', { body, headers: from(newAddress()) }))
    expect((await ada.get('/me')).body.user.name).not.toBe('Eve')
    expect((await send(ada.service, 'POST', '/refresh', { body })).status).toBe(200)
  })

  it('RL-05, RL-07: what needs no password goes on when the limit cannot be asked', async () => {
    const asked: string[] = []
    const broken = {
      limit: async ({ key }: { key: string }) => {
        asked.push(key)
        throw new Error('internal error')
      },
    }
    const service = ownService({ LOGIN_LIMIT: broken })
    const ada = await signedInPerson({ mode })
    const phone = await ada.signIn({ mode: 'token' })
    const of = (method: string, path: string, body?: unknown) =>
      send(service, method, path, { headers: ada.headers, body })
    for (const [method, path] of [
      ['GET', '/'],
      ['GET', '/me'],
      ['PATCH', '/me'],
      ['GET', '/sessions'],
      ['GET', '/me/activity'],
      ['GET', '/.well-known/jwks.json'],
      ['GET', '/readyz'],
    ] as const) {
      expect((await of(method, path, method === 'PATCH' ? { name: 'Ada' } : undefined)).status, path).toBe(
        200,
      )
    }
    const body = { refresh_token: phone.refreshToken }
    expect((await send(service, 'POST', '/refresh', { body })).status).toBe(200)
    expect((await of('DELETE', `/sessions/${phone.sessionId}`)).status).toBe(204)
    expect((await of('POST', '/logout/all', { keep_current: true })).status).toBe(204)
    expect((await of('POST', '/logout')).status).toBe(204)
    // Only what writes asks for it.
    expect(asked).toHaveLength(2)
  })

  it('RL-07: if the limit cannot be asked nobody guesses: 503, and nothing is hashed or counted', async () => {
    const failing = { limit: () => Promise.reject(new Error('internal error')) }
    const { service, costsOf } = countingService({ LOGIN_LIMIT: failing })
    const body = { email: newEmail(), password: PASSWORD, mode }
    for (const path of ['/login', '/register']) {
      const spent = await costsOf(async () => {
        const answer = await send(service, 'POST', path, { body })
        expectProblem(answer, 503, 'store-unavailable')
        expect(answer.cookies).toEqual({})
      })
      expect(new Set(Object.values(spent))).toEqual(new Set([0]))
    }
    expect(service.log.filter(({ event }) => event === 'store-unavailable')).toEqual(
      Array(2).fill({
        event: 'store-unavailable',
        request_id: expect.any(String),
        store: 'LOGIN_LIMIT',
        cause: 'internal error',
      }),
    )
  })
})

describe('the binding of wrangler.toml', () => {
  it('RL-03: lets a client ask six hundred times a minute, and others go on', async () => {
    const headers = from(newAddress())
    let asked = 0
    // A new minute may begin meanwhile, but not two.
    const knockOnce = async () => {
      const init = { method: 'POST', headers: { ...headers, 'Content-Type': 'application/json' }, body: '{' }
      return (await exports.default.fetch(new Request(`${deployed.issuer}/login`, init))).status
    }
    while (asked < 1202 && (await knockOnce()) === 400) asked += 1
    expect(asked).toBeGreaterThanOrEqual(600)
    expect(asked).toBeLessThan(1202)
    expect((await knock(deployed, '/login', from(newAddress()))).status).toBe(400)
  })
})
