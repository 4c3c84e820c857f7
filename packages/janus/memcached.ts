// What `import … from 'janus/memcached'` has: copies of sessions in Memcached, for an app that mounts Janus in its own Worker.
import type { CopyStore } from '../../src/sessions/copy-store'
import { createMemcachedCopies as createCopies } from '../../src/wiring/memcached-copies'

/** Copies of sessions in Memcached, to hand to `createJanus` as `createSessionCopies`, where `SESSION_COPIES` is `memcached`. */
export const createMemcachedCopies: (settings: never) => CopyStore | null = createCopies
