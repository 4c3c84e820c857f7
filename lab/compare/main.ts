import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installRivals } from '../bench/harness/install-rivals.ts'
import { APPS, table } from './lines.ts'

const BIN = join(import.meta.dirname, '../../node_modules/.bin')

console.log(table())
if (process.argv.includes('--compile')) compileBetterAuth()

/** Compiles the app with Better Auth, and bundles it as for a deploy. The one with Janus is compiled by `npm run check`. */
function compileBetterAuth(): void {
  installRivals()
  const { folder } = APPS['Better Auth']
  const scratch = mkdtempSync(join(tmpdir(), 'lines-'))
  try {
    const vars = join(scratch, 'vars')
    writeFileSync(vars, 'BETTER_AUTH_SECRET=for-its-type\n')
    run(folder, 'wrangler', ['types', '--include-runtime=false', '--env-file', vars])
    run(folder, 'tsc', ['-p', '.'])
    run(folder, 'wrangler', ['deploy', '--dry-run', '--outdir', join(scratch, 'bundle')])
  } finally {
    rmSync(scratch, { recursive: true })
  }
}

function run(folder: string, command: string, args: readonly string[]): void {
  const { status } = spawnSync(join(BIN, command), args, {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (status !== 0) throw new Error(`${command} ${args[0]} failed in ${folder}`)
}
