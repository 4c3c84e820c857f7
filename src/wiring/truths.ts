import type { Bindings } from '../config/bindings'
import type { Config } from '../config/config'
import type { ConfigFault } from '../config/fault'
import { MIGRATE } from '../runtime/outage'
import { createD1Database } from '../storage/d1/d1-database'
import { isSchemaCurrent } from '../storage/d1/schema'
import type { SqlDatabase } from '../storage/sql/sql-database'

/** A database that has the truth. */
export interface Truth {
  readonly db: SqlDatabase
  /** Returns what keeps it from being used, as one sentence; `null` if it is ready. @throws {StoreUnavailable} */
  readonly check: () => Promise<string | null>
}

interface TruthSettings {
  readonly config: Config
  readonly bindings: Bindings
}

/** Opens a database that not every Worker carries, or returns `null` where `DATABASE` names another. */
export type CreateDatabase = (settings: TruthSettings) => Truth | null

type Opened =
  | { readonly ok: true; readonly truth: Truth }
  | { readonly ok: false; readonly fault: ConfigFault }

/** Opens the database that `DATABASE` names: D1, which Janus always has, or one that `create` opens. */
export function openTruth(settings: TruthSettings, create: CreateDatabase = () => null): Opened {
  const { config, bindings } = settings
  const truth = config.database === 'd1' && bindings.DB ? onD1(bindings.DB) : create(settings)
  const message = `DATABASE is ${config.database}, and createJanus was not given createDatabase for it`
  return truth ? { ok: true, truth } : { ok: false, fault: { setting: 'DATABASE', message } }
}

function onD1(binding: D1Database): Truth {
  const db = createD1Database(binding)
  return {
    db,
    check: async () =>
      (await isSchemaCurrent(db))
        ? null
        : `The schema is not current. ${MIGRATE}; --remote for a deployment.`,
  }
}
