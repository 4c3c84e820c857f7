import type { Address } from '../config/servers'
import type { CopyStore } from '../sessions/copy-store'
import { memcachedCopies } from '../storage/memcached/copy-store'
import { keepConnections } from '../storage/sockets/kept-connections'

/** A store of copies that a process on Node has connections to. */
export interface OpenCopies {
  readonly copyStore: CopyStore
  /** Closes the connections. Nothing may be called afterwards. */
  close(): void
}

/** Opens copies in Memcached, with connections that are kept. */
export function openMemcachedCopies(address: Address): OpenCopies {
  const connections = keepConnections(address)
  return { copyStore: memcachedCopies(connections.converse), close: connections.close }
}
