import { existsSync, mkdirSync, readdirSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A file system in memory, where Linux has one. */
const MEMORY = '/dev/shm'
const PREFIX = 'janus-test-'

/** A whole run leaves less than a third of this. A container is often given 64 MiB, which would not do. */
const NEEDED_BYTES = 1024 ** 3

/**
 * Makes this process, and all that it starts, keep temporary files in a folder of its own, which goes when this process ends: in memory, if
 * the machine has room there. D1 and KV wait for the disk at each write, and how fast a disk is proves nothing.
 */
export function takeTemporaryFolder(): void {
  const place = freeBytes(MEMORY) < NEEDED_BYTES ? tmpdir() : MEMORY
  removeLeftovers(place)
  const folder = join(place, `${PREFIX}${process.pid}`)
  mkdirSync(folder, { mode: 0o700, recursive: true })
  process.env.TMPDIR = folder
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
}

/** Removes the folders of runs that were killed, each named by its process. */
function removeLeftovers(place: string): void {
  for (const name of readdirSync(place)) {
    const isLeft = /^janus-test-\d+$/.test(name) && !existsSync(`/proc/${name.slice(PREFIX.length)}`)
    if (isLeft) rmSync(join(place, name), { recursive: true, force: true })
  }
}

function freeBytes(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize
  } catch {
    return 0
  }
}
