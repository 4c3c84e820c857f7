// Loads Janus for Node, in a checkout. In the package, janus-on-node.built.ts takes the place of this file.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import type * as JanusOnNode from '../../node/index.ts'
import { ROOT } from '../place.ts'

let loaded: Promise<typeof JanusOnNode> | null = null

/** Loads packages/node. */
export function loadJanusOnNode(): Promise<typeof JanusOnNode> {
  loaded ??= bundleAndLoad()
  return loaded
}

/** Bundles first, because src/ is written for a bundler. */
async function bundleAndLoad(): Promise<typeof JanusOnNode> {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: ['packages/node/index.ts'],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    alias: { 'cloudflare:workers': './packages/node/cloudflare-workers.ts' },
    logLevel: 'error',
  })
  const code = outputFiles[0]?.text ?? ''
  // Beside node_modules, where what it imports is found.
  const folder = join(ROOT, 'node_modules/.cache/janus-on-node')
  const file = join(folder, `${createHash('sha256').update(code).digest('hex').slice(0, 16)}.mjs`)
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true })
    const mine = `${file}.${process.pid}`
    writeFileSync(mine, code)
    renameSync(mine, file)
  }
  return import(/* @vite-ignore */ pathToFileURL(file).href)
}
