import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import {
  countHashes,
  expectThrottled,
  failuresOf,
  logIn,
  openSessions,
  stoppedService,
  WRONG,
} from '../support/guessing'
import {
  type Answer,
  expectProblem,
  newAddress,
  PASSWORD,
  read,
  send,
  signedInPerson,
} from '../support/person'
import type { OwnService } from '../support/service'

const NEW_PASSWORD = 'seven quiet minutes at sea'

describe('RL-06: one budget', () => {
  /** Every way to try a password. */
  const paths = ['login, session', 'login, token', 'login, form', 'change of password', 'deletion'] as const

  async function guesser(service: OwnService, password: string) {
    const ada = await signedInPerson({ mode: 'session', service })
    const bearer = await ada.signIn({ mode: 'token' })
    const guesses: Record<(typeof paths)[number], () => Promise<Answer>> = {
      'login, session': () => logIn(service, ada.email, password, 'session'),
      'login, token': () => logIn(service, ada.email, password, 'token'),
      'login, form': async () => {
        const headers = { 'CF-Connecting-IP': newAddress() }
        const body = new URLSearchParams({ email: ada.email, password })
        return read(
          await service.fetch(new Request(`${service.issuer}/login`, { method: 'POST', headers, body })),
        )
      },
      'change of password': () =>
        bearer.post('/password', { current_password: password, new_password: NEW_PASSWORD }),
      deletion: () => ada.post('/me/delete', { password }),
    }
    return { ada, guesses }
  }

  it('five guesses over five paths use it up on every path', async () => {
    const service = stoppedService()
    const { ada, guesses } = await guesser(service, WRONG)
    for (const path of paths) expectProblem(await guesses[path](), 401, 'invalid-credentials')
    const hashes = countHashes()
    for (const path of paths) expect(expectThrottled(await guesses[path]()), path).toBe(1)
    expect(hashes()).toBe(0)
    expect(await failuresOf(service, ada.email)).toBe(5)
  })

  it.each(paths)(
    'by %s: five guesses, then the right password is refused everywhere, and changes nothing',
    async (path) => {
      const service = stoppedService()
      const { ada, guesses } = await guesser(service, WRONG)
      const before = await env.DB.prepare('SELECT * FROM users WHERE id = ?1').bind(ada.userId).first()
      for (let free = 0; free < 5; free++) expectProblem(await guesses[path](), 401, 'invalid-credentials')
      expectThrottled(await guesses[path]())
      expectThrottled(await logIn(service, ada.email, PASSWORD, 'session'))
      expectThrottled(await ada.post('/me/delete', { password: PASSWORD }))
      const change = { current_password: PASSWORD, new_password: NEW_PASSWORD }
      expectThrottled(await ada.post('/password', change))
      expect(await env.DB.prepare('SELECT * FROM users WHERE id = ?1').bind(ada.userId).first()).toEqual(
        before,
      )
      expect(await openSessions(ada.userId)).toBe(2)
    },
  )

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
