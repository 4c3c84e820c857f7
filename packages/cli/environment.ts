// The environment of a wrangler configuration, such as staging, that a command works on.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'

/**
 * Returns the name of the environment, or `undefined` where it is none, as wrangler finds it for a command without `--env`.
 *
 * @param folder Where wrangler runs: that of its configuration.
 */
export function environmentOf(folder: string): string | undefined {
  return process.env.CLOUDFLARE_ENV ?? readEnvFiles(folder, ['.env', '.env.local']).CLOUDFLARE_ENV
}

/** Returns what files of lines `NAME=value` say, those that are there. The last that names something wins. */
export function readEnvFiles(
  folder: string,
  names: readonly string[],
): Readonly<Record<string, string | undefined>> {
  const files = names.map((name) => join(folder, name)).filter((file) => existsSync(file))
  return Object.assign({}, ...files.map((file) => parseEnv(readFileSync(file, 'utf8'))))
}
