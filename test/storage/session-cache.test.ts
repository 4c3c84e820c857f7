import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { createKeyring } from '../../src/crypto/keyring'
import type { LiveSession } from '../../src/sessions/session'
import type { SessionCache } from '../../src/sessions/session-cache'
import { createSignedCopies } from '../../src/sessions/signed-copies'
import { createKvSessionCache } from '../../src/storage/kv/session-cache'
import { sessionCacheContract } from './session-cache-contract'

/** The smallest adapter there can be: an adapter is all that the contract asks for. */
function memorySessionCache(): SessionCache {
  const copies = new Map<string, LiveSession>()
  return {
    find: async (id) => structuredClone(copies.get(id) ?? null),
    save: async (live) => void copies.set(live.session.id, structuredClone(live)),
    delete: async (id) => void copies.delete(id),
  }
}

const copies = createSignedCopies({ keyring: createKeyring([env.AUTH_SECRET]), issuer: env.ISSUER })
const restores = { lastAt: async () => 0 }

sessionCacheContract('Workers KV', () =>
  createKvSessionCache(env.SESSIONS, { copies, restores, log: () => {} }),
)
sessionCacheContract('memory', memorySessionCache)

it('a record of another version in KV counts as absent', async () => {
  const cache = createKvSessionCache(env.SESSIONS, { copies, restores, log: () => {} })
  await env.SESSIONS.put(
    'session:older',
    await copies.sign('session:older', '{"session":{"id":"older"},"writtenAt":9999999999}'),
  )
  expect(await cache.find('older')).toBeNull()
})
