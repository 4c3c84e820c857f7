// What `import … from 'janus/redis'` has: copies of sessions in Redis, for an app that mounts Janus in its own Worker.
import type { CopyStore } from '../../src/sessions/copy-store'
import { createRedisCopies as createCopies } from '../../src/wiring/redis-copies'

/** Copies of sessions in Redis, to hand to `createJanus` as `createSessionCopies`, where `SESSION_COPIES` is `redis`. */
export const createRedisCopies: (settings: never) => CopyStore | null = createCopies
