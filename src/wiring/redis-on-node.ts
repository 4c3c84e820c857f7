import type { RedisServer } from '../config/servers'
import { keepRedis } from '../storage/redis/kept-redis'
import type { OpenCopies } from './memcached-on-node'

/** Opens copies in Redis, whether it answers or not. */
export function openRedisCopies(server: RedisServer): Promise<OpenCopies> {
  return keepRedis(server)
}
