import type { Config } from '../../config/config'
import type { ConfigFault } from '../../config/fault'
import { open } from '../../guards/open-route'
import { Hono } from '../../http/hono'
import type { Clock } from '../../runtime/clock'
import { MIGRATE, StoreUnavailable } from '../../runtime/outage'
import type { SessionCache } from '../../sessions/session-cache'

export interface Check {
  readonly name: string
  readonly ok: boolean
  /** For an operator: what is wrong and what to do. Names settings, never values. */
  readonly detail?: string
}

/** Creates two routes. `healthz`: the process answers. `readyz`: it has what it needs to serve. */
export function healthRoutes(check: () => Promise<readonly Check[]>) {
  return new Hono()
    .get('/healthz', open, (c) => c.json({ status: 'ok' }))
    .get('/readyz', open, async (c) => {
      const checks = await check()
      const ready = checks.every(({ ok }) => ok)
      return c.json({ status: ready ? 'ready' : 'not-ready', checks }, ready ? 200 : 503)
    })
}

/** For how long an isolate gives the same answer: the route is open, and each check reads every store. */
const REMEMBERED_SECONDS = 2

interface StorageCheckServices {
  readonly checkDatabase: () => Promise<string | null>
  readonly sessionCache: SessionCache
  readonly config: Pick<Config, 'database' | 'sessionCopies'>
  readonly clock: Clock
}

/** Creates the check that storage is there and of the right shape. It reads each store at most once in two seconds. */
export function createStorageCheck(services: StorageCheckServices): () => Promise<readonly Check[]> {
  let last: { readonly at: number; readonly checks: readonly Check[] } | null = null
  return async () => {
    const now = services.clock()
    // guard: readiness is looked at now and then
    if (last && now >= last.at && now < last.at + REMEMBERED_SECONDS) return last.checks
    last = { at: now, checks: await checkStorage(services) }
    return last.checks
  }
}

/** The id of no session: what is asked is whether the store answers. */
const NO_SESSION = 'ready'

async function checkStorage(services: StorageCheckServices): Promise<readonly Check[]> {
  return [
    { name: 'config', ok: true },
    await checkStore(services.config.database, UNREACHED[services.config.database], services.checkDatabase),
    ...(await checkCopies(services)),
  ]
}

const UNREACHED: Readonly<Record<Config['database'], string>> = {
  d1: `The database cannot be reached or has no schema. ${MIGRATE}; --remote for a deployment.`,
  postgres: 'PostgreSQL cannot be reached, or refused. Check HYPERDRIVE; on Node, DATABASE_URL.',
  'durable-object':
    'The Durable Object bound as JANUS_DB cannot be reached. Its class must be JanusDatabase.',
  sqlite: 'The file of DATABASE_PATH cannot be read, or has no schema.',
  memory: 'The database in memory does not answer.',
}

/** Checks the store of copies. Without copies there is nothing to reach. */
async function checkCopies({ sessionCache, config }: StorageCheckServices): Promise<readonly Check[]> {
  if (sessionCache.store === null) return []
  const outage =
    config.sessionCopies === 'kv'
      ? 'The KV namespace bound as SESSIONS cannot be reached.'
      : `The copies of sessions cannot be reached: ${sessionCache.store}.`
  const check = async () => {
    await sessionCache.find(NO_SESSION)
    return null
  }
  return [await checkStore(config.sessionCopies, outage, check)]
}

/** Returns what keeps the service from starting at all. */
export function configChecks(faults: readonly ConfigFault[]): readonly Check[] {
  return faults.map(({ setting, message }) => ({ name: setting, ok: false, detail: `${message}.` }))
}

async function checkStore(name: string, outage: string, check: () => Promise<string | null>): Promise<Check> {
  try {
    const detail = await check()
    return detail === null ? { name, ok: true } : { name, ok: false, detail }
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error
    return { name, ok: false, detail: outage }
  }
}
