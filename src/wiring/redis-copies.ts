import { createRedisCopyStore } from '../storage/redis/copy-store'
import { workersConnect } from '../storage/sockets/workers-connect'
import type { CreateSessionCopies } from './copy-stores'

/** Opens copies in Redis, where `SESSION_COPIES` is `redis`. */
export const createRedisCopies: CreateSessionCopies = ({ config }) =>
  config.redisUrl ? createRedisCopyStore(workersConnect, config.redisUrl) : null
