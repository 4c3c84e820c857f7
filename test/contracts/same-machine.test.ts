import { describe, expect, it } from 'vitest'
import { type Answer, expectProblem, newEmail, PASSWORD, send } from '../support/person'
import { ownService } from '../support/service'

/** Two services on two ports of one machine. */
const services = ['8787', '8788'].map((port) => ownService({ ISSUER: `http://localhost:${port}` }))

/** Returns a browser that keeps cookies by name and host, whatever the port (RFC 6265 §5.3, §8.5). */
function createBrowser() {
  const jar = new Map<string, string>()
  return {
    names: () => [...jar.keys()].sort(),
    async send(port: number, method: string, path: string, body?: unknown): Promise<Answer> {
      const service = services[port]
      if (!service) throw new Error(`There is no service ${port}`)
      const headers = { Cookie: [...jar].map((pair) => pair.join('=')).join('; ') }
      const answer = await send(service, method, path, { body, headers })
      for (const [name, value] of Object.entries(answer.cookies)) {
        if (value === '') jar.delete(name)
        else jar.set(name, value)
      }
      return answer
    },
  }
}

const IN_COOKIES = [
  { form: 'session', asks: { mode: 'session' }, cookie: 'session' },
  { form: 'token', asks: { mode: 'token', refresh_in: 'cookie' }, cookie: 'refresh' },
] as const

describe.each(IN_COOKIES)('two services on one machine, in $form mode', ({ form, asks, cookie }) => {
  const isSignedIn = async (browser: ReturnType<typeof createBrowser>, port: number) =>
    form === 'session'
      ? (await browser.send(port, 'GET', '/me')).status === 200
      : (await browser.send(port, 'POST', '/refresh', {})).status === 200

  it('SES-02: do not take, replace or end each other’s sessions', async () => {
    const browser = createBrowser()
    for (const port of [0, 1]) {
      const person = { email: newEmail(), password: PASSWORD, ...asks }
      expect((await browser.send(port, 'POST', '/register', person)).status).toBe(201)
    }
    const names = ['device', cookie].flatMap((each) => [`__Host-${each}-8787`, `__Host-${each}-8788`])
    expect(browser.names()).toEqual(names.sort())
    expect([await isSignedIn(browser, 0), await isSignedIn(browser, 1)]).toEqual([true, true])

    const stranger = { email: newEmail(), password: PASSWORD }
    expectProblem(await browser.send(0, 'POST', '/login', stranger), 401, 'invalid-credentials')
    const again = { email: newEmail(), password: PASSWORD, ...asks }
    expect((await browser.send(0, 'POST', '/register', again)).status).toBe(201)
    expect([await isSignedIn(browser, 0), await isSignedIn(browser, 1)]).toEqual([true, true])
  })
})

it('SES-02: a sign-out at one service leaves the browser signed in at the other', async () => {
  const browser = createBrowser()
  for (const port of [0, 1])
    await browser.send(port, 'POST', '/register', { email: newEmail(), password: PASSWORD })
  expect((await browser.send(0, 'POST', '/logout')).status).toBe(204)
  expect(browser.names().filter((name) => !name.startsWith('__Host-device'))).toEqual(['__Host-session-8788'])
  expectProblem(await browser.send(0, 'GET', '/me'), 401, 'authentication-required')
  expect((await browser.send(1, 'GET', '/me')).status).toBe(200)
})
