import type { PairAlg, SigningKeyStore } from '../../keys/signing-key-store'
import type { SqlDatabase } from './sql-database'
import { sql } from './statement'

/**
 * Creates the store of signing keys: a handful of rows, private parts encrypted.
 *
 * @param table Those of access tokens, or those of ID tokens.
 */
export function createSigningKeyStore(
  db: SqlDatabase,
  table: 'signing_keys' | 'id_token_keys' = 'signing_keys',
): SigningKeyStore {
  return {
    async list(alg) {
      const rows = await db.all(
        sql<SigningKeyRow>(`SELECT * FROM ${table} WHERE alg = :alg ORDER BY generation`, { alg }),
      )
      return rows.map((row) => ({
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
      const added = await db.change(
        sql<{ kid: string }>(
          `INSERT INTO ${table} (kid, alg, generation, signs_from, public_jwk, private_key, encrypted_with)
           VALUES (:kid, :alg, :generation, :signs_from, :public_jwk, :private_key, :encrypted_with)
           ON CONFLICT DO NOTHING
           RETURNING kid`,
          {
            kid: key.kid,
            alg: key.alg,
            generation: key.generation,
            signs_from: key.signsFrom,
            public_jwk: JSON.stringify(key.publicJwk),
            private_key: key.privateKey,
            encrypted_with: key.encryptedWith,
          },
        ),
        { outcomeMatters: false },
      )
      return added.length === 1
    },

    async deleteBefore(alg, generation) {
      await db.change(
        sql(`DELETE FROM ${table} WHERE alg = :alg AND generation < :generation`, { alg, generation }),
        { outcomeMatters: false },
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
