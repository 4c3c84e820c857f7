import type { PairAlg, SigningKeyStore } from '../../keys/signing-key-store'
import { reach, reachToRead } from '../../runtime/outage'

/** Signing keys in D1: a handful of rows, private parts encrypted. */
export function createD1SigningKeyStore(db: D1Database): SigningKeyStore {
  return {
    async list(alg) {
      const rows = await reachToRead('D1', () =>
        db
          .prepare('SELECT * FROM signing_keys WHERE alg = ?1 ORDER BY generation')
          .bind(alg)
          .all<SigningKeyRow>(),
      )
      return rows.results.map((row) => ({
        kid: row.kid,
        alg: row.alg,
        generation: row.generation,
        signsFrom: row.signs_from,
        publicJwk: JSON.parse(row.public_jwk),
        privateKey: row.private_key,
        encryptedWith: row.encrypted_with,
        rotationRequested: row.rotation_requested === 1,
      }))
    },

    async add(key) {
      const added = await reach('D1', () =>
        db
          .prepare(
            `INSERT INTO signing_keys (kid, alg, generation, signs_from, public_jwk, private_key, encrypted_with)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING
             RETURNING kid`,
          )
          .bind(
            key.kid,
            key.alg,
            key.generation,
            key.signsFrom,
            JSON.stringify(key.publicJwk),
            key.privateKey,
            key.encryptedWith,
          )
          .first(),
      )
      return added !== null
    },

    async deleteBefore(alg, generation) {
      await reach('D1', () =>
        db.prepare('DELETE FROM signing_keys WHERE alg = ?1 AND generation < ?2').bind(alg, generation).run(),
      )
    },
  }
}

interface SigningKeyRow {
  readonly kid: string
  readonly alg: PairAlg
  readonly generation: number
  readonly signs_from: number
  readonly public_jwk: string
  readonly private_key: string
  readonly encrypted_with: string
  readonly rotation_requested: number
}
