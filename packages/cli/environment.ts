// The environment of a wrangler configuration, such as staging, that a command works on.
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'

/** Lists what wrangler reads into its own environment, in this order. */
const ENV_FILES = ['.env', '.env.local']

/**
 * Returns the name of the environment, or `undefined` where it is none, as wrangler finds it for a command without `--env`.
 *
 * @param folder Where wrangler runs: that of its configuration.
 */
export function environmentOf(folder: string): string | undefined {
  // For wrangler, an empty one is none.
  return process.env.CLOUDFLARE_ENV || readEnvFiles(folder, ENV_FILES).CLOUDFLARE_ENV
}

/**
 * Sets what wrangler's commands take from `.env` and `.env.local`, such as a token, for what this process does by itself through wrangler.
 * What the environment of the process has stays.
 */
export function takeCredentials(folder: string): void {
  for (const [name, value] of Object.entries(readEnvFiles(folder, ENV_FILES))) {
    if (name.startsWith('CLOUDFLARE_')) process.env[name] ||= value
  }
}

/** Returns whether something is a file: `.env` may be the folder of a Python project. */
export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}

/** Returns what files of lines `NAME=value` say, those that are there. The last that names something wins. */
export function readEnvFiles(
  folder: string,
  names: readonly string[],
): Readonly<Record<string, string | undefined>> {
  const files = names.map((name) => join(folder, name)).filter(isFile)
  return Object.assign({}, ...files.map((file) => parseEnv(readFileSync(file, 'utf8'))))
}
