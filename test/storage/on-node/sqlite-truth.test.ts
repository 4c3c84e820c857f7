import '../../../packages/node/platform'
import { readdirSync, readFileSync } from 'node:fs'
import { createSqliteDatabase } from '../../../src/storage/sqlite/sqlite-database'
import { truthContract } from '../contracts/truth-contract'

const FOLDER = 'src/storage/d1/migrations'

const db = createSqliteDatabase(':memory:')
for (const name of readdirSync(FOLDER).sort()) db.run(readFileSync(`${FOLDER}/${name}`, 'utf8'))

truthContract('SQLite', () => db)
