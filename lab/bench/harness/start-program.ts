import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Contender } from './contender.ts'
import { startNodeServer } from './start-node-server.ts'
import type { Running } from './start-worker.ts'

const BENCH = join(import.meta.dirname, '..')

/** Starts a program that is a server by itself, with a folder of its own. */
export function startProgram({ name, server, settings = {} }: Contender): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), 'janus-bench-'))
  return startNodeServer({
    name,
    script: join(BENCH, server),
    environment: { ...settings, FOLDER: folder },
    cleanUp: () => rmSync(folder, { recursive: true, force: true }),
  })
}
