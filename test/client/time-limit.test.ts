import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createJanusClient, JanusProblem } from '../../packages/client/index.ts'
import { FORMS, signedUpClient, TOKEN_FORMS, type Wired, wiredClient } from '../support/client'
import type { Network } from '../support/network'
import { newEmail, PASSWORD } from '../support/person'
import { deployed, ownService } from '../support/service'
import { stopTime } from '../support/stop-time'

const ME = `${deployed.issuer}/me`
/** Longer than an access token lives. */
const LONG = 1000
/** The real one, whatever timers a test has stopped. */
const after = setTimeout
/** Is not answered. Ends all the same if nobody gives it up, so that a client that waits for ever fails rather than hangs. */
const NEVER = () =>
  new Promise<Response>((_, reject) => after(() => reject(new Error('Nobody gave it up')), 3_000))
const STOPPED = new Error('The page was left')

/** Lets timers alone pass, and what waits for them. */
function stopTimers() {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => {
    vi.useRealTimers()
  })
}

/** Its result, or what it was refused with, once `begun` is reached and ten seconds have passed. */
async function afterTenSeconds(begin: () => Promise<unknown>, begun: Promise<void>) {
  stopTimers()
  const result = begin().catch((error: unknown) => error)
  await begun
  await vi.advanceTimersByTimeAsync(9_999)
  const early = await Promise.race([result, Promise.resolve('not yet')])
  await vi.advanceTimersByTimeAsync(1)
  return { early, late: await result }
}

const TIMED_OUT = {
  early: 'not yet',
  late: expect.objectContaining({ name: 'TypeError', message: 'Janus did not answer in time' }),
}

/** Makes the next request of a route meet something. Gives when it has been reached. */
function meetNext(
  network: Network,
  route: string,
  meet: (signal: AbortSignal) => Promise<Response>,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  network.next(route, (_, signal) => {
    resolve()
    return meet(signal)
  })
  return promise
}

describe.each(TOKEN_FORMS)('a client, %s, whose refresh is not answered', (form) => {
  async function unansweredClient() {
    const service = ownService()
    const wired = await signedUpClient(form, service)
    service.ahead += LONG
    return { ...wired, begun: meetNext(wired.network, 'POST /refresh', NEVER) }
  }

  it('gives up after ten seconds, stays signed in, and tries again', async () => {
    const { client, begun, network } = await unansweredClient()
    expect(await afterTenSeconds(() => client.fetch(ME), begun)).toEqual(TIMED_OUT)
    expect(client.signedIn).toBe(true)
    expect((await client.fetch(ME)).status).toBe(200)
    expect(network.count('POST /refresh')).toBe(1)
  })

  it('gives one call up at once when its signal aborts, and refreshes for the others', async () => {
    const service = ownService()
    const { client, network } = await signedUpClient(form, service)
    service.ahead += LONG
    const held = network.hold('POST /refresh')
    const leaving = new AbortController()
    const left = client.fetch(ME, { signal: leaving.signal })
    const asRequest = client.fetch(new Request(ME, { signal: leaving.signal }))
    const other = client.fetch(ME)
    await held.reached
    leaving.abort(STOPPED)
    await expect(left).rejects.toBe(STOPPED)
    await expect(asRequest).rejects.toThrow()
    held.release()
    expect((await other).status).toBe(200)
    expect(network.count('POST /refresh')).toBe(1)
  })
})

it.each(TOKEN_FORMS)('a client, %s, refreshes nothing for a signal that has aborted', async (form) => {
  stopTime()
  const { client, network } = await signedUpClient(form)
  vi.setSystemTime(Date.now() + LONG * 1000)
  let refreshes = 0
  network.next('POST /refresh', () => {
    refreshes++
    return NEVER()
  })
  await expect(client.fetch(ME, { signal: AbortSignal.abort(STOPPED) })).rejects.toBe(STOPPED)
  expect(refreshes).toBe(0)
})

describe.each(Object.keys(FORMS) as (keyof typeof FORMS)[])('a client, %s', (form) => {
  it.each([
    ['me', FORMS[form].mode === 'token' ? 'GET /me' : 'GET /', ({ client }: Wired) => client.me],
    ['signOut', 'POST /logout', ({ client }: Wired) => client.signOut],
    ['signOutEverywhere', 'POST /logout/all', ({ account }: Wired) => account.signOutEverywhere],
    ['sessions', 'GET /sessions', ({ account }: Wired) => account.sessions],
  ] as const)('gives up %s after ten seconds, and at once when its signal aborts', async (_, route, of) => {
    const wired = await signedUpClient(form)
    const operation = of(wired)
    const leaving = new AbortController()
    const reached = meetNext(wired.network, route, NEVER)
    const left = operation({ signal: leaving.signal })
    await reached
    leaving.abort(STOPPED)
    await expect(left).rejects.toBe(STOPPED)
    await expect(operation({ signal: leaving.signal })).rejects.toBe(STOPPED)
    expect(wired.network.count(route)).toBe(0)

    const begun = meetNext(wired.network, route, NEVER)
    expect(await afterTenSeconds(operation, begun)).toEqual(TIMED_OUT)
    expect(wired.client.signedIn).toBe(true)
  })

  it('gives up after as many milliseconds as it was told', async () => {
    const { network } = wiredClient(form)
    const client = createJanusClient({
      ...FORMS[form],
      issuer: deployed.issuer,
      fetch: network.fetch,
      timeoutMs: 50,
    })
    const begun = meetNext(network, 'POST /login', NEVER)
    stopTimers()
    const refused = client.signIn({ email: newEmail(), password: PASSWORD }).catch((error: unknown) => error)
    await begun
    await vi.advanceTimersByTimeAsync(50)
    expect(await refused).toMatchObject({ message: 'Janus did not answer in time' })
  })

  it('gives up a sign-in whose body never ends', async () => {
    const { client, network } = wiredClient(form)
    const begun = meetNext(network, 'POST /login', async (signal) => {
      const body = new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode('{"user":'))
          // As the body of an answer from a network ends.
          signal.addEventListener('abort', () => controller.error(signal.reason))
        },
      })
      return new Response(body)
    })
    const { early, late } = await afterTenSeconds(
      () => client.signIn({ email: newEmail(), password: PASSWORD }),
      begun,
    )
    expect({ early, code: late instanceof JanusProblem && late.code }).toEqual({
      early: 'not yet',
      code: 'unexpected-answer',
    })
    expect(client.signedIn).not.toBe(true)
  })

  it('sends nothing for a signal that has aborted', async () => {
    const { client, network } = await signedUpClient(form)
    const before = network.sent.length
    await expect(client.fetch(ME, { signal: AbortSignal.abort(STOPPED) })).rejects.toBe(STOPPED)
    expect(network.sent).toHaveLength(before)
  })

  it('gives a call up at once that is not answered, whatever the runtime makes of its signal', async () => {
    const { client, network } = await signedUpClient(form)
    const begun = meetNext(network, 'GET /me', NEVER)
    const leaving = new AbortController()
    const left = client.fetch(ME, { signal: leaving.signal })
    await begun
    leaving.abort(STOPPED)
    await expect(left).rejects.toBe(STOPPED)
  })
})
