import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { waitAsInProduction } from '../support/patience'
import { type Answer, expectProblem, newEmail, PASSWORD, send, signedInPerson } from '../support/person'
import { ownService, type Service } from '../support/service'

waitAsInProduction()

/** Longer than any store is waited for. */
const LONG_MS = 6000

/** Returns a binding whose named methods never answer. */
function mute<T extends object>(binding: T, methods: readonly string[]): T {
  return new Proxy(binding, {
    get(target, name) {
      if (methods.includes(String(name))) return () => new Promise(() => {})
      const value = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

/** A statement that is never done. */
const MUTE_STATEMENT = {
  bind: () => MUTE_STATEMENT,
  first: () => new Promise(() => {}),
  all: () => new Promise(() => {}),
  run: () => new Promise(() => {}),
}

const muteD1 = () =>
  new Proxy(env.DB, {
    get: (_, name) => (name === 'prepare' ? () => MUTE_STATEMENT : () => new Promise(() => {})),
  })

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})

afterEach(() => {
  vi.useRealTimers()
})

/** Sends a request and lets time pass until it is answered. */
async function sendPatiently(
  service: Service,
  method: string,
  path: string,
  options: Parameters<typeof send>[3],
): Promise<Answer> {
  let answer: Answer | undefined
  const sent = send(service, method, path, options).then((value) => {
    answer = value
  })
  for (let turn = 0; turn < 100 && answer === undefined; turn++) {
    await vi.advanceTimersByTimeAsync(LONG_MS)
    await scheduler.wait(1)
  }
  await sent
  if (!answer) throw new Error('There was no answer')
  return answer
}

describe.each(['session', 'token'] as const)('API-02: a store that does not answer, in %s mode', (mode) => {
  it('KV: the request is answered from D1', async () => {
    const service = ownService({ SESSIONS: mute(env.SESSIONS, ['get', 'put', 'delete']) })
    const ada = await signedInPerson({ mode })
    const me = await sendPatiently(service, 'GET', '/me', { headers: ada.headers })
    expect({ status: me.status, id: me.body.user?.id }).toEqual({ status: 200, id: ada.userId })
  })

  it('D1: the request is refused, and nobody is signed in', async () => {
    const service = ownService({ DB: muteD1() })
    const ada = await signedInPerson({ mode })
    expectProblem(
      await sendPatiently(service, 'GET', '/me', { headers: ada.headers }),
      503,
      'store-unavailable',
    )
    const body = { email: ada.email, password: PASSWORD, mode }
    const login = await sendPatiently(service, 'POST', '/login', { body })
    expectProblem(login, 503, 'store-unavailable')
    expect(login.cookies).toEqual({})
  })

  it('the rate limit: no attempt is let through', async () => {
    const service = ownService({ LOGIN_LIMIT: mute(env.LOGIN_LIMIT, ['limit']) })
    const body = { email: newEmail(), password: PASSWORD, mode }
    const registered = await sendPatiently(service, 'POST', '/register', { body })
    expectProblem(registered, 503, 'store-unavailable')
    const stored = await env.DB.prepare('SELECT id FROM users WHERE email = ?1').bind(body.email).all()
    expect(stored.results).toEqual([])
  })
})
