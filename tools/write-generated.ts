import { readFileSync, renameSync, writeFileSync } from 'node:fs'

/** Writes a file that is generated, whole or not at all, and leaves alone one that is as it should be: several builds may run at once. */
export function writeGenerated(path: string, text: string): void {
  if (text === readIfThere(path)) return
  const unfinished = `${path}.${process.pid}`
  writeFileSync(unfinished, text)
  renameSync(unfinished, path)
}

/** Returns the text of a file, or `null` if there is none. */
export function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}
