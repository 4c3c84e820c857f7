import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { OPERATIONS, type OperationName } from '../../lab/costs/operations'
import { countingService } from '../support/counting'
import { guardedApp } from '../support/guarded-app'
import { newEmail, PASSWORD, send, signedInPerson } from '../support/person'

type Counting = ReturnType<typeof countingService>
type Mode = 'session' | 'token'

/** Does each operation once everything it needs is there. Returns an answer that must be 2xx. */
const DOING: Readonly<
  Record<OperationName, (counting: Counting, mode: Mode) => Promise<() => Promise<{ status: number }>>>
> = {
  'protected request': async ({ service }, mode) => {
    const person = await signedInPerson({ mode, service })
    const app = guardedApp(service)
    await send(app, 'GET', '/protected', { headers: person.headers })
    return () => send(app, 'GET', '/protected', { headers: person.headers })
  },
  'protected request, sealed': async ({ service }) => {
    const { headers, answer } = await signedInPerson({ mode: 'session', service })
    const app = guardedApp(service)
    const sealed = { Cookie: `${headers.Cookie}; __Host-seal=${answer.cookies['__Host-seal']}` }
    return () => send(app, 'GET', '/protected', { headers: sealed })
  },
  'first request of a session without a seal': async ({ service }) => {
    const person = await signedInPerson({ mode: 'session', service })
    const app = guardedApp(service)
    return () => send(app, 'GET', '/protected', { headers: person.headers })
  },
  'protected request, remembered': async ({ service }, mode) => {
    const person = await signedInPerson({ mode, service })
    const app = guardedApp(service)
    // The first writes the copy, which is forgetting; the second remembers it.
    for (let n = 0; n < 2; n++) await send(app, 'GET', '/protected', { headers: person.headers })
    return () => send(app, 'GET', '/protected', { headers: person.headers })
  },
  'protected request, live': async ({ service }, mode) => {
    const person = await signedInPerson({ mode, service })
    await send(guardedApp(service), 'GET', '/protected', { headers: person.headers })
    return async () => {
      const { ok } = await service.callers.requireLive(new Headers(person.headers), 'GET')
      return { status: ok ? 200 : 401 }
    }
  },
  'protected request that slides the session': async ({ service }) => {
    const person = await signedInPerson({ mode: 'session', service })
    const app = guardedApp(service)
    await send(app, 'GET', '/protected', { headers: person.headers })
    service.ahead = 4 * 24 * 3600
    await service.services.restores.lastAt()
    return () => send(app, 'GET', '/protected', { headers: person.headers })
  },
  'sign-up': async ({ service }, mode) => {
    return () => send(service, 'POST', '/register', { body: { email: newEmail(), password: PASSWORD, mode } })
  },
  'sign-in': async ({ service }, mode) => {
    const { email } = await signedInPerson({ mode, service })
    return () => send(service, 'POST', '/login', { body: { email, password: PASSWORD, mode } })
  },
  refresh: async ({ service }) => {
    const { refreshToken } = await signedInPerson({ mode: 'token', service })
    return () => send(service, 'POST', '/refresh', { body: { refresh_token: refreshToken } })
  },
  'sign-out': async ({ service }, mode) => {
    const person = await signedInPerson({ mode, service })
    return () => person.post('/logout')
  },
  'ended session, swept': async ({ service }, mode) => {
    const person = await signedInPerson({ mode, service })
    await person.post('/logout')
    return async () => {
      const { sessions, sessionCache } = service.services
      if (mode === 'session') await sessionCache.delete([person.sessionId])
      await sessions.deleteEnded([person.sessionId])
      const row = await env.DB.prepare('SELECT 1 FROM sessions WHERE id = ?1').bind(person.sessionId).first()
      return { status: row === null ? 200 : 500 }
    }
  },
}

const CASES = Object.entries(OPERATIONS).flatMap(([name, byMode]) =>
  Object.entries(byMode).flatMap(([mode, expected]) =>
    expected === null ? [] : [{ name: name as OperationName, mode: mode as Mode, expected }],
  ),
)

describe.each(CASES)('$name, in $mode mode', ({ name, mode, expected }) => {
  it('costs what lab/costs/operations.ts says, which prices are computed from', async () => {
    const settings = {
      MEMO_SECONDS: name === 'protected request, remembered' ? '5' : '0',
      SEAL_SECONDS: '30',
    }
    const counting = countingService(settings)
    // Whatever an isolate loads once, it has loaded.
    await signedInPerson({ mode: 'token', service: counting.service })
    const measure = async () => {
      const act = await DOING[name](counting, mode)
      let rows: Awaited<ReturnType<Counting['rowsOf']>> | undefined
      const costs = await counting.costsOf(async () => {
        rows = await counting.rowsOf(async () => expect((await act()).status).toBeLessThan(300))
      })
      return { ...costs, ...rows }
    }
    let measured = await measure()
    // SQLite reads a row beyond a range to see that it ends, unless a random id is the last of its index: then it reads fewer.
    for (let again = 0; again < 3 && (measured.rowsRead ?? 0) < expected.rowsRead; again++) {
      measured = await measure()
    }
    expect(measured).toEqual(expected)
  })
})
