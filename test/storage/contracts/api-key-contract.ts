import { describe, expect, it } from 'vitest'
import { MOST_API_KEYS, type NewApiKey } from '../../../src/oauth/api-key'
import {
  MAX_SESSIONS,
  NOW,
  type OpenStores,
  type Registered,
  random,
  register,
  signIn,
  source,
} from './arrange'

const DAY = 24 * 60 * 60

/** Returns a key that somebody makes in their first session. */
export function newKey(ada: Registered, others: Partial<NewApiKey> = {}): NewApiKey {
  return {
    ...{
      id: random(16),
      hash: random(32),
      name: 'Schlüssel 🗝',
      scope: 'read',
      resource: 'https://api.example',
    },
    ...{
      expiresAt: NOW + 90 * DAY,
      userId: ada.user.id,
      sessionId: ada.prepared.session.id,
      source,
      now: NOW,
    },
    ...others,
  }
}

/** Describes what every store of API keys must do, with the store of sessions beside it. */
export function apiKeyContract(engine: string, open: OpenStores): void {
  describe(`API keys in ${engine}`, () => {
    it('AK-04: a key is found by its hash while it lives, listed apart from sessions, and ended by its owner', async () => {
      const { users, sessions, apiKeys, auditLog } = open()
      const [ada, eve] = [await register(users), await register(users)]
      const key = newKey(ada)
      const { id, hash } = key
      expect(await apiKeys.create(key)).toMatchObject({ outcome: 'created', mailIds: [expect.any(String)] })
      expect(await apiKeys.use(hash, NOW)).toMatchObject({
        live: {
          session: { id, userId: ada.user.id, mode: 'token', methods: ada.prepared.session.methods },
          secretHash: null,
        },
        scope: 'read',
        resource: 'https://api.example',
      })
      expect(await apiKeys.use(random(32), NOW)).toBeNull()
      expect(await apiKeys.use(hash, key.expiresAt)).toBeNull()
      const page = { before: null, limit: 99 }
      expect((await sessions.list(ada.user.id, page, NOW)).map((each) => each.id)).toEqual([
        ada.prepared.session.id,
      ])
      const own = { ...page, kind: 'api-key' } as const
      expect(await sessions.list(ada.user.id, own, NOW)).toMatchObject([
        {
          id,
          app: { id: `k_${id}`, name: key.name, host: null, scope: 'read' },
          keyUsedAt: NOW - (NOW % DAY),
        },
      ])
      expect(await sessions.list(ada.user.id, { ...page, kind: 'app' }, NOW)).toEqual([])
      const end = { reason: 'api-key-revoked', by: { actorId: ada.user.id, source }, now: NOW } as const
      expect(await sessions.end({ id, userId: eve.user.id, kind: 'api-key' }, end)).toBeNull()
      expect(await sessions.end({ id, userId: ada.user.id, kind: 'app' }, end)).toBeNull()
      expect(
        await sessions.end({ id: ada.prepared.session.id, userId: ada.user.id, kind: 'api-key' }, end),
      ).toBeNull()
      expect(await sessions.end({ id, userId: ada.user.id, kind: 'api-key' }, end)).toEqual({
        id,
        mode: 'token',
      })
      expect(await apiKeys.use(hash, NOW)).toBeNull()
      const [last, first] = await auditLog.list(ada.user.id, { before: null, limit: 2 })
      expect([first, last]).toMatchObject([
        { event: 'api-key-created', sessionId: id, byOwner: true },
        { event: 'session-ended', reason: 'api-key-revoked', sessionId: id, byOwner: true },
      ])
    })

    it('AK-05: notes the day of a use, once', async () => {
      const { users, sessions, apiKeys } = open()
      const ada = await register(users)
      const { hash } = newKey(ada)
      await apiKeys.create(newKey(ada, { hash }))
      const usedAt = async () =>
        (await sessions.list(ada.user.id, { before: null, limit: 1, kind: 'api-key' }, NOW))[0]?.keyUsedAt
      expect(await usedAt()).toBeNull()
      for (const now of [NOW, NOW + 1, NOW + DAY, NOW]) await apiKeys.use(hash, now)
      expect(await usedAt()).toBe(NOW + DAY - (NOW % DAY))
    })

    it('AK-05: a key is made in a live session of its own person, and of nobody else', async () => {
      const { users, sessions, apiKeys } = open()
      const [ada, eve] = [await register(users), await register(users)]
      expect(await apiKeys.create(newKey(ada, { sessionId: eve.prepared.session.id }))).toEqual({
        outcome: 'over',
      })
      const first = newKey(ada)
      await apiKeys.create(first)
      expect(await apiKeys.create(newKey(ada, { sessionId: first.id }))).toEqual({ outcome: 'over' })
      const { id } = ada.prepared.session
      await sessions.end(
        { id, userId: ada.user.id },
        { reason: 'signed-out', by: { actorId: null, source }, now: NOW },
      )
      expect(await apiKeys.create(newKey(ada))).toEqual({ outcome: 'over' })
      expect(await apiKeys.use(first.hash, NOW)).not.toBeNull()
    })

    it('AK-05: of thirty at once as many are made as there may be, and those that ended do not count', async () => {
      const { users, sessions, apiKeys } = open()
      const ada = await register(users)
      const made = await Promise.all(Array.from({ length: 30 }, () => apiKeys.create(newKey(ada))))
      expect(made.filter(({ outcome }) => outcome === 'created')).toHaveLength(MOST_API_KEYS)
      const [key] = await sessions.list(ada.user.id, { before: null, limit: 1, kind: 'api-key' }, NOW)
      const end = { reason: 'api-key-revoked', by: { actorId: null, source }, now: NOW } as const
      await sessions.end({ id: key?.id ?? '', userId: ada.user.id }, end)
      expect((await apiKeys.create(newKey(ada))).outcome).toBe('created')
      expect((await apiKeys.create(newKey(ada))).outcome).toBe('too-many')
      const later = newKey(ada, { now: NOW + 91 * DAY, expiresAt: NOW + 92 * DAY })
      expect((await apiKeys.create(later)).outcome).toBe('over')
    })

    it('AK-04: sign-ins beyond the limit end no key, and whatever ends all sessions does', async () => {
      const { users, sessions, apiKeys } = open()
      const ada = await register(users)
      const key = newKey(ada)
      await apiKeys.create(key)
      for (let n = 1; n <= MAX_SESSIONS + 1; n++) await signIn(users, ada, { now: NOW + n })
      expect(await apiKeys.use(key.hash, NOW + 9)).not.toBeNull()
      expect(await sessions.list(ada.user.id, { before: null, limit: 9 }, NOW + 9)).toHaveLength(MAX_SESSIONS)
      const end = {
        reason: 'signed-out-everywhere',
        by: { actorId: ada.user.id, source },
        now: NOW + 9,
      } as const
      await sessions.endAll(ada.user.id, { except: null }, end)
      expect(await apiKeys.use(key.hash, NOW + 9)).toBeNull()
    })
  })
}
