import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { Unstable_Config } from 'wrangler'
import { Stop } from '../command.ts'
import { readWorker } from '../named-database.ts'
import { loadWrangler, MIGRATIONS } from '../place.ts'
import { isStamped, stamp } from './local-stamp.ts'
import { isTableTaken, migrationFiles, TABLES_OF_AN_APP } from './migrations-config.ts'

type Wrangler = Awaited<ReturnType<typeof loadWrangler>>
type Database = Unstable_Config['d1_databases'][number]

/**
 * Brings a database on this machine up to date: applies the migrations that it lacks, each in a transaction of its own, and notes them where
 * wrangler does. Wrangler itself starts its runtime anew for each migration, which takes
 * three times as long.
 *
 * @param state The folder in which wrangler keeps local state.
 * @throws Stop If a migration fails, with its name and the reason.
 */
export async function migrateLocal(configPath: string, state: string, binding = 'DB'): Promise<void> {
  const folder = dirname(configPath)
  const wrangler = await loadWrangler(folder)
  const { d1_databases } = await readWorker(configPath)
  const database = d1_databases.find((each) => each.binding === binding)
  if (!database) throw new Stop(`There is no [[d1_databases]] with the binding ${binding} in ${configPath}.`)
  const own = resolve(folder, database.migrations_dir ?? 'migrations')
  const ownFiles = migrationFiles(own)
  // A project may keep the migrations of Janus among its own.
  const hasAll = migrationFiles(MIGRATIONS).every((file) => ownFiles.includes(file))
  const source = binding !== 'DB' || hasAll ? own : MIGRATIONS
  await withLocalDatabase(wrangler, database, state, (db) =>
    applyMissing(db, source, database.migrations_table ?? 'd1_migrations', wrangler.unstable_splitSqlQuery),
  )
  stamp({ state, configPath, binding }, source)
}

/** Applies migrations as {@link migrateLocal} does, before something serves. A note beside the database says which it has; one that has all is not opened. */
export async function ensureMigrated(configPath: string, state: string, binding = 'DB'): Promise<void> {
  if (!isStamped({ state, configPath, binding })) await migrateLocal(configPath, state, binding)
}

/** Lends `use` the local database, by a configuration that has nothing else. */
async function withLocalDatabase(
  { getPlatformProxy }: Wrangler,
  database: Database,
  state: string,
  use: (db: D1Database) => Promise<void>,
): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'janus-migrations-'))
  // Where a request seems to come from is nothing to a migration, so nobody is asked.
  process.env.CLOUDFLARE_CF_FETCH_ENABLED ??= 'false'
  try {
    const configPath = join(scratch, 'wrangler.json')
    const { binding, database_name, database_id, preview_database_id } = database
    const d1_databases = [{ binding, database_name, database_id, preview_database_id }]
    writeFileSync(
      configPath,
      JSON.stringify({ name: 'migrations', compatibility_date: '2026-01-01', d1_databases }),
    )
    const { env, dispose } = await getPlatformProxy<Record<string, D1Database>>({
      configPath,
      environment: '',
      persist: { path: join(state, 'v3') },
      remoteBindings: false,
    })
    try {
      await use(env[binding] as D1Database)
    } finally {
      await dispose()
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

async function applyMissing(
  db: D1Database,
  folder: string,
  table: string,
  split: (sql: string) => string[],
): Promise<void> {
  // As wrangler makes it.
  await db
    .prepare(
      `CREATE TABLE IF NOT EXISTS ${table} (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)`,
    )
    .run()
  const { results } = await db.prepare(`SELECT name FROM ${table}`).all<{ name: string }>()
  const applied = new Set(results.map(({ name }) => name))
  for (const name of migrationFiles(folder).filter((name) => !applied.has(name))) {
    const statements = split(readFileSync(join(folder, name), 'utf8')).map((statement) =>
      db.prepare(statement),
    )
    try {
      await db.batch([...statements, db.prepare(`INSERT INTO ${table} (name) VALUES (?1)`).bind(name)])
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      // Where one of Janus is applied, its accounts are there.
      const isFirst = folder === MIGRATIONS && !migrationFiles(MIGRATIONS).some((file) => applied.has(file))
      const advice = isFirst && isTableTaken(reason) ? `\n${TABLES_OF_AN_APP}` : ''
      throw new Stop(`The migration ${name} could not be applied: ${reason}${advice}`)
    }
  }
}
