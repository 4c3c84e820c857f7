import { createMemo } from '../runtime/memo'
import { type Defer, type ResolveSessionServices, resolveSession } from './resolve-session'
import type { LiveSession } from './session'
import type { RememberedSessionCache, SessionCache } from './session-cache'

/**
 * Sessions that this isolate has resolved a moment ago, by the whole session token: whoever does not have the secret finds nothing. A live
 * check never asks here.
 */
export interface SessionMemo {
  /** As {@link resolveSession}, without asking anybody for what is remembered: at most `memoSeconds` older than that. */
  resolve(services: ResolveSessionServices, text: string, defer: Defer): Promise<LiveSession | null>
  /** The cache, for whoever ends or changes a session: what it deletes or saves is forgotten here. */
  beside(cache: SessionCache): RememberedSessionCache
}

/** @param memoSeconds For how long; 0: not at all. */
export function createSessionMemo(memoSeconds: number): SessionMemo {
  const memo = createMemo<LiveSession>()
  // Moves with each session that is forgotten. What was resolved before must not be remembered after.
  let forgotten = 0

  function forget(ids: ReadonlySet<string>): void {
    forgotten += 1
    memo.deleteWhere(({ session }) => ids.has(session.id))
  }

  return {
    async resolve(services, text, defer) {
      const remembered = memo.get(text, services.clock())
      if (remembered) return remembered
      const asOf = forgotten
      const live = await resolveSession(services, text, defer)
      // guard: what was resolved before an end is not remembered after it
      if (live && memoSeconds > 0 && forgotten === asOf) {
        const { idleExpiresAt, expiresAt } = live.session
        // guard: a session is remembered no longer than it lasts
        memo.set(text, live, Math.min(services.clock() + memoSeconds, idleExpiresAt, expiresAt))
      }
      return live
    },

    beside: (cache) => ({
      ...cache,
      forget,
      // First: the session has ended, whether the copy can be deleted or not.
      async delete(ids) {
        // guard: a session that ends here is forgotten here
        forget(new Set(ids))
        await cache.delete(ids)
      },
      async save(live, now) {
        forget(new Set([live.session.id]))
        await cache.save(live, now)
      },
    }),
  }
}
