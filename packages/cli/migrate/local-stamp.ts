// Notes beside a local database which migrations it has. To open the database for that takes seconds at every start.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { environmentOf } from '../environment.ts'
import { MIGRATIONS } from '../place.ts'
import { migrationFiles } from './migrations-config.ts'

/** Names a database on this machine. */
export interface LocalDatabase {
  /** The folder in which wrangler keeps local state. It goes, and the note with it, when somebody deletes the database. */
  readonly state: string
  readonly configPath: string
  readonly binding: string
}

/** Returns whether the database has all the migrations that there are, as the last run noted. What changed meanwhile makes it `false`. */
export function isStamped(database: LocalDatabase): boolean {
  try {
    const text = readFileSync(stampFile(database), 'utf8')
    const { folder } = JSON.parse(text) as { readonly folder: string }
    return text === stampText(database, folder)
  } catch {
    // Absent, or cut off.
    return false
  }
}

/** Notes that the database has the migrations of a folder. */
export function stamp(database: LocalDatabase, folder: string): void {
  const file = stampFile(database)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, stampText(database, folder))
}

function stampFile({ state, binding }: LocalDatabase): string {
  return join(state, `v3/d1/janus-migrations-${binding}.json`)
}

/** Returns what a stamp must say. Another configuration, or environment of it, may name another database, or another folder. */
function stampText({ configPath }: LocalDatabase, folder: string): string {
  const config = createHash('sha256').update(readFileSync(configPath)).digest('hex')
  return JSON.stringify({
    folder,
    files: migrationFiles(folder),
    janus: migrationFiles(MIGRATIONS),
    config,
    environment: environmentOf(dirname(configPath)),
  })
}
