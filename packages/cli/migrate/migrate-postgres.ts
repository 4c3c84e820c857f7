import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { Stop } from '../command.ts'

/** Names the settings that limit how long a statement and a transaction of the role may last, as src/storage/postgres/schema.ts requires it. */
const TIME_OUTS = ['statement_timeout', 'idle_in_transaction_session_timeout']
const LONGEST = '10s'

/**
 * Brings a PostgreSQL database up to date, and sets the time-outs of the role that connects. Returns the names of what was applied.
 *
 * @throws {Stop} If the database is not Janus's, or a newer version has migrated it.
 */
export async function migratePostgres(url: string, folder: string): Promise<readonly string[]> {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort()
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  client.on('error', () => {})
  try {
    await client.connect()
    // All or nothing: PostgreSQL rolls back changes of the schema, too.
    await client.query('BEGIN')
    await refuseForeign(client)
    await client.query(
      'CREATE TABLE IF NOT EXISTS janus_migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL)',
    )
    // Whoever migrates at the same time waits here.
    await client.query('LOCK TABLE janus_migrations')
    const { rows } = await client.query<{ name: string }>('SELECT name FROM janus_migrations ORDER BY name')
    const applied = rows.map(({ name }) => name)
    const newer = applied.filter((name) => !files.includes(name))
    if (newer.length > 0)
      throw new Stop(`A newer version of Janus has migrated this database: it has ${newer.join(', ')}.`)
    const missing = files.filter((file) => !applied.includes(file))
    for (const file of missing) {
      await client.query(readFileSync(join(folder, file), 'utf8'))
      await client.query('INSERT INTO janus_migrations (name, applied_at) VALUES ($1, now())', [file])
    }
    for (const name of TIME_OUTS) await client.query(await alterRole(client, name))
    await client.query('COMMIT')
    return missing
  } catch (error) {
    if (error instanceof Stop) throw error
    throw new Stop(`PostgreSQL refused: ${error instanceof Error ? error.message : 'it gave no reason'}`)
  } finally {
    await client.end().catch(() => {})
  }
}

/** Refuses a database of somebody else. @throws {Stop} If there are tables of Janus's names that no migration made. */
async function refuseForeign(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables
      WHERE schemaname = current_schema() AND tablename IN ('users', 'sessions', 'audit_events', 'janus_migrations')`,
  )
  const found = rows.map(({ name }) => name)
  if (found.length > 0 && !found.includes('janus_migrations'))
    throw new Stop(`This database has tables that Janus did not make: ${found.join(', ')}. Use an empty one.`)
}

async function alterRole(client: pg.Client, setting: string): Promise<string> {
  const { rows } = await client.query<{ text: string }>(
    `SELECT format('ALTER ROLE %I IN DATABASE %I SET %I = %L', current_user, current_database(), $1::text, $2::text) AS text`,
    [setting, LONGEST],
  )
  return rows[0]?.text ?? ''
}
