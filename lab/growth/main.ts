// Measures whether what Janus does takes longer where there are more accounts: on D1 databases of a thousand, a hundred thousand and a
// million accounts, on workerd.
import { existsSync, globSync, mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { parseArgs } from 'node:util'
import type { Cost } from './client.ts'
import { PASSWORD, SESSIONS_EACH } from './contents.ts'
import { fill } from './fill.ts'
import { createPlace, drain, OPERATIONS, type Operation, type Place, SWEEP } from './operations.ts'
import { compareOnPostgres } from './postgres.ts'
import { summarise, toMarkdown } from './report.ts'
import { buildWorker, type Running, startWorker } from './start.ts'

const HELP = `Measure whether Janus gets slower as it grows.

  npm run bench:growth -- [options]

  --quick        only 1,000 and 100,000 accounts
  --rounds N     how often each operation is done on each database (200)
  --fresh        fill the databases again
  --postgres     count rows on PostgreSQL instead, of the smallest and the largest; needs postgresql
  --help         print this

With 1,000,000 accounts and their 3,000,000 sessions it fills some 3 GB once, which takes some minutes; the databases stay in
.wrangler/growth for the next time. Prints a table, and writes it with the numbers to .wrangler/growth/result.md and result.json.
Exit code: 0 if every operation reads and writes the same rows on each database.`

const ROOT = dirname(dirname(import.meta.dirname))
const FOLDER = join(ROOT, '.wrangler/growth')
const SIZES = [1_000, 100_000, 1_000_000]

/** Bounds the bytes that filling takes, with room: some 3 GB, and as much while the file is written. */
const NEEDED_BYTES = { quick: 1e9, full: 6e9 }

/** The first rounds are not counted: the isolate is still being compiled. */
const WARM_UP_ROUNDS = 10

/** A sweep takes as long as several of the others. */
const SWEEPS_PER_ROUND = 1 / 5

const { quick, rounds, fresh, postgres } = readOptions()
const sizes = quick ? SIZES.slice(0, -1) : SIZES
if (postgres) {
  const areSame = await compareOnPostgres([sizes[0] ?? 0, sizes.at(-1) ?? 0])
  console.log(areSame ? 'The same rows on each.' : 'Not the same rows on each.')
  process.exit(areSame ? 0 : 1)
}
if (fresh) rmSync(FOLDER, { recursive: true, force: true })
mkdirSync(FOLDER, { recursive: true })

const modules = buildWorker(join(FOLDER, 'worker'))
const storage = join(FOLDER, 'storage')
let running = await startWorker(modules, { storage, sizes })
await fillWhatIsEmpty()
try {
  const summaries = (await measureAll()).map(summarise)
  const table = toMarkdown(summaries)
  const machine = { processor: cpus()[0]?.model, cores: cpus().length, loadAverage: loadavg()[0] }
  writeFileSync(join(FOLDER, 'result.md'), `${table}\n`)
  writeFileSync(join(FOLDER, 'result.json'), `${JSON.stringify({ machine, rounds, summaries }, null, 2)}\n`)
  console.log(`\n${table}\n`)
  const unequal = summaries.filter(({ sameRows }) => !sameRows).map(({ name }) => name)
  console.log(
    unequal.length === 0
      ? 'Every operation reads and writes the same rows on each database.'
      : `Not the same rows on each database: ${unequal.join(', ')}.`,
  )
  process.exitCode = unequal.length === 0 ? 0 : 1
} finally {
  await running.stop()
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        quick: { type: 'boolean', default: false },
        fresh: { type: 'boolean', default: false },
        postgres: { type: 'boolean', default: false },
        rounds: { type: 'string', default: '200' },
        help: { type: 'boolean', default: false },
      },
    })
    if (values.help) {
      console.log(HELP)
      process.exit(0)
    }
    const rounds = Number(values.rounds)
    if (!Number.isInteger(rounds) || rounds < 10) throw new Error('--rounds must be a number from 10 on')
    return { ...values, rounds }
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${HELP}`)
    return process.exit(2)
  }
}

/** Returns the file of each database, by the number of its accounts: only the database itself tells. */
function filesBySize(): ReadonlyMap<number, string> {
  const files = new Map<number, string>()
  for (const file of globSync(join(storage, '**/*.sqlite'))) {
    const db = new DatabaseSync(file, { readOnly: true })
    const isOurs = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'growth'").get()
    const row = isOurs ? db.prepare('SELECT accounts FROM growth').get() : undefined
    if (row) files.set(Number(row.accounts), file)
    db.close()
  }
  return files
}

async function fillWhatIsEmpty(): Promise<void> {
  const marker = (accounts: number) => join(FOLDER, `filled-${accounts}`)
  const empty = sizes.filter((accounts) => !existsSync(marker(accounts)))
  if (empty.length === 0) return
  await requireSpace(running)
  const hashes = new Map<number, string>()
  for (const accounts of empty) {
    const { ask } = createPlace(running.url, accounts)
    const { body } = await ask('GET', `/growth/password-hash?of=${encodeURIComponent(PASSWORD)}`)
    hashes.set(accounts, body)
  }
  await running.stop()
  const files = filesBySize()
  for (const [accounts, passwordHash] of hashes) {
    const file = files.get(accounts)
    if (file === undefined) throw new Error(`There is no database for ${accounts} accounts`)
    const begun = performance.now()
    fill(file, accounts, passwordHash)
    writeFileSync(marker(accounts), '')
    const seconds = Math.round((performance.now() - begun) / 1000)
    console.log(`Filled ${accounts} accounts, ${accounts * SESSIONS_EACH} sessions, in ${seconds} seconds.`)
  }
  running = await startWorker(modules, { storage, sizes })
}

async function requireSpace({ stop }: Running): Promise<void> {
  const { bavail, bsize } = statfsSync(FOLDER)
  const needed = quick ? NEEDED_BYTES.quick : NEEDED_BYTES.full
  if (bavail * bsize >= needed) return
  await stop()
  console.error(
    `There are ${Math.floor((bavail * bsize) / 1e9)} GB free in ${FOLDER}, and ${needed / 1e9} are needed.`,
  )
  process.exit(2)
}

/** Measures the sweep first, on databases where nothing is left to sweep; then all others in turn, one database after the other. */
async function measureAll() {
  const places = sizes.map((accounts) => createPlace(running.url, accounts))
  for (const place of places) await drain(place)
  const sweeps = await measure([SWEEP], places, Math.ceil(rounds * SWEEPS_PER_ROUND))
  return [...sweeps, ...(await measure(OPERATIONS, places, rounds))].toSorted(
    (a, b) => Number(a.name === SWEEP.name) - Number(b.name === SWEEP.name),
  )
}

async function measure(operations: readonly Operation[], places: readonly Place[], times: number) {
  const measured = operations.map(({ name }) => ({
    name,
    costs: new Map(places.map(({ accounts }): [number, Cost[]] => [accounts, []])),
  }))
  for (let round = -WARM_UP_ROUNDS; round < times; round++) {
    for (const [index, operation] of operations.entries()) {
      // Each database comes first as often as the others.
      const turn = (((round % places.length) + places.length) % places.length) + 1
      for (const place of [...places.slice(turn), ...places.slice(0, turn)]) {
        const { status, body, cost } = await operation.run(place)
        if (status !== operation.status) {
          throw new Error(`${operation.name}: ${status} ${JSON.stringify(body)}`)
        }
        if (round >= 0) measured[index]?.costs.get(place.accounts)?.push(cost)
      }
    }
  }
  return measured
}
