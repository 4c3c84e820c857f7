// What `import … from 'janus/durable-object'` has: copies of sessions in Durable Objects, for an app that mounts Janus in its own Worker.
import type { CopyStore } from '../../src/sessions/copy-store'
import { createDurableObjectCopies as createCopies } from '../../src/wiring/durable-object-copies'

/** The class to export from the Worker and to bind as `COPIES`. */
export { SessionCopiesObject } from '../../src/wiring/durable-object-copies'

/** Copies of sessions in Durable Objects, to hand to `createJanus` as `createSessionCopies`, where `SESSION_COPIES` is `durable-object`. */
export const createDurableObjectCopies: (settings: never) => CopyStore | null = createCopies
