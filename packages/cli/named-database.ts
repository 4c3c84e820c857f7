// Which database the configuration of a Worker names, for every command that works on one.
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Unstable_Config } from 'wrangler'
import { loadWrangler } from './place.ts'

/** Says what to do where a command would look for D1. */
export const NAME_POSTGRES =
  'DATABASE is postgres, which only its URL leads to. Instead of --local, --remote, --state and --config, give: --postgres postgres://USER@HOST/NAME'

/**
 * Returns the database that a Worker's configuration names.
 *
 * @param place Here, `.dev.vars` comes before the configuration, as in `wrangler dev`.
 * @param read Returns the configuration, for a command that has read it.
 */
export async function databaseOf(
  configPath: string,
  place: 'here' | 'deployed',
  read = () => readWorker(configPath),
): Promise<'d1' | 'durable-object' | 'postgres'> {
  // Wrangler takes a second to load: most configurations have neither word.
  if (!/durable-object|postgres/.test(readFileSync(configPath, 'utf8'))) return 'd1'
  const config = await read()
  const DATABASE = place === 'here' ? await localDatabase(configPath, config) : config.vars.DATABASE
  return DATABASE === 'durable-object' || DATABASE === 'postgres' ? DATABASE : 'd1'
}

/** Returns `DATABASE` as `wrangler dev` passes it to a Worker. */
async function localDatabase(configPath: string, { vars, secrets }: Unstable_Config): Promise<unknown> {
  const { unstable_getVarsForDev } = await loadWrangler(dirname(configPath))
  const { DATABASE } = unstable_getVarsForDev(configPath, undefined, vars, undefined, true, secrets)
  return DATABASE && 'value' in DATABASE ? DATABASE.value : undefined
}

/** Reads the configuration of a Worker, by the wrangler of its project. */
export async function readWorker(configPath: string): Promise<Unstable_Config> {
  const { unstable_readConfig } = await loadWrangler(dirname(configPath))
  return unstable_readConfig({ config: configPath })
}
