import { createMemcachedCopyStore } from '../storage/memcached/copy-store'
import { workersConnect } from '../storage/sockets/workers-connect'
import type { CreateSessionCopies } from './copy-stores'

/** Opens copies in Memcached, where `SESSION_COPIES` is `memcached`. */
export const createMemcachedCopies: CreateSessionCopies = ({ config }) =>
  config.memcachedAddress ? createMemcachedCopyStore(workersConnect, config.memcachedAddress) : null
