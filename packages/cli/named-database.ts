// Which database the configuration of a Worker names, for every command that works on one.
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Unstable_Config } from 'wrangler'
import { environmentOf } from './environment.ts'
import { loadWrangler } from './place.ts'

/** Says what to do where a command would look for D1. */
export const NAME_POSTGRES =
  'DATABASE is postgres, which only its URL leads to. Instead of --local, --remote, --state and --config, give: --postgres postgres://USER@HOST/NAME'

/**
 * Returns the database that a Worker's configuration names.
 *
 * @param place Here, settings of this machine come before the configuration, as in `wrangler dev`.
 * @param read Returns the configuration, for a command that has read it.
 */
export async function databaseOf(
  configPath: string,
  place: 'here' | 'deployed',
  read = () => readWorker(configPath),
): Promise<'d1' | 'durable-object' | 'postgres'> {
  // Wrangler takes a second to load: most configurations have neither word.
  if (!/durable-object|postgres/.test(readFileSync(configPath, 'utf8'))) return 'd1'
  const { DATABASE } = await readVars(configPath, place, read)
  return DATABASE === 'durable-object' || DATABASE === 'postgres' ? DATABASE : 'd1'
}

/** Returns the settings that a Worker's configuration names. Parameters as of {@link databaseOf}. */
export async function readVars(
  configPath: string,
  place: 'here' | 'deployed',
  read = () => readWorker(configPath),
): Promise<Readonly<Record<string, unknown>>> {
  const { vars, secrets } = await read()
  if (place === 'deployed') return vars
  const { unstable_getVarsForDev } = await loadWrangler(dirname(configPath))
  const here = unstable_getVarsForDev(configPath, undefined, vars, undefined, true, secrets)
  return Object.fromEntries(
    Object.entries(here).map(([name, binding]) => [name, 'value' in binding ? binding.value : undefined]),
  )
}

/**
 * Reads the configuration of a Worker, by the wrangler of its project.
 *
 * @throws If it has no environment of the name that is chosen.
 */
export async function readWorker(configPath: string): Promise<Unstable_Config> {
  const folder = dirname(configPath)
  const { unstable_readConfig } = await loadWrangler(folder)
  return unstable_readConfig({ config: configPath, env: environmentOf(folder) })
}
