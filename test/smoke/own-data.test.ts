import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { documentedBlocks } from './documented.ts'

const PAGE = 'docs/guides/own-data.md'
const SECTION = 'In the database of Janus'
const WRANGLER = join(process.cwd(), 'node_modules/wrangler/bin/wrangler.js')

it('docs/guides/own-data.md: tables beside those of Janus migrate alone, join, and go with the account', () => {
  const folder = mkdtempSync(join(tmpdir(), 'janus-own-data-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const state = join(folder, '.wrangler/state')
  const [bindings = ''] = documentedBlocks(PAGE, SECTION, 'toml')
  const [tables = '', query = ''] = documentedBlocks(PAGE, SECTION, 'sql')
  cpSync('src/storage/d1/migrations', join(folder, 'node_modules/janus/dist/migrations'), { recursive: true })
  mkdirSync(join(folder, 'migrations'))
  writeFileSync(join(folder, 'migrations/0001_orders.sql'), tables)
  writeFileSync(
    join(folder, 'wrangler.toml'),
    `name = "shop"\ncompatibility_date = "2026-10-15"\n\n${bindings}`,
  )

  const run = (...command: string[]) =>
    execFileSync(process.execPath, command, {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, CI: '1' },
      stdio: 'pipe',
    })
  const janus = join(process.cwd(), 'packages/cli/janus.ts')
  const migrate = () => run(janus, 'migrate', '--config', join(folder, 'wrangler.toml'), '--state', state)
  const wrangler = (...command: string[]) => run(WRANGLER, 'd1', ...command, '--local', '--persist-to', state)
  migrate()
  expect(wrangler('migrations', 'apply', 'ORDERS')).toContain('0001_orders.sql')
  // Neither list has what the other has, in either order.
  migrate()
  expect(wrangler('migrations', 'apply', 'ORDERS')).toContain('No migrations to apply')

  const id = 'a'.repeat(22)
  const statements = [
    `INSERT INTO users (id, email, email_canonical, created_at) VALUES ('${id}', 'ada@example.com', 'ada@example.com', 1)`,
    `INSERT INTO orders (user_id, item) VALUES ('${id}', 'tea')`,
    query.trim(),
    `DELETE FROM users WHERE id = '${id}'`,
    'SELECT count(*) AS left_over FROM orders',
  ]
  const printed = wrangler('execute', 'ORDERS', '--json', '--command', statements.join('; '))
  const results = (JSON.parse(printed.slice(printed.indexOf('['))) as { results: unknown[] }[]).map(
    (each) => each.results,
  )
  expect(results[2]).toEqual([{ item: 'tea', email: 'ada@example.com' }])
  expect(results[4]).toEqual([{ left_over: 0 }])
})
