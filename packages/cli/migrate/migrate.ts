// Applies the migrations of this version. Those that are applied already are left alone.
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import { readOptions, Stop } from '../command.ts'
import { CONFIG_HELP, commandLine, findConfig, findState } from '../place.ts'
import { createWrangler } from '../wrangler.ts'
import { migrateLocal } from './migrate-local.ts'
import { withMigrations } from './migrations-config.ts'

export const help = `Apply the migrations of this version of Janus to the database bound as DB.

  ${commandLine('migrate', '[options]')}

  --local        the database on this machine (default)
  --remote       the deployed database
  --state DIR    with --local: where wrangler keeps it (.wrangler/state)
${CONFIG_HELP}
  --help         print this

migrations_dir in the configuration may be left out.
Exit code: 0 if the database is current, 1 if a migration failed, 2 if the command could not run.`

export async function run(args: readonly string[]): Promise<number> {
  const { remote, state, configPath } = readOptions(() => {
    const {
      values: { local, remote, state, config },
    } = parseArgs({
      args: [...args],
      options: {
        local: { type: 'boolean', default: false },
        remote: { type: 'boolean', default: false },
        state: { type: 'string' },
        config: { type: 'string' },
      },
    })
    if (remote && (local || state !== undefined)) throw new Error('--remote stands alone')
    const configPath = findConfig(config)
    return { remote, configPath, state: findState(configPath, state) }
  })
  await (remote ? migrateRemote(configPath) : migrateLocal(configPath, state))
  console.log(`The ${remote ? 'deployed' : 'local'} database is current.`)
  return 0
}

/** Brings the deployed database up to date. @throws Stop If that fails. */
async function migrateRemote(configPath: string): Promise<void> {
  const code = await withMigrations(configPath, async (path) => {
    const wrangler = createWrangler({ configPath: path, folder: dirname(configPath) })
    return (await wrangler(['d1', 'migrations', 'apply', 'DB', '--remote'], 'shown')).code
  })
  if (code !== 0) throw new Stop('The migrations could not be applied. The message of wrangler is above.')
}
