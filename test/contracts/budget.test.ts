import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { requireLiveSession } from '../../src/guards/require-live-session'
import { requirePrincipal } from '../../src/guards/require-principal'
import type { Mode } from '../../src/sessions/mode'
import { type Costs, countingService } from '../support/counting'
import { expectProblem, newEmail, PASSWORD, type SignedIn, send, signedInPerson } from '../support/person'
import {
  goToProvider,
  newBrowser,
  newSubject,
  playedBy,
  SOCIAL_SETTINGS,
  standIn,
  tokenSignIn,
} from '../support/providers'
import type { OwnService } from '../support/service'

/** Returns the costs, with zero for those that are not named. */
function costs(spent: Partial<Costs>): Costs {
  const free = { d1: 0, kvReads: 0, kvWrites: 0, kvDeletes: 0, hashes: 0, signatures: 0, verifications: 0 }
  return { ...free, ...spent }
}

/** The cost of knowing who is asking. */
const AUTHENTICATED = {
  session: { kvReads: 1 },
  token: { verifications: 1 },
} as const satisfies Record<Mode, Partial<Costs>>

/** Returns an app of someone else's, with a route of its own behind Janus's guards. */
function hostApp({ services }: OwnService) {
  return new Hono()
    .get('/notes', requirePrincipal(services), (c) => c.text(c.var.principal.userId))
    .get('/secrets', requirePrincipal(services), requireLiveSession(services), (c) =>
      c.text(c.var.principal.userId),
    )
}

async function ask(service: OwnService, { headers }: SignedIn, path: string): Promise<void> {
  const answer = await hostApp(service).request(path, { headers })
  await service.settle()
  expect(answer.status).toBe(200)
}

describe.each(['session', 'token'] as const)('what an operation costs, in %s mode', (mode) => {
  it('a protected request of a host app', async () => {
    const { service, costsOf } = countingService()
    const ada = await signedInPerson({ mode, service })
    expect(await costsOf(() => ask(service, ada, '/notes'))).toEqual(costs(AUTHENTICATED[mode]))
  })

  it('the same, live: one read of D1 more', async () => {
    const { service, costsOf } = countingService()
    const ada = await signedInPerson({ mode, service })
    expect(await costsOf(() => ask(service, ada, '/secrets'))).toEqual(
      costs({ ...AUTHENTICATED[mode], d1: 1 }),
    )
  })

  it('LIVE_CHECK=always: every protected request is live, and a live route asks once', async () => {
    const { service, costsOf } = countingService({ LIVE_CHECK: 'always' })
    const ada = await signedInPerson({ mode, service })
    for (const path of ['/notes', '/secrets']) {
      expect(await costsOf(() => ask(service, ada, path))).toEqual(costs({ ...AUTHENTICATED[mode], d1: 1 }))
    }
  })

  it('GET /me: one read of D1 more, which finds the account and is the live check', async () => {
    const { service, costsOf } = countingService()
    const ada = await signedInPerson({ mode, service })
    expect(await costsOf(() => ada.get('/me'))).toEqual(costs({ ...AUTHENTICATED[mode], d1: 1 }))
  })

  it('a login', async () => {
    const { service, costsOf } = countingService()
    const ada = await signedInPerson({ mode, service })
    const given = mode === 'session' ? { kvWrites: 1 } : { signatures: 1 }
    // And no more after failures, which it clears.
    const fail = { email: ada.email, password: `not ${PASSWORD}`, mode }
    expect(await costsOf(() => ada.signIn())).toEqual(costs({ d1: 2, hashes: 1, ...given }))
    await send(service, 'POST', '/login', { body: fail })
    expect(await costsOf(() => ada.signIn())).toEqual(costs({ d1: 2, hashes: 1, ...given }))
  })

  it('a sign-in at a provider: two trips to D1, the first time as well; going there costs none', async () => {
    const provider = standIn()
    const { service, costsOf } = countingService(SOCIAL_SETTINGS, playedBy(provider))
    const played = Object.assign(service, { provider })
    // What an isolate reads once.
    await signedInPerson({ mode, service })
    const subject = newSubject()
    const given = mode === 'session' ? { kvWrites: 1 } : { signatures: 1 }
    for (const _ of ['the first time', 'the second']) {
      if (mode === 'token') {
        const { confirm } = await tokenSignIn(played, { subject })
        expect(await costsOf(confirm)).toEqual(costs({ d1: 2, ...given }))
      } else {
        const browser = newBrowser(service)
        let path = ''
        const go = async () => {
          path = await goToProvider(played, browser, { subject })
        }
        expect(await costsOf(go)).toEqual(costs({}))
        expect(await costsOf(() => browser.request('GET', path))).toEqual(costs({ d1: 2, ...given }))
      }
    }
  })

  it('a refused login: what a good one costs but for what is given, whether the address is known or not', async () => {
    const { service, costsOf } = countingService()
    const ada = await signedInPerson({ mode, service })
    for (const email of [ada.email, newEmail()]) {
      const body = { email, password: `not ${PASSWORD}`, mode }
      const refuse = async () =>
        expectProblem(await send(service, 'POST', '/login', { body }), 401, 'invalid-credentials')
      expect(await costsOf(refuse)).toEqual(costs({ d1: 2, hashes: 1 }))
    }
  })

  it('a throttled login: no hash, whether the address is known or not, and the password right or not', async () => {
    const { service, costsOf } = countingService({ FREE_ATTEMPTS: '2', MAX_ATTEMPT_DELAY_SECONDS: '900' })
    const ada = await signedInPerson({ mode, service })
    for (const email of [ada.email, newEmail()]) {
      const attempt = (password: string) =>
        send(service, 'POST', '/login', { body: { email, password, mode } })
      // Enough that the next would have to wait a minute, however slow this machine is.
      for (let failure = 0; failure < 8; failure++, service.ahead += 100) await attempt(`not ${PASSWORD}`)
      service.ahead -= 100
      for (const password of [`not ${PASSWORD}`, PASSWORD]) {
        const refuse = async () => expectProblem(await attempt(password), 429, 'too-many-attempts')
        expect(await costsOf(refuse)).toEqual(costs({ d1: 2 }))
      }
    }
  })

  it('a client that makes too many attempts: nothing', async () => {
    const { service, costsOf } = countingService({ LOGIN_LIMIT: { limit: async () => ({ success: false }) } })
    const body = { email: newEmail(), password: PASSWORD, mode }
    for (const path of ['/login', '/register']) {
      const refuse = async () =>
        expectProblem(await send(service, 'POST', path, { body }), 429, 'too-many-attempts')
      expect(await costsOf(refuse)).toEqual(costs({}))
    }
  })

  it('a logout', async () => {
    const { service, costsOf } = countingService()
    const ada = await signedInPerson({ mode, service })
    // The credential is held against D1 by the statement that ends the session, so nobody asks KV.
    const proof = mode === 'session' ? { kvDeletes: 1 } : AUTHENTICATED.token
    const spent = await costsOf(async () => expect((await ada.post('/logout')).status).toBe(204))
    expect(spent).toEqual(costs({ ...proof, d1: 1 }))
  })
})

it('what a refresh costs', async () => {
  const { service, costsOf } = countingService()
  const ada = await signedInPerson({ mode: 'token', service })
  const refresh = () => send(service, 'POST', '/refresh', { body: { refresh_token: ada.refreshToken } })
  const spent = await costsOf(async () => expect((await refresh()).status).toBe(200))
  expect(spent).toEqual(costs({ d1: 1, signatures: 1 }))
  expect(await costsOf(refresh), 'the same token again').toEqual(costs({ d1: 2, signatures: 1 }))
})

it('what no credential costs: nothing', async () => {
  const { service, costsOf } = countingService()
  const headers = [{}, { Cookie: '__Host-session=guess' }, { Authorization: 'Bearer a.b.c' }]
  for (const each of headers) {
    expect(await costsOf(() => send(service, 'GET', '/me', { headers: each }))).toEqual(costs({}))
  }
})
