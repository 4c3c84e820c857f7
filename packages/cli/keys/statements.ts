/** Asks for successors of the newest keys: of those that sign access tokens, and of those that sign ID tokens. Each returns their ids. */
export const ASK_FOR_SUCCESSORS: readonly string[] = ['signing_keys', 'id_token_keys'].map(
  (table) => `UPDATE ${table} SET rotation_requested = 1
    WHERE generation = (SELECT max(generation) FROM ${table} AS newer WHERE newer.alg = ${table}.alg)
   RETURNING kid`,
)
