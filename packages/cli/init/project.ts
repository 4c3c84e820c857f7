import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { MIGRATIONS_DIR } from './needs.ts'

/** A package manager, by what is typed. */
export interface PackageManager {
  readonly add: string
  readonly addDev: string
  readonly exec: string
}

const MANAGERS = {
  npm: { add: 'npm install', addDev: 'npm install --save-dev', exec: 'npx' },
  pnpm: { add: 'pnpm add', addDev: 'pnpm add --save-dev', exec: 'pnpm exec' },
  yarn: { add: 'yarn add', addDev: 'yarn add --dev', exec: 'yarn' },
  bun: { add: 'bun add', addDev: 'bun add --dev', exec: 'bunx' },
} as const satisfies Record<string, PackageManager>

type ManagerName = keyof typeof MANAGERS

const LOCK_FILES: readonly (readonly [file: string, ManagerName])[] = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
  ['package-lock.json', 'npm'],
]

/** Returns the package manager of a project: what package.json names, then the lock file, then what runs this command. */
export function findPackageManager(folder: string): PackageManager {
  const { packageManager } = readPackage(folder)
  const names = [
    typeof packageManager === 'string' ? packageManager.replace(/@.*/, '') : undefined,
    LOCK_FILES.find(([file]) => existsSync(join(folder, file)))?.[1],
    process.env.npm_config_user_agent?.replace(/\/.*/, ''),
  ]
  const name = names.find((each): each is ManagerName => each !== undefined && Object.hasOwn(MANAGERS, each))
  return MANAGERS[name ?? 'npm']
}

const VITE_CONFIGS = ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs'].map((end) => `vite.config.${end}`)

/** Returns whether Vite serves the Worker of a project, by Cloudflare's plugin. */
export function isServedByVite(folder: string): boolean {
  return VITE_CONFIGS.map((file) => join(folder, file)).some(
    (path) => existsSync(path) && readFileSync(path, 'utf8').includes('@cloudflare/vite-plugin'),
  )
}

/** Says where Vite serves by default. */
const VITE_ORIGIN = 'http://localhost:5173'

/** Returns the ISSUER of a Worker on this machine. @param mountPath As in `/auth`; `/` for all of the host. */
export function localIssuer(folder: string, mountPath: string): string {
  return `${isServedByVite(folder) ? VITE_ORIGIN : 'http://localhost:8787'}${mountPath === '/' ? '' : mountPath}`
}

/** Returns the name that a Worker in this folder gets. */
export function workerName(folder: string): string {
  const { name } = readPackage(folder)
  const text = typeof name === 'string' ? name.replace(/^@[^/]+\//, '') : basename(folder)
  // Letters, digits and hyphens, as Cloudflare wants it.
  return (
    text
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 50) || 'app'
  )
}

/**
 * Returns the commands that install the packages that the project does not have.
 *
 * @param version Of Janus. It is not on npm, where another package has its name.
 */
export function installsOf(folder: string, version: string): readonly string[] {
  const { add, addDev } = findPackageManager(folder)
  const lacks = (name: string) => findInstallation(folder, name) === null
  // guard: nobody is told to install a stranger's package
  const janus = lacks('janus') ? [`path/to/janus-${version}.tgz`] : []
  const packages = [...janus, ...(lacks('hono') ? ['hono'] : [])]
  return [
    ...(packages.length > 0 ? [`${add} ${packages.join(' ')}`] : []),
    ...(lacks('wrangler') ? [`${addDev} wrangler`] : []),
  ]
}

/** Returns where the migrations of Janus are, seen from a folder: in a workspace, packages may be installed further up. */
export function migrationsDirOf(folder: string): string {
  return `${findInstallation(folder, 'janus') ?? ''}${MIGRATIONS_DIR}`
}

/** Returns the way up to the folder in which a package is installed: `''` for this one, `../` for the one above, `null` if there is none. */
function findInstallation(folder: string, name: string): string | null {
  for (let [place, way] = [resolve(folder), '']; ; [place, way] = [dirname(place), `${way}../`]) {
    if (existsSync(join(place, 'node_modules', name, 'package.json'))) return way
    if (place === dirname(place)) return null
  }
}

function readPackage(folder: string): Readonly<Record<string, unknown>> {
  const file = join(folder, 'package.json')
  if (!existsSync(file)) return {}
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, unknown>>
  } catch {
    throw new Error(`${file} is not valid JSON`)
  }
}
