import { fork } from 'node:child_process'
import { once } from 'node:events'
import { dirname, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { migratePostgres } from '../../packages/cli/migrate/migrate-postgres.ts'
import { ask, startPostgres } from '../../test/support/postgres-server.ts'
import { buildForNode } from '../build-for-node.ts'

const ROOT = dirname(dirname(import.meta.dirname))
const PROGRAM = join(ROOT, 'node_modules/.cache/growth-on-postgres.mjs')

type Rows = Readonly<Record<string, readonly number[]>>

/** Counts the rows that operations read on a PostgreSQL of each size, and prints them. Returns whether the most are the same. */
export async function compareOnPostgres(sizes: readonly number[]): Promise<boolean> {
  await buildForNode('test/growth/rows-on-postgres.ts', PROGRAM)
  const server = await startPostgres()
  try {
    const counted: Rows[] = []
    for (const accounts of sizes) {
      const url = await server.createDatabase(`of_${accounts}`)
      // Millions of rows at once, in a folder that nobody needs afterwards: fewer checkpoints.
      await ask(url, "ALTER SYSTEM SET max_wal_size = '8GB'")
      await ask(url, 'SELECT pg_reload_conf()')
      // As of a disk without moving parts. By default a thousand rows are read whole rather than by a key.
      await ask(url, `ALTER DATABASE of_${accounts} SET random_page_cost = 1.1`)
      const begun = performance.now()
      await migratePostgres(url, join(ROOT, 'src/storage/postgres/migrations'))
      const program = fork(PROGRAM, [], {
        env: { ...process.env, DATABASE_URL: url, ACCOUNTS: `${accounts}` },
      })
      const [rows] = (await Promise.race([once(program, 'message'), failed(program)])) as [Rows]
      counted.push(rows)
      const seconds = Math.round((performance.now() - begun) / 1000)
      console.log(
        `Filled and counted ${accounts.toLocaleString('en')} accounts on PostgreSQL in ${seconds} s.`,
      )
    }
    const [smallest = {}] = counted
    const heads = sizes.map((accounts) => `${accounts.toLocaleString('en')} accounts`)
    console.log(
      `\n| rows read on PostgreSQL | ${heads.join(' | ')} |\n| --- |${heads.map(() => ' ---: |').join('')}`,
    )
    for (const name of Object.keys(smallest)) {
      console.log(`| ${name} | ${counted.map((rows) => rows[name]?.join(' or ')).join(' | ')} |`)
    }
    return counted.every((rows) => isDeepStrictEqual(mostOf(rows), mostOf(smallest)))
  } finally {
    await server.stop()
  }
}

/** Returns the most rows that each operation read. Which conditions of a statement are asked first is the planner's choice, so it may have read fewer. */
function mostOf(rows: Rows) {
  return Object.fromEntries(Object.entries(rows).map(([name, read]) => [name, Math.max(...read)]))
}

async function failed(program: ReturnType<typeof fork>): Promise<never> {
  const [code] = await once(program, 'exit')
  throw new Error(`Counting on PostgreSQL ended with ${code}`)
}
