import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { readWorker } from '../named-database.ts'
import { commandLine, MIGRATIONS } from '../place.ts'

/** Says what to do where a table of an app has the name of one of Janus. Where Janus has accounts, another database would hide them. */
export const TABLES_OF_AN_APP = `If DB is a database of your app, and Janus keeps no accounts in it yet: give yours another name than DB, in the wrangler
configuration and in your code, and run ${commandLine('init')}. It binds a database for Janus alone.`

/** Returns whether a migration failed because a table of that name exists. @param reason As the database says it. */
export function isTableTaken(reason: string): boolean {
  return /\btable \S+ already exists\b/.test(reason)
}

/** Returns the names of the migrations in a folder, in their order. */
export function migrationFiles(folder: string): readonly string[] {
  return existsSync(folder)
    ? readdirSync(folder)
        .filter((file) => file.endsWith('.sql'))
        .sort()
    : []
}

/** Returns the migrations in a folder with their texts, in their order. */
export function readMigrations(folder: string): readonly { readonly name: string; readonly text: string }[] {
  return migrationFiles(folder).map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }))
}

/**
 * Lends `use` the path of a configuration whose `DB` has the migrations of this version. Wrangler has no option for their folder. So,
 * where `migrations_dir` is not set or another, a copy of what wrangler needs to find the database is written, and removed afterwards.
 */
export async function withMigrations<T>(
  configPath: string,
  use: (configPath: string) => Promise<T>,
): Promise<T> {
  const folder = dirname(configPath)
  const config = await readWorker(configPath)
  const database = config.d1_databases.find(({ binding }) => binding === 'DB')
  // Wrangler says best what is missing.
  if (!database) return use(configPath)
  const files = migrationFiles(resolve(folder, database.migrations_dir ?? 'migrations'))
  if (migrationFiles(MIGRATIONS).every((file) => files.includes(file))) return use(configPath)
  const scratch = mkdtempSync(join(tmpdir(), 'janus-migrations-'))
  try {
    const path = join(scratch, 'wrangler.json')
    const { name, account_id, compatibility_date } = config
    const { migrations_pattern: _, ...rest } = database as typeof database & { migrations_pattern?: string }
    const d1_databases = [{ ...rest, migrations_dir: MIGRATIONS }]
    writeFileSync(path, JSON.stringify({ name, account_id, compatibility_date, d1_databases }))
    return await use(path)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}
