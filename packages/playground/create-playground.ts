import type { D1Bindings } from '../../src/config/bindings'
import type { Playground } from '../../src/wiring/playground'
import { playgroundRoutes } from './playground-routes'
import { reportStorage } from './report-storage'
import { createStorageMeter } from './storage-meter'
import { createStoredSessions } from './stored-session'

export function createPlayground(real: D1Bindings): Playground {
  const { bindings, spent } = createStorageMeter(real)
  const storedSessions = createStoredSessions(bindings)
  return {
    bindings,
    reportStorage: reportStorage(spent),
    createRoutes: (services) => playgroundRoutes(services, storedSessions),
  }
}
