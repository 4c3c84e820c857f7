import { execFile } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'

const BENCH = join(import.meta.dirname, '..')
const ROOT = join(BENCH, '../..')
const OUT = join(BENCH, 'out')

/** The modules of a Worker, the entry first. */
export interface BuiltWorker {
  readonly folder: string
  readonly modules: readonly { readonly type: 'ESModule'; readonly path: string }[]
}

const built = new Map<string, Promise<BuiltWorker>>()

/** Bundles a Worker as a deploy would: the same wrangler, settings and minification for all. Once for each file. */
export function buildWorker(file: string): Promise<BuiltWorker> {
  const known = built.get(file) ?? build(file)
  built.set(file, known)
  return known
}

async function build(file: string): Promise<BuiltWorker> {
  const folder = join(OUT, basename(file, '.ts'))
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const wrangler = join(ROOT, 'node_modules/wrangler/bin/wrangler.js')
  const flags = ['--dry-run', '--minify', '--outdir', folder]
  await promisify(execFile)(process.execPath, [wrangler, 'deploy', join('lab/bench', file), ...flags], {
    cwd: ROOT,
    env: { ...process.env, WRANGLER_SEND_METRICS: 'false' },
  })
  const entry = join(folder, `${basename(file, '.ts')}.js`)
  return {
    folder,
    modules: [{ type: 'ESModule', path: entry }],
  }
}
