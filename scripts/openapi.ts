// Builds assets/openapi.json from the routes in src, and from it the text of the page about them. Runs before every bundle
// (wrangler.toml, [build]).
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { compileFunction } from 'node:vm'
import { buildSync } from 'esbuild'

const ROOT = join(import.meta.dirname, '..')
const require = createRequire(import.meta.url)
const ENTRY = 'src/openapi/build-openapi.ts'

/** Writes what `GET /openapi.json` and `GET /docs` are made of. */
export function buildOpenApiAssets(): void {
  const { buildOpenApi, renderReference } = load()
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const document = buildOpenApi(version)
  write('openapi.json', JSON.stringify(document))
  write('reference-content.html', renderReference(document))
}

/** The generator. The sources import each other without extensions, as bundlers do and Node does not, so they are bundled first. */
function load(): typeof import('../src/openapi/build-openapi.ts') {
  const { outputFiles } = buildSync({
    entryPoints: [join(ROOT, ENTRY)],
    absWorkingDir: ROOT,
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    external: ['*.bin'],
    logLevel: 'error',
  })
  const module = { exports: {} as ReturnType<typeof load> }
  const run = compileFunction(outputFiles[0]?.text ?? '', ['module', 'require'], { filename: ENTRY })
  // Nobody registers here, so no password is common.
  run(module, (name: string) => (name.endsWith('.bin') ? new ArrayBuffer(0) : require(name)))
  return module.exports
}

/** Leaves a file alone that is as it should be: several builds may run at once. */
function write(name: string, text: string): void {
  const path = join(ROOT, 'assets', name)
  if (text !== readIfThere(path)) writeFileSync(path, text)
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

if (import.meta.main) buildOpenApiAssets()
