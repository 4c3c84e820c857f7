// Breaks each guard in turn, in a copy of the project, and runs the tests that should notice. A guard whose removal no test notices is
// not proven.
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
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
  --help         print this

Takes some ten seconds a guard. Exit code: 0 if every broken guard was noticed.`

/** A test that hangs without its guard is cut off, and has to be one that fails. */
const LIMIT_MS = 180_000

const ROOT = dirname(dirname(import.meta.dirname))

const { values } = parseArgs({
  options: { only: { type: 'string' }, help: { type: 'boolean', default: false } },
})
if (values.help) {
  console.log(HELP)
  process.exit(0)
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
const copy = copyProject()
try {
  const chosen = all.filter(({ guard }) => guard.includes(values.only ?? ''))
  const unnoticed = chosen.filter((mutation, index) => {
    const noticed = isNoticed(mutation)
    console.log(`${index + 1}/${chosen.length} ${noticed ? 'noticed' : 'NOT NOTICED'}: ${mutation.guard}`)
    return !noticed
  })
  console.log(`${chosen.length - unnoticed.length} of ${chosen.length} broken guards were noticed.`)
  process.exitCode = unnoticed.length === 0 ? 0 : 1
} finally {
  rmSync(copy, { recursive: true })
}

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

function isNoticed(mutation: Mutation): boolean {
  const path = join(copy, fileOf(mutation) ?? '')
  const source = readFileSync(path, 'utf8')
  writeFileSync(path, breakGuard(source, mutation) ?? source)
  const onObject = mutation.tests.every((file) => file.startsWith('test/storage/durable-object/'))
  const names = onObject ? ['durable-object'] : ['workers', 'alone', 'node']
  const projects = names.flatMap((name) => ['--project', name])
  // One file after the other: to be bailed out of while another begins, the runtime does not survive.
  const command = [
    'node_modules/vitest/vitest.mjs',
    'run',
    ...projects,
    '--no-file-parallelism',
    '--bail',
    '1',
    ...mutation.tests,
  ]
  const env = { ...process.env, NO_COLOR: '1' }
  const run = spawnSync(process.execPath, command, { cwd: copy, env, encoding: 'utf8', timeout: LIMIT_MS })
  writeFileSync(path, source)
  // A run that found no test, could not start, or did not end has noticed nothing.
  return run.status !== 0 && /\b\d+ failed\b/.test(run.stdout)
}
