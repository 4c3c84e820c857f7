// Breaks each guard in turn, in a copy of the project, and runs the tests that should notice. A guard whose removal no test notices is
// not proven.
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { ACCOUNT_MUTATIONS } from './account-mutations.ts'
import { CALLER_MUTATIONS } from './caller-mutations.ts'
import { MUTATIONS, type Mutation } from './core-mutations.ts'
import { DEVICE_MUTATIONS } from './device-mutations.ts'
import { INPUT_MUTATIONS } from './input-mutations.ts'
import { MAIL_MUTATIONS } from './mail-mutations.ts'
import { PAGE_MUTATIONS } from './page-mutations.ts'
import { PASSKEY_MUTATIONS } from './passkey-mutations.ts'

const HELP = `Break each guard in turn and see a test fail.

  npm run test:mutation -- [options]

  --only TEXT    only guards whose name contains TEXT
  --help         print this

Takes some ten seconds a guard. Exit code: 0 if every broken guard was noticed.`

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
]
for (const { guard, file, from } of all) {
  if (readFileSync(join(ROOT, file), 'utf8').split(from).length === 2) continue
  console.error(`"${guard}": the text must occur exactly once in ${file}`)
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

function isNoticed({ file, from, to, tests }: Mutation): boolean {
  const path = join(copy, file)
  const source = readFileSync(path, 'utf8')
  writeFileSync(
    path,
    source.replace(from, () => to),
  )
  const projects = ['--project', 'workers', '--project', 'alone']
  // One file after the other: to be bailed out of while another begins, the runtime does not survive.
  const command = ['vitest', 'run', ...projects, '--no-file-parallelism', '--bail', '1', ...tests]
  const env = { ...process.env, NO_COLOR: '1' }
  const run = spawnSync('npx', command, { cwd: copy, env, encoding: 'utf8' })
  writeFileSync(path, source)
  // A run that found no test, or could not start, has noticed nothing.
  return run.status !== 0 && /\b\d+ failed\b/.test(run.stdout)
}
