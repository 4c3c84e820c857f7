// Where the command runs: in a checkout of Janus, or built, in the package that a project has installed.
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type * as Wrangler from 'wrangler'
import { Stop } from './command.ts'

/** The checkout or the package: packages/cli and dist/cli are equally deep in it. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..')

export const IS_CHECKOUT = existsSync(join(ROOT, 'src/janus.ts'))

/** Locates the migrations of this version. */
export const MIGRATIONS = join(ROOT, IS_CHECKOUT ? 'src/storage/d1/migrations' : 'dist/migrations')

/** Locates those for PostgreSQL. */
export const POSTGRES_MIGRATIONS = join(
  ROOT,
  IS_CHECKOUT ? 'src/storage/postgres/migrations' : 'dist/postgres-migrations',
)

/** Returns the path of a page of the documentation from here, which the package contains, too. @param page As in `guides/mail.md`. */
export function pageOf(page: string): string {
  return relative(process.cwd(), join(ROOT, 'docs', page))
}

/** Returns what somebody types here to run a command. @param name As in the table of commands. */
export function commandLine(name: string, options = ''): string {
  if (!IS_CHECKOUT) return `npx janus ${name}${options && ` ${options}`}`
  const script = name === 'start' ? 'npm start' : `npm run ${name.replace(' ', ':')}`
  return `${script}${options && ` -- ${options}`}`
}

/** The help for `--config`. */
export const CONFIG_HELP = `${
  IS_CHECKOUT
    ? '  --config FILE  the wrangler.toml of an app that Janus is mounted in'
    : '  --config FILE  your wrangler configuration (default: wrangler.json,\n                 wrangler.jsonc or wrangler.toml in this folder)'
};
                 set CLOUDFLARE_ENV to choose an environment`

/**
 * Returns the path of the wrangler configuration to work on.
 *
 * @param given What `--config` says.
 * @throws If there is none.
 */
export function findConfig(path: string | undefined): string {
  if (path !== undefined) {
    if (!existsSync(path)) throw new Error(`There is no file ${resolve(path)}`)
    return resolve(path)
  }
  if (IS_CHECKOUT) return join(ROOT, 'wrangler.toml')
  // In the order in which wrangler looks.
  const file = ['wrangler.json', 'wrangler.jsonc', 'wrangler.toml'].find((name) => existsSync(name))
  if (file === undefined) {
    throw new Error(
      `There is no wrangler.json, wrangler.jsonc or wrangler.toml in ${process.cwd()}. Go to the folder of your Worker, name the file (--config FILE), or create one: npx janus init`,
    )
  }
  return resolve(file)
}

/** Returns the folder in which wrangler keeps the local state of a configuration, as an absolute path. */
export function findState(configPath: string, path: string | undefined): string {
  return resolve(path ?? join(dirname(configPath), '.wrangler/state'))
}

/**
 * Returns the script of the wrangler that belongs to a project; in a checkout, that of the checkout.
 *
 * @throws Stop If wrangler is not installed.
 */
export function findWrangler(folder: string): string {
  return join(dirname(resolveWrangler(folder, 'wrangler/package.json')), 'bin/wrangler.js')
}

/** Lists the members that are used. */
type WranglerModule = Pick<
  typeof Wrangler,
  'getPlatformProxy' | 'unstable_getVarsForDev' | 'unstable_readConfig' | 'unstable_splitSqlQuery'
>

/** Loads the same wrangler as a module. @throws Stop If it is not installed or too old. */
export async function loadWrangler(folder: string): Promise<WranglerModule> {
  const path = pathToFileURL(resolveWrangler(folder, 'wrangler')).href
  const loaded = (await import(/* @vite-ignore */ path)) as { readonly default: WranglerModule }
  if (typeof loaded.default?.unstable_readConfig !== 'function') {
    throw new Stop('Your wrangler is too old. Install version 4: npm install --save-dev wrangler@4', 2)
  }
  return loaded.default
}

function resolveWrangler(folder: string, name: string): string {
  try {
    return createRequire(import.meta.url).resolve(name, {
      paths: IS_CHECKOUT ? [ROOT] : [folder, process.cwd()],
    })
  } catch {
    throw new Stop(`wrangler is not installed in ${folder}. Run: npm install --save-dev wrangler`, 2)
  }
}
