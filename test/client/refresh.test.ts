import { describe, expect, it, vi } from 'vitest'
import { createAccountClient } from '../../packages/client/account.ts'
import { createJanusClient, type TokenStorage } from '../../packages/client/index.ts'
import { createTokens } from '../../packages/client/tokens.ts'
import { openStorage, signedUpClient, TOKEN_FORMS, wiredClient } from '../support/client'
import { createNetwork, problemAnswer, problemOf } from '../support/network'
import { newEmail, PASSWORD } from '../support/person'
import { deployed, ownService } from '../support/service'
import { stopTime } from '../support/stop-time'

const ME = `${deployed.issuer}/me`
/** Longer than an access token lives. */
const LONG = 1000
const LOST = () => Promise.reject(new TypeError('fetch failed'))

describe.each(TOKEN_FORMS)('a client, %s', (form) => {
  /** Returns somebody whose access token has expired, by the clock of the service and not by that of the client. */
  async function expiredClient() {
    const service = ownService()
    const wired = await signedUpClient(form, service)
    service.ahead += LONG
    const many = (count: number) => Promise.all(Array.from({ length: count }, () => wired.client.fetch(ME)))
    return { service, many, ...wired }
  }

  it('refreshes once for 50 calls with an expired token, and answers each', async () => {
    const { many, network } = await expiredClient()
    const answers = await many(50)
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200))
    expect(network.count('GET /me', 401)).toBe(50)
    expect(network.count('POST /refresh')).toBe(1)
    await many(50)
    expect(network.count('POST /refresh')).toBe(1)
  })

  it('refreshes once for calls that are refused after the others have been answered', async () => {
    const { client, network } = await expiredClient()
    const held = network.hold('GET /me')
    const late = client.fetch(ME)
    await held.reached
    expect((await client.fetch(ME)).status).toBe(200)
    held.release()
    expect((await late).status).toBe(200)
    expect(network.count('POST /refresh')).toBe(1)
  })

  it('refreshes once before the token expires, for 50 calls, and none of them is refused', async () => {
    stopTime()
    const { client, network } = await signedUpClient(form)
    const begun = Date.now()
    vi.setSystemTime(begun + 869_000)
    await client.fetch(ME)
    expect(network.count('POST /refresh')).toBe(0)

    // Half a minute before it expires.
    vi.setSystemTime(begun + 870_000)
    await Promise.all(Array.from({ length: 50 }, () => client.fetch(ME)))
    expect(network.count('POST /refresh')).toBe(1)
    expect(network.count('GET /me', 200)).toBe(51)
  })

  it('takes no notice of a clock that is wrong', async () => {
    stopTime()
    vi.setSystemTime(Date.now() - 5 * 365 * 24 * 3600 * 1000)
    const past = ownService()
    past.ahead = 5 * 365 * 24 * 3600
    const { client, network } = await signedUpClient(form, past)
    expect((await client.fetch(ME)).status).toBe(200)
    expect(network.sent.map(({ route }) => route)).toEqual(['POST /register', 'GET /me'])
  })

  it('survives an answer that got lost', async () => {
    const { client, network } = await expiredClient()
    network.next('POST /refresh', async (reach) => {
      await reach()
      return LOST()
    })
    await expect(client.fetch(ME)).rejects.toThrow('fetch failed')
    expect(client.signedIn).toBe(true)
    expect((await client.fetch(ME)).status).toBe(200)
    expect(network.count('POST /refresh')).toBe(1)
  })

  it.each([
    ['the network is down', LOST, /fetch failed/],
    ['storage is down', async () => problemAnswer(503, 'store-unavailable'), /store-unavailable/],
    ['there are too many requests', async () => problemAnswer(429, 'too-many-attempts'), /too-many/],
    ['Janus fails', async () => problemAnswer(500, 'internal-error'), /internal-error/],
    [
      'a page answers',
      async () => new Response('<h1>Sign in to this network', { status: 200 }),
      /Unexpected/,
    ],
    ['a proxy wants to know who asks', async () => new Response('<h1>401', { status: 401 }), /Unexpected/],
    ['a redirect leads elsewhere', async () => Response.redirect('https://portal.example/'), /Unexpected/],
  ])('stays signed in, and says so, if at a refresh %s', async (_, meet, message) => {
    const { client, network, heard, many } = await expiredClient()
    network.next('POST /refresh', meet)
    await expect(client.fetch(ME)).rejects.toThrow(message)
    network.next('POST /refresh', meet)
    await expect(client.me()).rejects.toThrow(message)
    expect(client.signedIn).toBe(true)
    expect(heard).toEqual([true])
    expect((await many(2)).map(({ status }) => status)).toEqual([200, 200])
  })

  it('uses a token to its end if it cannot be refreshed ahead of that', async () => {
    stopTime()
    const { client, network } = await signedUpClient(form)
    vi.setSystemTime(Date.now() + 899_000)
    network.next('POST /refresh', LOST)
    expect((await client.fetch(ME)).status).toBe(200)
    vi.setSystemTime(Date.now() + 1000)
    network.next('POST /refresh', LOST)
    await expect(client.fetch(ME)).rejects.toThrow('fetch failed')
    expect(network.count('GET /me')).toBe(1)
  })

  it('is signed out when Janus says so: the refusal is the answer, and nothing is tried again', async () => {
    const { client, network, heard, many, email, service } = await expiredClient()
    const other = wiredClient('session', service)
    await other.client.signIn({ email, password: PASSWORD })
    await other.account.signOutEverywhere()
    expect((await many(50)).map(({ status }) => status)).toEqual(Array(50).fill(401))
    expect(network.count('POST /refresh')).toBe(1)
    expect(client.signedIn).toBe(false)
    expect(heard).toEqual([true, false])
    expect(await client.me()).toBeNull()
    expect((await client.fetch(ME)).status).toBe(401)
    expect(network.count('POST /refresh')).toBe(1)
  })

  it('asks twice at most: a service that refuses every token gets no third request', async () => {
    const { client, network } = await signedUpClient(form)
    const refuse = async () =>
      problemAnswer(401, 'invalid-token', { 'WWW-Authenticate': 'Bearer error="invalid_token"' })
    network.next('GET /me', refuse)
    network.next('GET /me', refuse)
    expect((await client.fetch(ME)).status).toBe(401)
    expect(network.count('GET /me')).toBe(2)
    expect(network.count('POST /refresh')).toBe(1)
    expect(client.signedIn).toBe(true)
  })

  it('does not come back to life by a refresh that began before one signed out', async () => {
    stopTime()
    const { client, network, heard } = await signedUpClient(form)
    const begun = Date.now()
    vi.setSystemTime(begun + 880_000)
    const held = network.hold('POST /refresh')
    const call = client.fetch(ME)
    await held.reached
    // The clock is set right, and the token is good again.
    vi.setSystemTime(begun)
    await client.signOut()
    held.release()
    expect((await call).status).toBe(401)
    expect(client.signedIn).toBe(false)
    expect(await client.me()).toBeNull()
    expect(heard).toEqual([true, false])
  })

  it('waits for the refresh that it needs to sign out', async () => {
    const { client, network } = await expiredClient()
    const held = network.hold('POST /refresh')
    const call = client.fetch(ME)
    await held.reached
    const signOut = client.signOut()
    held.release()
    await signOut
    await call
    expect(client.signedIn).toBe(false)
    expect(network.count('POST /logout', 204)).toBe(1)
    expect(await client.me()).toBeNull()
  })

  it('is whoever signed in last, whatever a refresh that began before that says', async () => {
    const { client, network, heard, service } = await expiredClient()
    const held = network.hold('POST /refresh')
    const call = client.fetch(ME)
    await held.reached
    service.ahead = 0
    const email = newEmail()
    await client.signUp({ email, password: PASSWORD })
    held.release()
    expect(await (await call).json()).toMatchObject({ user: { email } })
    expect((await client.me())?.user.email).toBe(email)
    expect(client.signedIn).toBe(true)
    expect(heard).toEqual([true, true])
  })

  it('stays signed in if the refresh that began before is refused', async () => {
    const { client, network, service } = await expiredClient()
    const held = network.hold('POST /refresh')
    network.next('POST /refresh', async () => problemAnswer(401, 'session-ended'))
    const call = client.fetch(ME)
    await held.reached
    service.ahead = 0
    await client.signUp({ email: newEmail(), password: PASSWORD })
    held.release()
    expect((await call).status).toBe(200)
    expect(client.signedIn).toBe(true)
    expect(await client.me()).not.toBeNull()
  })
})

describe('a refresh token in a storage', () => {
  async function sharedStorage() {
    const service = ownService()
    const storage = openStorage()
    const network = createNetwork(service.fetch)
    const options = {
      mode: 'token',
      createTokens,
      issuer: service.issuer,
      storage,
      fetch: network.fetch,
    } as const
    const clients = [createJanusClient(options), createJanusClient(options)] as const
    const email = newEmail()
    await clients[0].signUp({ email, password: PASSWORD })
    await clients[1].me()
    return { service, storage, network, email, clients, options }
  }

  it('is read anew at each refresh, for another client may have refreshed', async () => {
    const { service, clients } = await sharedStorage()
    for (const client of clients) {
      service.ahead += LONG
      expect((await client.fetch(ME)).status).toBe(200)
    }
    service.ahead += LONG
    expect((await clients[0].fetch(ME)).status).toBe(200)
  })

  it('is left alone by a client whose own was refused, if another client has signed in meanwhile', async () => {
    const { service, storage, network, email, clients } = await sharedStorage()
    service.ahead += LONG
    network.next('POST /refresh', async () => {
      await clients[1].signIn({ email, password: PASSWORD })
      return problemAnswer(401, 'session-ended')
    })
    expect((await clients[0].fetch(ME)).status).toBe(200)
    expect(clients[0].signedIn).toBe(true)
    expect(storage.kept).not.toBeNull()
  })

  it('is forgotten when it was refused', async () => {
    const { service, storage, email, clients } = await sharedStorage()
    const other = wiredClient('session', service)
    await other.client.signIn({ email, password: PASSWORD })
    await other.account.signOutEverywhere()
    service.ahead += LONG
    expect(await clients[0].me()).toBeNull()
    expect(storage.kept).toBeNull()
  })

  it('is written in order, however long a write takes', async () => {
    const { service, storage, network, options } = await sharedStorage()
    const writes: (() => void)[] = []
    const slow: TokenStorage = {
      ...storage,
      get: () => storage.kept,
      async set(refreshToken) {
        await new Promise<void>((resolve) => writes.push(resolve))
        storage.kept = refreshToken
      },
    }
    const client = createJanusClient({ ...options, storage: slow })
    service.ahead += LONG
    const call = client.fetch(ME)
    await expect.poll(() => writes.length).toBe(1)
    const signOut = client.signOut()
    await expect.poll(() => network.count('POST /logout', 204)).toBe(1)
    writes.shift()?.()
    await Promise.all([call, signOut])
    expect(client.signedIn).toBe(false)
    expect(storage.kept).toBeNull()
  })

  it('is not asked for again once it is known that there is none', async () => {
    const network = createNetwork(deployed.fetch)
    const client = createJanusClient({
      mode: 'token',
      createTokens,
      issuer: deployed.issuer,
      fetch: network.fetch,
    })
    expect(await client.me()).toBeNull()
    expect((await client.fetch(ME)).status).toBe(401)
    expect(network.count('POST /refresh')).toBe(0)
    expect(await problemOf(createAccountClient(client).signOutEverywhere())).toMatchObject({ status: 401 })
  })

  it('REF-03: survives reloads that are quicker than its answers, in whatever order those arrive', async () => {
    const { storage, service, options } = await sharedStorage()
    const first = storage.kept
    // Each reload is a new client. The last finds what the first began with, for a page that was left wrote it last.
    for (let reload = 0; reload < 3; reload++) {
      expect((await createJanusClient(options).fetch(ME)).status).toBe(200)
    }
    expect(storage.kept).not.toBe(first)
    storage.kept = first
    expect((await createJanusClient(options).fetch(ME)).status).toBe(200)
    expect((await createJanusClient(options).fetch(ME)).status).toBe(200)
    expect(service.log.filter(({ event }) => event === 'refresh-token-reused')).toEqual([])
  })
})
