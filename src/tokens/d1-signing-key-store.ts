import { reach } from '../outage'
import type { PairAlg, SigningKeyStore } from './signing-key-store'

/** Signing keys in D1: a handful of rows, private parts encrypted. */
export function createD1SigningKeyStore(db: D1Database): SigningKeyStore {
  return {
    async list(alg, retiredAfter) {
      const rows = await reach('D1', () =>
        db
          .prepare('SELECT * FROM signing_keys WHERE alg = ?1 AND (retired_at IS NULL OR retired_at > ?2)')
          .bind(alg, retiredAfter)
          .all<SigningKeyRow>(),
      )
      return rows.results.map((row) => ({
        kid: row.kid,
        alg: row.alg,
        publicJwk: JSON.parse(row.public_jwk),
        privateKey: row.private_key,
        encryptedWith: row.encrypted_with,
        createdAt: row.created_at,
        retiredAt: row.retired_at,
      }))
    },

    async add(key, { replaces, now }) {
      await reach('D1', () =>
        db.batch([
          db
            .prepare('UPDATE signing_keys SET retired_at = ?1 WHERE kid = ?2 AND retired_at IS NULL')
            .bind(now, replaces),
          db
            .prepare(
              `INSERT INTO signing_keys (kid, alg, public_jwk, private_key, encrypted_with, created_at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)
               ON CONFLICT DO NOTHING`,
            )
            .bind(
              key.kid,
              key.alg,
              JSON.stringify(key.publicJwk),
              key.privateKey,
              key.encryptedWith,
              key.createdAt,
            ),
        ]),
      )
    },
  }
}

interface SigningKeyRow {
  readonly kid: string
  readonly alg: PairAlg
  readonly public_jwk: string
  readonly private_key: string
  readonly encrypted_with: string
  readonly created_at: number
  readonly retired_at: number | null
}
