// What `import … from 'janus/durable-object-database'` has: a Durable Object as the database, for an app that mounts Janus in its own Worker.
import { createDurableObjectDatabase as createDatabase } from '../../src/wiring/durable-object-database'
import type { Truth } from '../../src/wiring/truths'

/** The class to export from the Worker and to bind as `JANUS_DB`. */
export { JanusDatabase } from '../../src/wiring/durable-object-database'

/** The class to export as well, for the commands of an operator: `janus users --remote` and the like. */
export { JanusOperator } from '../../src/wiring/durable-object-operator'

/** The Durable Object bound as `JANUS_DB`, to hand to `createJanus` as `createDatabase`, where `DATABASE` is `durable-object`. */
export const createDurableObjectDatabase: (settings: never) => Truth | null = createDatabase
