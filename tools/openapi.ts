// Builds assets/openapi.json from the routes in src, and from it the text of the page about them.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { compileFunction } from 'node:vm'
import { buildSync } from 'esbuild'
import { writeGenerated } from './write-generated.ts'

const ROOT = join(import.meta.dirname, '..')
const require = createRequire(import.meta.url)
const ENTRY = 'tools/openapi/build-openapi.ts'

/** Writes what `GET /openapi.json` and `GET /docs` are made of. */
export function buildOpenApiAssets(): void {
  const { buildOpenApi, renderReference } = load()
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const document = buildOpenApi(version)
  writeGenerated(join(ROOT, 'assets/openapi.json'), JSON.stringify(document))
  writeGenerated(join(ROOT, 'assets/reference-content.html'), renderReference(document))
}

/** The generator. The sources import each other without extensions, as bundlers do and Node does not, so they are bundled first. */
function load(): typeof import('./openapi/build-openapi.ts') {
  const { outputFiles } = buildSync({
    entryPoints: [join(ROOT, ENTRY)],
    absWorkingDir: ROOT,
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    logLevel: 'error',
  })
  const module = { exports: {} as ReturnType<typeof load> }
  const run = compileFunction(outputFiles[0]?.text ?? '', ['module', 'require'], { filename: ENTRY })
  run(module, require)
  return module.exports
}
