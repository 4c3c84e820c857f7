import { describe, expect, it } from 'vitest'
import { createKeyring } from '../../src/crypto/keyring'
import type { CopyStore } from '../../src/sessions/copy-store'
import type { LiveSession } from '../../src/sessions/session'
import type { SessionCache } from '../../src/sessions/session-cache'
import { createSessionCopies } from '../../src/sessions/session-copies'
import { createSignedTexts } from '../../src/sessions/signed-texts'

const DAY = 24 * 60 * 60
export const now = () => Math.floor(Date.now() / 1000)

export const signedTexts = createSignedTexts({
  keyring: createKeyring(['Xr7VhmM0v3dEWdC1sPpT6uJqgB9oYkZfLwNaQ2iHtE4']),
  issuer: 'https://auth.example.com',
  purpose: 'session-copy',
})

/** Copies on a store as Janus makes them, by the clock on the wall. */
export function copiesOn(
  copyStore: CopyStore,
  { copySeconds = 300 }: { readonly copySeconds?: number | null } = {},
): SessionCache {
  const restores = { lastAt: async () => 0 }
  return createSessionCopies({ copyStore, signedTexts, restores, copySeconds, clock: now, log: () => {} })
}

export function newLiveSession(given: Partial<LiveSession['session']> = {}): LiveSession {
  const id = crypto.randomUUID().replaceAll('-', '').slice(0, 22)
  const session = {
    id,
    userId: 'u'.repeat(22),
    mode: 'session',
    createdAt: now(),
    authenticatedAt: now(),
    methods: [{ method: 'pwd', at: now() }],
    lastSeenAt: now(),
    idleExpiresAt: now() + DAY,
    expiresAt: now() + 2 * DAY,
    userAgent: 'Ünï 🦊/1.0',
    country: null,
    ...given,
  } as const
  return { session, roles: ['admin', 'größe'], secretHash: 's'.repeat(43) }
}

/** Tests what every store of copies must do. */
export function sessionCopiesContract(store: string, open: () => SessionCache): void {
  describe(`copies of sessions in ${store}`, () => {
    it('returns null for an unknown id', async () => {
      expect(await open().find(newLiveSession().session.id)).toBeNull()
    })

    it('returns what was saved, byte for byte', async () => {
      const [cache, live] = [open(), newLiveSession()]
      await cache.save(live, now())
      expect(await cache.find(live.session.id)).toEqual(live)
    })

    it('overwrites', async () => {
      const [cache, live] = [open(), newLiveSession()]
      await cache.save(live, now())
      const later = { ...live, roles: [], session: { ...live.session, lastSeenAt: now() + 60 } }
      await cache.save(later, now())
      expect(await cache.find(live.session.id)).toEqual(later)
    })

    it('deletes, and deletes again', async () => {
      const [cache, live] = [open(), newLiveSession()]
      await cache.save(live, now())
      await cache.delete([live.session.id])
      await cache.delete([live.session.id, newLiveSession().session.id])
      expect(await cache.find(live.session.id)).toBeNull()
    })

    it.each([
      ['that lasts for 400 days', 400 * DAY],
      ['that ends within a second', 1],
      ['that has ended', -DAY],
    ])('takes a session %s', async (_, seconds) => {
      const [cache, live] = [open(), newLiveSession({ idleExpiresAt: now() + seconds })]
      await cache.save(live, now())
      const found = await cache.find(live.session.id)
      // What has ended may be gone already. Readers look at the time themselves.
      if (seconds > 1 || found !== null) expect(found).toEqual(live)
    })

    it('deletes fifty at once', async () => {
      const cache = open()
      const all = Array.from({ length: 50 }, () => newLiveSession())
      await Promise.all(all.map((live) => cache.save(live, now())))
      const [kept, ...ids] = all.map(({ session }) => session.id)
      await cache.delete(ids)
      expect(await Promise.all(ids.map((id) => cache.find(id)))).toEqual(ids.map(() => null))
      expect(await cache.find(String(kept))).toEqual(all[0])
    })

    it('keeps fifty sessions that are saved at once apart', async () => {
      const cache = open()
      const all = Array.from({ length: 50 }, () => newLiveSession())
      await Promise.all(all.map((live) => cache.save(live, now())))
      expect(await Promise.all(all.map(({ session }) => cache.find(session.id)))).toEqual(all)
    })

    it('shares nothing with its caller', async () => {
      const cache = open()
      const live = newLiveSession()
      const roles = ['member']
      await cache.save({ ...live, roles }, now())
      roles.push('admin')
      expect((await cache.find(live.session.id))?.roles).toEqual(['member'])
    })
  })
}
