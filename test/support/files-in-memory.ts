import { mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { join } from 'node:path'

/** A file system in memory, where Linux has one. */
const MEMORY = '/dev/shm'

/** A whole run leaves less than a third of this. A container is often given 64 MiB, which would not do. */
const NEEDED_BYTES = 1024 ** 3

/**
 * Makes this process, and all that it starts, keep temporary files in memory, if the machine has room there. D1 and KV wait for the disk
 * at each write, and how fast a disk is proves nothing. The files go when this process ends.
 */
export function keepTemporaryFilesInMemory(): void {
  if (freeBytes(MEMORY) < NEEDED_BYTES) return
  const folder = mkdtempSync(join(MEMORY, 'janus-test-'))
  process.env.TMPDIR = folder
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
}

function freeBytes(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize
  } catch {
    return 0
  }
}
