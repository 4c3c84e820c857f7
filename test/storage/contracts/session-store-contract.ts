import { describe, expect, it } from 'vitest'
import { NOW, type OpenStores, random, register, signIn, source } from './arrange'

const by = { actorId: null, source }
const signedOut = { reason: 'signed-out', by, now: NOW } as const

/** Tests what every adapter of {@link SessionStore} must do. */
export function sessionStoreContract(engine: string, open: OpenStores): void {
  describe(`${engine}, as a SessionStore`, () => {
    it('finds what is live, and nothing that is over', async () => {
      const { users, sessions } = open()
      const { session, secretHash } = (await register(users)).prepared
      expect(await sessions.findLive(session.id, NOW)).toEqual({ session, roles: [], secretHash })
      expect(await sessions.findLive(session.id, session.idleExpiresAt)).toBeNull()
      expect(await sessions.findLive(random(16), NOW)).toBeNull()
      await sessions.endAny(session.id, signedOut)
      expect(await sessions.findLive(session.id, NOW)).toBeNull()
    })

    it('lets one of many callers slide a session, and never past its end', async () => {
      const { users, sessions } = open()
      const { session } = (await register(users)).prepared
      const slid = await Promise.all(
        Array.from({ length: 6 }, () => sessions.slide(session, NOW + 99_999, NOW + 5)),
      )
      const [winner, ...others] = slid.filter((live) => live !== null)
      expect(others).toEqual([])
      expect(winner?.session).toEqual({ ...session, lastSeenAt: NOW + 5, idleExpiresAt: session.expiresAt })
    })

    it('ends a session once, for its own account', async () => {
      const { users, sessions } = open()
      const { user, prepared } = await register(users)
      const { id, mode } = prepared.session
      expect(await sessions.end({ id, userId: random(16) }, signedOut)).toBeNull()
      expect(await sessions.end({ id, userId: user.id }, signedOut)).toEqual({ id, mode })
      expect(await sessions.end({ id, userId: user.id }, signedOut)).toBeNull()
      expect(await sessions.endAny(id, signedOut)).toBeNull()
    })

    it('ends what was presented with the right secret, by its owner, and says so again', async () => {
      const { users, sessions, auditLog } = open()
      const ada = await register(users)
      const token = await signIn(users, ada, { mode: 'token' })
      const { session, secretHash } = ada.prepared
      const presented = [
        { sessionId: session.id, secretHash },
        { sessionId: token.prepared.session.id, secretHash: null },
      ]
      const end = { reason: 'signed-out', source, now: NOW } as const
      expect(await sessions.endPresented([{ sessionId: session.id, secretHash: random(32) }], end)).toEqual(
        [],
      )
      const ended = [
        { id: session.id, mode: 'session' },
        { id: token.prepared.session.id, mode: 'token' },
      ]
      expect(await sessions.endPresented(presented, end)).toEqual(ended)
      expect(await sessions.endPresented(presented, { ...end, now: NOW + 9 })).toEqual(ended)
      const [last] = await auditLog.list(ada.user.id, { before: null, limit: 1 })
      expect(last).toMatchObject({
        event: 'session-ended',
        at: NOW,
        byOwner: true,
        userAgent: source.userAgent,
      })
    })

    it('ends every session of an account but one', async () => {
      const { users, sessions } = open()
      const ada = await register(users)
      const second = await signIn(users, ada, { now: NOW + 1 })
      const third = await signIn(users, ada, { now: NOW + 2, mode: 'token' })
      const kept = third.prepared.session
      const end = { ...signedOut, reason: 'signed-out-everywhere' } as const
      const ended = await sessions.endAll(ada.user.id, { except: kept.id }, end)
      expect(ended.map(({ id }) => id)).toEqual([second.prepared.session.id, ada.prepared.session.id])
      expect(await sessions.list(ada.user.id, { before: null, limit: 9 }, NOW + 2)).toEqual([
        { ...kept, app: null, keyUsedAt: null },
      ])
      await sessions.endAll(ada.user.id, { except: null }, end)
      expect(await sessions.list(ada.user.id, { before: null, limit: 9 }, NOW + 2)).toEqual([])
    })

    it('lists newest first, page by page, with ids in the order of their bytes', async () => {
      const { users, sessions } = open()
      const ada = await register(users)
      await signIn(users, ada)
      await signIn(users, ada)
      const all = await sessions.list(ada.user.id, { before: null, limit: 9 }, NOW)
      const ids = all.map(({ id }) => id)
      expect(ids).toEqual([...ids].sort().reverse())
      const [first, second, third] = all
      if (!first || !second || !third) throw new Error('Three sessions are open')
      expect(await sessions.list(ada.user.id, { before: first, limit: 1 }, NOW)).toEqual([second])
      expect(await sessions.list(ada.user.id, { before: third, limit: 1 }, NOW)).toEqual([])
    })

    it('rotates a refresh token for one of twelve callers', async () => {
      const { users, sessions } = open()
      const { session } = (await register(users, 'token')).prepared
      const terms = { now: NOW + 1, idleExpiresAt: NOW + 700, reuseSeconds: 10, source }
      const race = await Promise.all(Array.from({ length: 12 }, () => sessions.rotate(session.id, 0, terms)))
      expect(race.map(({ outcome }) => outcome).sort()).toEqual([...Array(11).fill('repeated'), 'rotated'])
      expect(new Set(race.map((each) => ('counter' in each ? each.counter : null)))).toEqual(new Set([1]))
      expect(race[0]).toMatchObject({ live: { session: { lastSeenAt: NOW + 1, idleExpiresAt: NOW + 700 } } })
    })

    it('repeats within the reuse window however often it was rotated, and ends the session after it', async () => {
      const { users, sessions } = open()
      const { session } = (await register(users, 'token')).prepared
      const at = (now: number) => ({ now: NOW + now, idleExpiresAt: NOW + 700, reuseSeconds: 10, source })
      for (const counter of [0, 1, 2]) await sessions.rotate(session.id, counter, at(counter + 1))
      expect(await sessions.rotate(session.id, 0, at(9))).toMatchObject({ outcome: 'repeated', counter: 3 })
      await sessions.rotate(session.id, 3, at(12))
      expect(await sessions.rotate(session.id, 1, at(12))).toMatchObject({ outcome: 'repeated', counter: 4 })
      expect(await sessions.rotate(session.id, 0, at(12))).toMatchObject({ outcome: 'reused' })
      expect(await sessions.rotate(session.id, 4, at(13))).toEqual({ outcome: 'over' })
    })

    it('gives the sweep what has ended or expired, and forgets it', async () => {
      const { users, sessions } = open()
      const ada = await register(users)
      const { id, mode } = ada.prepared.session
      const long = (await signIn(users, ada, { now: NOW + 9000 })).prepared.session
      await sessions.endAny(id, { ...signedOut, now: 0 })
      expect(await sessions.findEnded(0, 9)).toEqual([])
      expect(await sessions.findEnded(1, 9)).toEqual([{ id, mode }])
      await sessions.deleteEnded([id, long.id])
      expect(await sessions.findEnded(1, 9)).toEqual([])
      expect(await sessions.findLive(long.id, NOW + 9000)).not.toBeNull()
      expect(await sessions.deleteExpired(long.expiresAt, 0)).toBe(0)
      while ((await sessions.deleteExpired(long.expiresAt + 1, 100)) > 0);
      expect(await sessions.findLive(long.id, NOW + 9000)).toBeNull()
    })
  })
}
