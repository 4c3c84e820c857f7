import * as v from 'valibot'
import type { D1Bindings } from '../../src/config/bindings'
import { reach } from '../../src/runtime/outage'

/** Holds what is kept of one session, by the names under which it is kept. Nothing of it opens anything. */
export interface StoredSession {
  /** The row in D1, without who ended it. */
  readonly row: Readonly<Record<string, unknown>>
  /** The copy in KV; `null`: there is none. */
  readonly copy: { readonly key: string; readonly record: Readonly<Record<string, unknown>> } | null
}

/** Looks at what is stored, as it is stored. */
export interface StoredSessions {
  /** Returns a session of this user, over or not, until it is swept; `null` if there is none. @throws {StoreUnavailable} */
  find(id: string, userId: string): Promise<StoredSession | null>
}

export function createStoredSessions({ DB, SESSIONS }: Pick<D1Bindings, 'DB' | 'SESSIONS'>): StoredSessions {
  return {
    async find(id, userId) {
      const row = await reach('D1', () =>
        DB.prepare(
          `SELECT id, user_id, mode, secret_hash, refresh_counter, refreshed_at, created_at, authenticated_at, methods,
                  last_seen_at, idle_expires_at, expires_at, ended_at, end_reason, user_agent, country
             FROM sessions WHERE id = ?1 AND user_id = ?2`,
        )
          .bind(id, userId)
          .first(),
      )
      if (!row) return null
      const key = `session:${id}`
      const text = SESSIONS ? await reach('KV', () => SESSIONS.get(key)) : null
      // The record follows its signature.
      const { success, output: record } = v.safeParse(Copy, text?.replace(/^[^{]*/, ''))
      return {
        row: { ...row, secret_hash: shorten(row.secret_hash) },
        copy: success ? { key, record: { ...record, secretHash: shorten(record.secretHash) } } : null,
      }
    },
  }
}

const Copy = v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.unknown()))

/** Returns enough of a hash to see that it is one. */
function shorten(hash: unknown): string | null {
  return typeof hash === 'string' ? `${hash.slice(0, 6)}… (${hash.length} characters)` : null
}
