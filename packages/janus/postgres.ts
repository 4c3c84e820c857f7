// What `import … from 'janus/postgres'` has: PostgreSQL as the database, for an app that mounts Janus in its own Worker. It needs `pg`.
import { createPostgres as createDatabase } from '../../src/wiring/postgres-database'
import type { Truth } from '../../src/wiring/truths'

/** PostgreSQL behind the Hyperdrive binding `HYPERDRIVE`, to hand to `createJanus` as `createDatabase`, where `DATABASE` is `postgres`. */
export const createPostgres: (settings: never) => Truth | null = createDatabase
