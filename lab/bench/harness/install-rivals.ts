import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const RIVALS = join(import.meta.dirname, '../rivals')

/** Installs the rivals as their lock file has them, if that is not what is there. Runs no script of theirs. */
export function installRivals(): void {
  if (isInstalled()) return
  console.error('bench: installing the rivals into lab/bench/rivals/node_modules, once')
  const { status } = spawnSync(
    'npm',
    ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', RIVALS],
    {
      stdio: 'inherit',
      shell: process.platform === 'win32',
    },
  )
  if (status !== 0) throw new Error('The rivals could not be installed: npm ci --prefix lab/bench/rivals')
}

interface Lock {
  readonly packages?: Readonly<Record<string, { readonly version?: string; readonly optional?: boolean }>>
}

/** npm writes down what it has installed: the lock file of the folder. */
function isInstalled(): boolean {
  const installed = join(RIVALS, 'node_modules/.package-lock.json')
  if (!existsSync(installed)) return false
  const wanted = readLock(join(RIVALS, 'package-lock.json'))
  const present = readLock(installed)
  return Object.entries(wanted.packages ?? {}).every(
    ([path, { version, optional }]) =>
      path === '' || optional === true || present.packages?.[path]?.version === version,
  )
}

function readLock(file: string): Lock {
  return JSON.parse(readFileSync(file, 'utf8'))
}
