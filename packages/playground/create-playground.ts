import type { MiddlewareHandler } from 'hono'
import type { Bindings } from '../../src/config/config'
import { reportStorage } from './report-storage'
import { createStorageMeter } from './storage-meter'
import { createStoredSessions, type StoredSessions } from './stored-session'

/** What the playground knows of a service that it looks into. */
export interface Playground {
  /** Those to be used in place of the given ones: they count. */
  readonly bindings: Bindings
  /** Says on every response what it cost. */
  readonly reportStorage: MiddlewareHandler
  readonly storedSessions: StoredSessions
}

export function createPlayground(given: Bindings): Playground {
  const { bindings, spent } = createStorageMeter(given)
  return { bindings, reportStorage: reportStorage(spent), storedSessions: createStoredSessions(bindings) }
}
