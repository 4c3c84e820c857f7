import type { Config } from '../../../src/config/config.ts'
import { asWritten } from './as-written.ts'
import type { Deployment } from './deployment.ts'
import { error, type Finding, ok, warning } from './finding.ts'

const CHECK = 'settings.DATABASE'
const CLASS = 'JanusDatabase'

/** Checks the Durable Object that is the database, or that is bound without being it. */
export function checkDatabaseObject({ wrangler, file }: Deployment, config: Config): readonly Finding[] {
  const binding = wrangler.durable_objects.bindings.find(({ name }) => name === 'JANUS_DB')
  if (config.database !== 'durable-object') {
    if (!binding) return []
    const what = `JANUS_DB is bound, and DATABASE is ${config.database}: accounts are not in the Durable Object.`
    return [
      warning(CHECK, what, 'Set DATABASE to durable-object, or remove the binding once nothing needs it.'),
    ]
  }
  // That it is not bound is a fault of the settings.
  if (!binding) return []
  if (binding.script_name !== undefined) {
    const what = `JANUS_DB is the class of another Worker, ${binding.script_name}, which may be of another version.`
    return [warning(CHECK, what, `Deploy both at once, or export ${CLASS} from this Worker.`)]
  }
  if (binding.class_name !== CLASS) {
    const what = `JANUS_DB is bound to the class ${binding.class_name}.`
    return [error(CHECK, what, `Set class_name to ${CLASS}, which janus/durable-object-database exports.`)]
  }
  if (!hasSqlite(wrangler)) {
    const what = `${CLASS} is not declared with SQLite, so it has no database.`
    const exported = asWritten(file, 'exports', CLASS, { type: 'durable-object', storage: 'sqlite' })
    return [error(CHECK, what, `Add ${exported}.`)]
  }
  return [ok(CHECK, 'JANUS_DB is the class of this Worker, with SQLite. It migrates itself.')]
}

function hasSqlite({ exports, migrations }: Deployment['wrangler']): boolean {
  const declared: Readonly<Record<string, object>> = exports
  return (
    JSON.stringify(declared[CLASS] ?? null).includes('"sqlite"') ||
    migrations.some(({ new_sqlite_classes: classes }) => classes?.includes(CLASS))
  )
}
