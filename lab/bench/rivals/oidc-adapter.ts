import { DatabaseSync } from 'node:sqlite'

/** A record of oidc-provider, as its adapters are given it. */
type Payload = Readonly<Record<string, unknown>>

/**
 * Returns the smallest adapter of oidc-provider on a SQLite file: one table, one statement for each call, found by primary key or index. The file is
 * as safe as that of Janus (`synchronous = FULL`).
 */
export function createAdapter(file: string) {
  const db = new DatabaseSync(file)
  db.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    CREATE TABLE records (
      model TEXT NOT NULL, id TEXT NOT NULL, payload TEXT NOT NULL, grant_id TEXT, uid TEXT, user_code TEXT,
      expires_at INTEGER, consumed_at INTEGER, PRIMARY KEY (model, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX records_by_grant ON records (grant_id) WHERE grant_id IS NOT NULL;
    CREATE INDEX records_by_uid ON records (uid) WHERE uid IS NOT NULL;
    CREATE INDEX records_by_user_code ON records (user_code) WHERE user_code IS NOT NULL;
  `)
  const write = db.prepare(`
    INSERT INTO records (model, id, payload, grant_id, uid, user_code, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (model, id) DO UPDATE SET payload = excluded.payload, grant_id = excluded.grant_id, uid = excluded.uid,
      user_code = excluded.user_code, expires_at = excluded.expires_at`)
  const byId = db.prepare('SELECT payload, expires_at, consumed_at FROM records WHERE model = ? AND id = ?')
  const byUid = db.prepare('SELECT payload, expires_at, consumed_at FROM records WHERE model = ? AND uid = ?')
  const byUserCode = db.prepare(
    'SELECT payload, expires_at, consumed_at FROM records WHERE model = ? AND user_code = ?',
  )
  const consume = db.prepare('UPDATE records SET consumed_at = ? WHERE model = ? AND id = ?')
  const destroy = db.prepare('DELETE FROM records WHERE model = ? AND id = ?')
  const revoke = db.prepare('DELETE FROM records WHERE grant_id = ?')
  const now = () => Math.floor(Date.now() / 1000)
  const text = (value: unknown) => (typeof value === 'string' ? value : null)

  function read(row: Record<string, unknown> | undefined): Payload | undefined {
    if (!row || (row.expires_at !== null && Number(row.expires_at) <= now())) return undefined
    const payload = JSON.parse(String(row.payload))
    return row.consumed_at === null ? payload : { ...payload, consumed: row.consumed_at }
  }

  return (model: string) => ({
    async upsert(id: string, payload: Payload, expiresIn?: number) {
      const expiresAt = expiresIn === undefined ? null : now() + expiresIn
      const { grantId, uid, userCode } = payload
      write.run(model, id, JSON.stringify(payload), text(grantId), text(uid), text(userCode), expiresAt)
    },
    find: async (id: string) => read(byId.get(model, id)),
    findByUid: async (uid: string) => read(byUid.get(model, uid)),
    findByUserCode: async (userCode: string) => read(byUserCode.get(model, userCode)),
    async consume(id: string) {
      consume.run(now(), model, id)
    },
    async destroy(id: string) {
      destroy.run(model, id)
    },
    async revokeByGrantId(grantId: string) {
      revoke.run(grantId)
    },
  })
}
