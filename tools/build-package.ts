// Builds what others use, into dist/: `janus` (to mount), `janus/verify`, `janus/client` (`/account`, `/react`), `janus/testing`, and the command `janus`.
import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { type BuildOptions, build } from 'esbuild'
import { testedDate } from '../packages/cli/doctor/janus-itself.ts'
import { buildModules } from './build-modules.ts'

const ROOT = dirname(import.meta.dirname)
const DIST = join(ROOT, 'dist')

/** `janus/verify` is of use without Hono, too. Where it is not installed, its middleware has no types, and the rest compiles. */
const HONO_IMPORT = /^(?=import type .* from 'hono';$)/m
const OPTIONAL_IMPORT = '// @ts-ignore Hono is optional.\n'

rmSync(DIST, { recursive: true, force: true })
mkdirSync(DIST)
buildModules()

const COMMON = {
  absWorkingDir: ROOT,
  outdir: DIST,
  bundle: true,
  format: 'esm',
  target: 'es2022',
  // What is imported and not bundled: the dependencies, the framework of whoever mounts it, and the platform.
  external: [
    'jose',
    'oauth4webapi',
    'hono',
    'hono/*',
    'pg',
    'react',
    'cloudflare:workers',
    'cloudflare:sockets',
  ],
  // With the sources in them, so that a stack leads to a line that can be read.
  sourcemap: 'linked',
  legalComments: 'none',
} as const satisfies BuildOptions

/** Says what a Worker imports. */
const WORKER = {
  janus: 'packages/janus/index.ts',
  admin: 'packages/janus/admin.ts',
  'durable-object': 'packages/janus/durable-object.ts',
  'durable-object-database': 'packages/janus/durable-object-database.ts',
  redis: 'packages/janus/redis.ts',
  postgres: 'packages/janus/postgres.ts',
  memcached: 'packages/janus/memcached.ts',
  testing: 'packages/testing/index.ts',
}

// In modules that share what they have in common, and one for each part: a bundler leaves out a module that nobody uses, but little of one that
// somebody does. And an error of a database is of the class that its reader looks for.
await build({
  ...COMMON,
  entryPoints: { ...WORKER, ...(await partsOf(WORKER.janus)) },
  splitting: true,
  chunkNames: 'shared/[hash]',
})
await build({
  ...COMMON,
  entryPoints: {
    verify: 'packages/verify/index.ts',
    client: 'packages/client/index.ts',
    'client-tokens': 'packages/client/tokens.ts',
    'client-account': 'packages/client/account.ts',
    'client-passkeys': 'packages/client/passkeys.ts',
    'client-social': 'packages/client/social.ts',
    'client-react': 'packages/client/react.ts',
  },
})
await buildCommand()
cpSync(join(ROOT, 'src/storage/d1/migrations'), join(DIST, 'migrations'), {
  recursive: true,
  filter: isNoCode,
})

cpSync(join(ROOT, 'src/storage/postgres/migrations'), join(DIST, 'postgres-migrations'), {
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

/** Returns the imports of a module that can be left out of a bundle: `parts/create-mail` and the like, with their files. */
async function partsOf(entry: string): Promise<Readonly<Record<string, string>>> {
  const { metafile } = await build({ ...COMMON, entryPoints: [entry], metafile: true, write: false })
  const files = metafile.inputs[entry]?.imports.map(({ path }) => path) ?? []
  return Object.fromEntries(files.map((file) => [`parts/${basename(file, '.ts')}`, file]))
}

/** Builds the command into dist/cli, one file for each command. It needs nothing but wrangler, which it finds in the project. */
async function buildCommand(): Promise<void> {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: { janus: 'packages/cli/janus.ts' },
    outdir: join(DIST, 'cli'),
    bundle: true,
    splitting: true,
    metafile: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // jsonc-parser's other form cannot be bundled.
    mainFields: ['module', 'main'],
    // Only users of PostgreSQL, of SMTP and of Redis install them.
    external: ['pg', 'nodemailer', '@redis/client', 'jose'],
    alias: { 'cloudflare:workers': './packages/node/cloudflare-workers.ts' },
    define: { TESTED_DATE: JSON.stringify(testedDate()) },
    plugins: [
      {
        name: 'built',
        setup: ({ onResolve }) =>
          onResolve({ filter: /\/(?:janus-itself|janus-on-node)\.ts$/ }, ({ path, resolveDir }) => ({
            path: join(resolveDir, path.replace(/\.ts$/, '.built.ts')),
          })),
      },
    ],
    legalComments: 'none',
  })
  chmodSync(join(DIST, 'cli/janus.js'), 0o755)
  const packages = Object.keys(metafile.inputs).flatMap(
    (path) => /node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? [],
  )
  const licenses = [...new Set(packages)].map((folder) => {
    const [license = 'LICENSE'] = globSync('LICENSE{,.md,.txt}', { cwd: join(ROOT, folder) })
    const text = readFileSync(join(ROOT, folder, license), 'utf8')
    return `${folder.slice('node_modules/'.length)}\n\n${text.trim()}\n`
  })
  writeFileSync(join(DIST, 'cli/THIRD-PARTY-LICENSES.txt'), licenses.join('\n----\n\n'))
}

function isNoCode(path: string): boolean {
  return !path.endsWith('.ts')
}
