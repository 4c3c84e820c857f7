import { createMemo } from '../runtime/memo'
import { type Defer, type ResolveSessionServices, resolveSession } from './resolve-session'
import type { RememberedSessionCache, SessionCache } from './session-cache'
import type { ResolvedSession, SessionSeals } from './session-seal'

/**
 * Sessions that this isolate has resolved a moment ago, by the whole session token: whoever does not have the secret finds nothing. A live
 * check never asks here.
 */
export interface SessionMemo {
  /**
   * Resolves as {@link resolveSession} does, without asking anybody for what is remembered or sealed: at most the larger of `memoSeconds` and
   * `sealSeconds` older than that. `asked`: storage was.
   */
  resolve(
    services: ResolveSessionServices & { readonly sessionSeals: SessionSeals },
    presented: { readonly text: string; readonly seal: string | null },
    defer: Defer,
  ): Promise<{ readonly resolved: ResolvedSession; readonly asked: boolean } | null>
  /** Returns the cache for what ends or changes a session: what it deletes or saves is forgotten here. */
  beside(cache: SessionCache): RememberedSessionCache
}

interface SessionMemoParts {
  /** For how long; 0: not at all. */
  readonly memoSeconds: number
  /** Says how long a seal is accepted. */
  readonly sealSeconds: number
  readonly clock: () => number
}

export function createSessionMemo({ memoSeconds, sealSeconds, clock }: SessionMemoParts): SessionMemo {
  const memo = createMemo<ResolvedSession>()
  const ended = createMemo<true>()
  // Moves with each session that is forgotten. What was resolved before must not be remembered after.
  let forgotten = 0

  function forget(ids: ReadonlySet<string>): void {
    forgotten += 1
    memo.deleteWhere(({ session }) => ids.has(session.id))
  }

  /** Forgets sessions and refuses their seals, which browsers may still hold. */
  function end(ids: ReadonlySet<string>): void {
    forget(ids)
    if (sealSeconds > 0) for (const id of ids) ended.set(id, true, clock() + sealSeconds)
  }

  return {
    async resolve(services, { text, seal }, defer) {
      const { sessionSeals } = services
      const remembered = memo.get(text, clock())
      if (remembered) return { resolved: remembered, asked: false }
      const asOf = forgotten

      function remember(resolved: ResolvedSession, until: number): void {
        // guard: what was resolved before an end is not remembered after it
        if (memoSeconds > 0 && forgotten === asOf)
          memo.set(text, resolved, Math.min(clock() + memoSeconds, until))
      }

      const sealed = seal === null ? null : await sessionSeals.open(seal, text)
      // guard: a session that ends here is not opened by its seal here
      if (sealed && !ended.get(sealed.session.id, clock())) {
        // guard: what a seal said is remembered no longer than the seal is good for
        remember(sealed, sealed.sealableUntil)
        return { resolved: sealed, asked: false }
      }

      const askedAt = clock()
      const live = await resolveSession(services, text, defer)
      if (!live) return null
      const { session, roles } = live
      const sealableUntil = sessionSeals.sealableUntil(session, askedAt)
      const resolved = { session, roles, asOf: askedAt, sealableUntil }
      // guard: a session is remembered no longer than it lasts
      remember(resolved, Math.min(session.idleExpiresAt, session.expiresAt))
      return { resolved, asked: true }
    },

    beside: (cache) => ({
      ...cache,
      forget: end,
      // First: the session has ended, whether the copy can be deleted or not.
      async delete(ids) {
        // guard: a session that ends here is forgotten here
        end(new Set(ids))
        await cache.delete(ids)
      },
      async save(live, now) {
        forget(new Set([live.session.id]))
        await cache.save(live, now)
      },
    }),
  }
}
