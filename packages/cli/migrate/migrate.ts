// Applies the migrations of this version. Those that are applied already are left alone.
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import { readOptions, Stop } from '../command.ts'
import { reasonOf, toTarget } from '../database.ts'
import { databaseOf, NAME_POSTGRES } from '../named-database.ts'
import { CONFIG_HELP, commandLine, findConfig, findState, MIGRATIONS, POSTGRES_MIGRATIONS } from '../place.ts'
import { loadJanusOnNode } from '../serve/janus-on-node.ts'
import { createWrangler } from '../wrangler.ts'
import { migrateLocal } from './migrate-local.ts'
import { isTableTaken, readMigrations, TABLES_OF_AN_APP, withMigrations } from './migrations-config.ts'

export const help = `Apply the migrations of this version of Janus to the database bound as DB.

  ${commandLine('migrate', '[options]')}

  --local        the database on this machine (default)
  --remote       the deployed database
  --postgres URL the PostgreSQL database at postgres://USER@HOST/NAME, and the
                 time-outs of the role USER; PGPASSWORD is the password
  --sqlite FILE  the file of ${commandLine('serve')}, which does it itself at start
  --state DIR    with --local: where wrangler keeps it (.wrangler/state)
${CONFIG_HELP}
  --help         print this

migrations_dir in the configuration may be left out.
Exit code: 0 if the database is current, 1 if a migration failed, 2 if the
command could not run.`

export async function run(args: readonly string[]): Promise<number> {
  const { remote, postgres, sqlite, state, configPath } = readOptions(() => {
    const {
      values: { local, remote, postgres, sqlite, state, config },
    } = parseArgs({
      args: [...args],
      options: {
        local: { type: 'boolean', default: false },
        remote: { type: 'boolean', default: false },
        postgres: { type: 'string' },
        sqlite: { type: 'string' },
        state: { type: 'string' },
        config: { type: 'string' },
      },
    })
    if (remote && (local || state !== undefined))
      throw new Error('--remote cannot be combined with --local or --state')
    if (postgres !== undefined || sqlite !== undefined) {
      const target = toTarget({ local, remote, state, sqlite, postgres, config })
      return { remote, postgres: undefined, sqlite: undefined, ...target, state: '', configPath: '' }
    }
    const configPath = findConfig(config)
    return { remote, postgres, sqlite, configPath, state: findState(configPath, state) }
  })
  if (postgres !== undefined) {
    const { migratePostgres } = await loadPostgres()
    const applied = await migratePostgres(postgres, POSTGRES_MIGRATIONS)
    console.log(
      [...applied.map((name) => `Applied ${name}.`), 'The PostgreSQL database is current.'].join('\n'),
    )
    return 0
  }
  if (sqlite !== undefined) {
    const { migrateFile } = await loadJanusOnNode()
    const applied = await migrateFile(sqlite, readMigrations(MIGRATIONS)).catch((failure: unknown) => {
      throw new Stop(reasonOf(failure))
    })
    console.log([...applied.map((name) => `Applied ${name}.`), `${sqlite} is current.`].join('\n'))
    return 0
  }
  const database = await databaseOf(configPath, remote ? 'deployed' : 'here')
  if (database === 'postgres') throw new Stop(NAME_POSTGRES, 2)
  if (database === 'durable-object') {
    console.log('DATABASE is durable-object: the object migrates itself when it starts.')
    return 0
  }
  await (remote ? migrateRemote(configPath) : migrateLocal(configPath, state))
  console.log(`The ${remote ? 'deployed' : 'local'} database is current.`)
  return 0
}

/** Brings the deployed database up to date. @param script A Node script in place of wrangler. @throws Stop If that fails. */
export async function migrateRemote(configPath: string, script?: string): Promise<void> {
  const { code, stderr, isOfJanus } = await withMigrations(configPath, async (path) => {
    const folder = dirname(configPath)
    const wrangler = createWrangler({ configPath: path, folder, ...(script ? { script } : {}) })
    const run = await wrangler(['d1', 'migrations', 'apply', 'DB', '--remote'], 'shown')
    // Their own folder may have tables of theirs, too.
    return { ...run, isOfJanus: path !== configPath }
  })
  if (code === 0) return
  const advice = isOfJanus && isTableTaken(stderr) ? `\n${TABLES_OF_AN_APP}` : ''
  throw new Stop(`The migrations could not be applied. The message of wrangler is above.${advice}`)
}

/** Loads what needs `pg`, which only users of PostgreSQL install. */
async function loadPostgres(): Promise<typeof import('./migrate-postgres.ts')> {
  try {
    return await import('./migrate-postgres.ts')
  } catch (error) {
    throw new Stop(
      `pg could not be loaded: npm install pg\n${error instanceof Error ? error.message : ''}`,
      2,
    )
  }
}
