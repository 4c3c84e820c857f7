import { DurableObject } from 'cloudflare:workers'
import type { CopyObject } from '../../sessions/copy-store'

/** Sets how often an object looks for copies that are over. A read looks at the time itself. */
const ALARM_MS = 5 * 60 * 1000

/** Holds the copies of the sessions whose ids begin alike, in an SQLite of its own. An answer that has left it is durable. */
export class SessionCopiesObject extends DurableObject<object> implements CopyObject {
  private readonly sql: SqlStorage

  constructor(state: DurableObjectState, env: object) {
    super(state, env)
    this.sql = state.storage.sql
    this.sql.exec(
      'CREATE TABLE IF NOT EXISTS copies (key TEXT PRIMARY KEY, text TEXT NOT NULL, expires_at INTEGER NOT NULL) WITHOUT ROWID',
    )
  }

  async get(key: string): Promise<string | null> {
    const [row] = this.sql
      .exec('SELECT text FROM copies WHERE key = ? AND expires_at > ?', key, Date.now())
      .toArray()
    return row ? String(row.text) : null
  }

  async set(key: string, text: string, seconds: number): Promise<void> {
    this.sql.exec(
      `INSERT INTO copies (key, text, expires_at) VALUES (?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET text = excluded.text, expires_at = excluded.expires_at`,
      key,
      text,
      Date.now() + seconds * 1000,
    )
    if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(Date.now() + ALARM_MS)
  }

  async delete(keys: readonly string[]): Promise<void> {
    for (const key of keys) this.sql.exec('DELETE FROM copies WHERE key = ?', key)
  }

  /** Deletes what is over, and wakes again as long as there is more. */
  override async alarm(): Promise<void> {
    this.sql.exec('DELETE FROM copies WHERE expires_at <= ?', Date.now())
    const [left] = this.sql.exec('SELECT 1 FROM copies LIMIT 1').toArray()
    if (left) await this.ctx.storage.setAlarm(Date.now() + ALARM_MS)
  }
}
