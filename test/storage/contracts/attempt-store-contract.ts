import { describe, expect, it } from 'vitest'
import { FAILURE_SECONDS } from '../../../src/throttling/attempt-limits'
import { LIMITS, NOW, type OpenStores, random, register, source } from './arrange'

const budgetOfSource = (room = 2) => ({ key: random(32), seconds: 10, room: room * 10 })

/** Tests what every adapter of {@link AttemptStore} must do. */
export function attemptStoreContract(engine: string, open: OpenStores): void {
  const stranger = (canonicalEmail: string, given: object = {}) => ({
    canonicalEmail,
    attempter: { in: 'open' as const, accountKey: random(32), deviceIds: [], sources: [], ...given },
    now: NOW,
  })

  describe(`${engine}, as an AttemptStore`, () => {
    it('gives the account to check an attempt against, and counts alike where there is none', async () => {
      const { users, attempts } = open()
      const ada = await register(users)
      const known = await attempts.reserve(stranger(ada.email))
      expect(known).toMatchObject({ outcome: 'reserved', budget: { of: 'strangers' }, blockedUntil: 0 })
      expect(known).toMatchObject({ account: { user: ada.user, passwordHash: ada.hash } })
      const unknown = await attempts.reserve(stranger('nobody@example.com'))
      expect(unknown).toMatchObject({ outcome: 'reserved', blockedUntil: 0, account: null })
    })

    it('lets no more attempts at once begin than are free, however many there are', async () => {
      const { attempts } = open()
      const attempt = stranger('nobody@example.com')
      const race = await Promise.all(Array.from({ length: 12 }, () => attempts.reserve(attempt)))
      expect(race.filter(({ outcome }) => outcome === 'reserved')).toHaveLength(LIMITS.freeAttempts)
      expect(race.filter(({ outcome }) => outcome === 'throttled')).toHaveLength(12 - LIMITS.freeAttempts)
    })

    it('doubles the wait, and lets nothing through at the maximum until a failure is forgotten', async () => {
      const { attempts } = open()
      const attempt = stranger('nobody@example.com')
      const blocked: unknown[] = []
      let now = NOW
      for (let nth = 0; nth < LIMITS.maxAttempts; nth++) {
        const each = await attempts.reserve({ ...attempt, now })
        blocked.push('blockedUntil' in each && each.blockedUntil > 0 ? each.blockedUntil - now : 0)
        now += 10
      }
      expect(blocked).toEqual([0, 0, 1, 2, 4, 8])
      expect(await attempts.reserve({ ...attempt, now })).toMatchObject({
        outcome: 'throttled',
        retryAfterSeconds: NOW + FAILURE_SECONDS - now,
      })
      const later = { ...attempt, now: NOW + FAILURE_SECONDS }
      expect(await attempts.reserve(later)).toMatchObject({ outcome: 'reserved' })
    })

    it('counts a device and a session apart from strangers, and takes an attempt back', async () => {
      const { users, attempts } = open()
      const ada = await register(users)
      const { id: sessionId } = ada.prepared.session
      const shared = stranger(ada.email, { deviceIds: [random(16), ada.prepared.newDeviceId] })
      const byDevice = await attempts.reserve(shared)
      expect(byDevice).toMatchObject({ budget: { of: 'device', key: ada.prepared.newDeviceId } })
      const inSession = { in: 'session', sessionId } as const
      const bySession = await attempts.reserve({ ...shared, attempter: inSession })
      expect(bySession).toMatchObject({ budget: { of: 'session', key: sessionId } })
      const own = stranger(ada.email)
      for (let nth = 0; nth < 2 * LIMITS.maxAttempts; nth++) {
        const attempt = await attempts.reserve(own)
        if (attempt.outcome !== 'reserved') throw new Error(`The attempt was ${attempt.outcome}`)
        await attempts.takeBack(attempt, { sessionId })
      }
      const last = await attempts.reserve(own)
      if (last.outcome !== 'reserved') throw new Error('The attempt was not reserved')
      await attempts.takeBack(last, { sessionId: random(16) })
      for (let nth = 1; nth < LIMITS.freeAttempts; nth++) await attempts.reserve(own)
      expect((await attempts.reserve(own)).outcome, 'what was for nothing counts').toBe('throttled')
    })

    it('charges a source for what it failed, and forgets a device that is used up', async () => {
      const { users, attempts, devices, auditLog } = open()
      const ada = await register(users)
      const sources = [budgetOfSource(), budgetOfSource()]
      const refusal = {
        at: NOW,
        event: 'signed-in',
        outcome: 'refused',
        reason: 'wrong-password',
        actorId: null,
        subjectId: ada.user.id,
        accountKey: random(32),
        sessionId: null,
        mode: null,
        source,
      } as const
      for (let nth = 0; nth < 3; nth++) {
        const attempt = await attempts.reserve(stranger(ada.email, { sources }))
        if (!('budget' in attempt)) throw new Error('The source has some left')
        await attempts.refuse(refusal, { budget: attempt.budget, sources })
      }
      expect(await attempts.reserve(stranger(ada.email, { sources }))).toEqual({
        outcome: 'source-throttled',
        retryAfterSeconds: 10,
      })
      const device = stranger(ada.email, { deviceIds: [ada.prepared.newDeviceId] })
      for (let nth = 0; nth < LIMITS.maxAttempts; nth++) {
        const attempt = await attempts.reserve({ ...device, now: NOW + 100 * nth })
        if (!('budget' in attempt)) throw new Error('A device waits for no source')
        await attempts.refuse(refusal, { budget: attempt.budget, sources: [] })
      }
      expect(await devices.list(ada.user.id, NOW)).toEqual([])
      const [last] = await auditLog.list(ada.user.id, { before: null, limit: 1 })
      expect(last).toMatchObject({ event: 'device-forgotten', reason: 'too-many-attempts' })
    })

    it('records an attempt that was not looked at once for each wait', async () => {
      const { users, attempts, auditLog } = open()
      const ada = await register(users)
      const attempt = stranger(ada.email)
      for (let nth = 0; nth < LIMITS.freeAttempts; nth++) await attempts.reserve(attempt)
      const before = (await auditLog.list(ada.user.id, { before: null, limit: 99 })).length
      for (let nth = 0; nth < 3; nth++) {
        const refused = await attempts.reserve(attempt)
        if (refused.outcome !== 'throttled') throw new Error('The budget has to wait')
        const refusal = { event: 'signed-in', outcome: 'refused', reason: 'throttled' } as const
        const who = { actorId: null, subjectId: ada.user.id, accountKey: null, sessionId: null, mode: null }
        await attempts.refuse(
          { at: NOW, ...refusal, ...who, source },
          { budget: refused.budget, sources: [] },
        )
      }
      expect(await auditLog.list(ada.user.id, { before: null, limit: 99 })).toHaveLength(before + 1)
    })

    it('charges a registration to its source, of many at once no more than it may spend', async () => {
      const { users, attempts } = open()
      const ada = await register(users)
      const registration = { canonicalEmail: ada.email, sources: [budgetOfSource(3)], now: NOW }
      const race = await Promise.all(
        Array.from({ length: 9 }, () => attempts.reserveRegistration(registration)),
      )
      expect(race.filter(({ outcome }) => outcome === 'taken')).toHaveLength(4)
      expect(race.filter(({ outcome }) => outcome === 'source-throttled')).toHaveLength(5)
      const free = { canonicalEmail: 'nobody@example.com', sources: [budgetOfSource()], now: NOW }
      expect(await attempts.reserveRegistration(free)).toEqual({ outcome: 'free' })
    })

    it('forgets a budget of which nothing is spent any more, and none before', async () => {
      const { attempts } = open()
      const attempt = stranger('nobody@example.com')
      for (let nth = 0; nth < LIMITS.freeAttempts; nth++) await attempts.reserve(attempt)
      await attempts.forget(NOW + 1, 1000)
      expect((await attempts.reserve(attempt)).outcome).toBe('throttled')
      await attempts.forget(NOW + LIMITS.freeAttempts * FAILURE_SECONDS, 1000)
      expect((await attempts.reserve(attempt)).outcome).toBe('reserved')
    })
  })
}
