// Builds what others import, into dist/: `janus` (to mount), `janus/verify` and `janus/client`.
import { execFileSync } from 'node:child_process'
import { cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'
import { buildModules } from './build-modules.ts'

const ROOT = dirname(import.meta.dirname)
const DIST = join(ROOT, 'dist')

/** `janus/verify` is of use without Hono, too. Where it is not installed, its middleware has no types, and the rest compiles. */
const HONO_IMPORT = /^(?=import type .* from 'hono';$)/m
const OPTIONAL_IMPORT = '// @ts-ignore Hono is optional.\n'

rmSync(DIST, { recursive: true, force: true })
mkdirSync(DIST)
buildModules()

await build({
  absWorkingDir: ROOT,
  entryPoints: {
    janus: 'packages/janus/index.ts',
    verify: 'packages/verify/index.ts',
    client: 'packages/client/index.ts',
  },
  outdir: DIST,
  bundle: true,
  format: 'esm',
  target: 'es2022',
  // What is imported and not bundled: the one dependency, the framework of whoever mounts it, and the platform.
  external: ['jose', 'hono', 'hono/*', 'cloudflare:workers'],
  legalComments: 'none',
})
cpSync(join(ROOT, 'src/storage/d1/migrations'), join(DIST, 'migrations'), {
  recursive: true,
  filter: isNoCode,
})

execFileSync(join(ROOT, 'node_modules/.bin/tsc'), ['-p', 'tsconfig.package.json'], {
  cwd: ROOT,
  stdio: 'inherit',
})
for (const file of globSync(join(DIST, 'types/**/*.d.ts'))) {
  // Node's resolution wants the name of the file that runs, which the sources leave out or call `.ts`.
  const source = readFileSync(file, 'utf8')
  const named = source.replace(
    /((?:from|import\()\s*["'])(\.{1,2}\/[^"']+?)(?:\.ts)?(["'])/g,
    (_, before: string, path: string, after: string) => `${before}${path}.js${after}`,
  )
  writeFileSync(
    file,
    file.includes('/packages/verify/') ? named.replace(HONO_IMPORT, OPTIONAL_IMPORT) : named,
  )
}

function isNoCode(path: string): boolean {
  return !path.endsWith('.ts')
}
