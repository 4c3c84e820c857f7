import { describe, expect, it } from 'vitest'
import type { LiveSession } from '../../src/sessions/session'
import type { SessionCache } from '../../src/sessions/session-cache'

const DAY = 24 * 60 * 60
const now = () => Math.floor(Date.now() / 1000)

function newSession(given: Partial<LiveSession['session']> = {}): LiveSession {
  const id = crypto.randomUUID().replaceAll('-', '').slice(0, 22)
  const session = {
    id,
    userId: 'u'.repeat(22),
    mode: 'session',
    createdAt: now(),
    authenticatedAt: now(),
    amr: 'pwd',
    lastSeenAt: now(),
    idleExpiresAt: now() + DAY,
    expiresAt: now() + 2 * DAY,
    userAgent: 'Ünï 🦊/1.0',
    country: null,
    ...given,
  } as const
  return { session, roles: ['admin', 'größe'], secretHash: 's'.repeat(43) }
}

/** What every adapter of {@link SessionCache} must do. */
export function sessionCacheContract(store: string, open: () => SessionCache): void {
  describe(`${store}, as a SessionCache`, () => {
    it('returns null for an unknown id', async () => {
      expect(await open().find(newSession().session.id)).toBeNull()
    })

    it('returns what was saved, byte for byte', async () => {
      const [cache, live] = [open(), newSession()]
      await cache.save(live, now())
      expect(await cache.find(live.session.id)).toEqual(live)
    })

    it('overwrites', async () => {
      const [cache, live] = [open(), newSession()]
      await cache.save(live, now())
      const later = { ...live, roles: [], session: { ...live.session, lastSeenAt: now() + 60 } }
      await cache.save(later, now())
      expect(await cache.find(live.session.id)).toEqual(later)
    })

    it('deletes, and deletes again', async () => {
      const [cache, live] = [open(), newSession()]
      await cache.save(live, now())
      await cache.delete(live.session.id)
      await cache.delete(live.session.id)
      expect(await cache.find(live.session.id)).toBeNull()
    })

    it.each([
      ['that lasts for 400 days', 400 * DAY],
      ['that ends within a second', 1],
      ['that has ended', -DAY],
    ])('takes a session %s', async (_, seconds) => {
      const [cache, live] = [open(), newSession({ idleExpiresAt: now() + seconds })]
      await cache.save(live, now())
      const found = await cache.find(live.session.id)
      // What has ended may be gone already. Readers look at the time themselves.
      if (seconds > 1 || found !== null) expect(found).toEqual(live)
    })

    it('keeps fifty sessions that are saved at once apart', async () => {
      const cache = open()
      const all = Array.from({ length: 50 }, () => newSession())
      await Promise.all(all.map((live) => cache.save(live, now())))
      expect(await Promise.all(all.map(({ session }) => cache.find(session.id)))).toEqual(all)
    })

    it('shares nothing with its caller', async () => {
      const cache = open()
      const live = newSession()
      const roles = ['member']
      await cache.save({ ...live, roles }, now())
      roles.push('admin')
      expect((await cache.find(live.session.id))?.roles).toEqual(['member'])
    })
  })
}
