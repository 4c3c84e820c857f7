import { dirname } from 'node:path'
import { build } from 'esbuild'

const ROOT = dirname(import.meta.dirname)

/** Bundles a program of the checkout to run in Node, with what Workers have and Node lacks. @param entry From the root of the project. */
export async function buildForNode(entry: string, outfile: string): Promise<void> {
  await build({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    alias: { 'cloudflare:workers': './packages/node/cloudflare-workers.ts' },
    logLevel: 'error',
  })
}
