// Breaks each guard in turn, in a copy of the project, and runs the tests that should notice. A guard whose removal no test notices is
// not proven.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { createVitest, type Vitest } from 'vitest/node'
import { ACCOUNT_MUTATIONS } from './account-mutations.ts'
import { API_KEY_MUTATIONS } from './api-key-mutations.ts'
import { CALLER_MUTATIONS } from './caller-mutations.ts'
import { MUTATIONS } from './core-mutations.ts'
import { DEVICE_MUTATIONS } from './device-mutations.ts'
import { INPUT_MUTATIONS } from './input-mutations.ts'
import { MACHINE_MUTATIONS } from './machine-mutations.ts'
import { MAIL_MUTATIONS } from './mail-mutations.ts'
import { breakGuard, type Mutation, readMarks } from './mutation.ts'
import { NODE_MUTATIONS } from './node-mutations.ts'
import { OAUTH_MUTATIONS } from './oauth-mutations.ts'
import { OPENID_MUTATIONS } from './openid-mutations.ts'
import { PAGE_MUTATIONS } from './page-mutations.ts'
import { PASSKEY_MUTATIONS } from './passkey-mutations.ts'
import { SOCIAL_MUTATIONS } from './social-mutations.ts'

const HELP = `Break each guard in turn and see a test fail.

  npm run test:mutation -- [options]

  --only TEXT    only guards whose name contains TEXT
  --from N       begin with the Nth of them: a run that was ended goes on
  --help         print this

Names the test that noticed. Takes some five seconds a guard, and prints how long all took. Exit code: 0 if every broken guard was noticed.`

/** A test that hangs without its guard is cut off, and has to be one that fails. */
const LIMIT_MS = 180_000

const ROOT = dirname(dirname(import.meta.dirname))

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    from: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  console.log(HELP)
  process.exit(0)
}

if (!/^[1-9]\d*$/.test(values.from)) {
  console.error(`"${values.from}" is not a number. See --help.`)
  process.exit(2)
}

const all = [
  ...MUTATIONS,
  ...DEVICE_MUTATIONS,
  ...MAIL_MUTATIONS,
  ...CALLER_MUTATIONS,
  ...INPUT_MUTATIONS,
  ...PAGE_MUTATIONS,
  ...ACCOUNT_MUTATIONS,
  ...PASSKEY_MUTATIONS,
  ...NODE_MUTATIONS,
  ...SOCIAL_MUTATIONS,
  ...OAUTH_MUTATIONS,
  ...MACHINE_MUTATIONS,
  ...API_KEY_MUTATIONS,
  ...OPENID_MUTATIONS,
]
const marks = readMarks(ROOT)
for (const mutation of all) {
  const path = fileOf(mutation)
  if (path !== null && breakGuard(readFileSync(join(ROOT, path), 'utf8'), mutation) !== null) continue
  console.error(`"${mutation.guard}": its mark, or what it cuts, is not there (test/docs/mutations.test.ts)`)
  process.exit(2)
}
const chosen = all.filter(({ guard }) => guard.includes(values.only ?? ''))
const begin = Number(values.from) - 1
const tried = chosen.slice(begin)
const copy = copyProject()
// Tests, and what they start, find the copy here. It is left again before it goes.
process.chdir(copy)
process.env.PWD = copy
let vitest = await startVitest()
let unnoticed = 0
const begun = performance.now()
try {
  for (const [index, mutation] of tried.entries()) {
    const failed = await brokenTest(mutation)
    if (failed === null) unnoticed += 1
    const by = failed === null ? '' : `\n    by ${failed}`
    console.log(
      `${begin + index + 1}/${chosen.length} ${failed === null ? 'NOT NOTICED' : 'noticed'}: ${mutation.guard}${by}`,
    )
  }
  const minutes = ((performance.now() - begun) / 60_000).toFixed(1)
  console.log(
    `${tried.length - unnoticed} of ${tried.length} broken guards were noticed, in ${minutes} minutes.`,
  )
} finally {
  process.chdir(ROOT)
  rmSync(copy, { recursive: true })
}
// What hangs would keep the process.
process.exit(unnoticed === 0 ? 0 : 1)

function copyProject(): string {
  const target = mkdtempSync(join(tmpdir(), 'janus-mutate-'))
  const files = execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' }).trim().split('\n')
  for (const file of files) cpSync(join(ROOT, file), join(target, file))
  symlinkSync(join(ROOT, 'node_modules'), join(target, 'node_modules'))
  return target
}

function fileOf({ guard, file }: Mutation): string | null {
  const marked = marks.get(guard) ?? []
  return file ?? (marked.length === 1 ? (marked[0] ?? null) : null)
}

/** Starts one Vitest for every guard: its start takes longer than most of its runs. */
function startVitest(): Promise<Vitest> {
  process.env.NO_COLOR = '1'
  process.env.WRANGLER_LOG ??= 'none'
  return createVitest(
    'test',
    {
      root: copy,
      watch: false,
      bail: 1,
      fileParallelism: false,
      project: ['workers', 'alone', 'growth', 'node', 'processes', 'durable-object', 'postgres'],
      reporters: [{}],
    },
    { logLevel: 'silent' },
  )
}

/** Returns the test that fails without a guard; `null` if there is none. */
async function brokenTest(mutation: Mutation): Promise<string | null> {
  const path = join(copy, fileOf(mutation) ?? '')
  const source = readFileSync(path, 'utf8')
  write(path, breakGuard(source, mutation) ?? source)
  try {
    // One file after the other: to be bailed out of while another begins, the runtime does not survive.
    for (const file of mutation.tests) {
      const failed = await failedTest(file)
      if (failed !== null) return failed
    }
    return null
  } finally {
    write(path, source)
  }
}

function write(path: string, text: string): void {
  writeFileSync(path, text)
  vitest.invalidateFile(path)
}

/** Returns the first test of a file that fails. What found no test, or did not end, has failed at nothing. */
async function failedTest(file: string): Promise<string | null> {
  const found = await vitest.getRelevantTestSpecifications([join(copy, file)])
  // What runs again on another database runs there only where it is what the test is about.
  const onOther = found.filter(({ project }) => ['durable-object', 'postgres'].includes(project.name))
  const specifications =
    found.length > onOther.length ? found.filter((each) => !onOther.includes(each)) : found
  const limit = Promise.withResolvers<null>()
  const timer = setTimeout(() => limit.resolve(null), LIMIT_MS)
  const run = await Promise.race([vitest.runTestSpecifications(specifications), limit.promise])
  clearTimeout(timer)
  if (run === null) vitest = await startVitest()
  for (const { testModule } of run === null ? [] : specifications) {
    const [failed] = testModule?.children.allTests('failed') ?? []
    if (failed) return failed.fullName
    const [error] = testModule?.errors() ?? []
    if (error) return `${file}: ${error.message}`
  }
  return null
}
