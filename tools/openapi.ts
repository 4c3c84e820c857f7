// Builds assets/openapi.json from the routes in src, and from it the text of the page about them.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadBundled } from './load-bundled.ts'
import { writeGenerated } from './write-generated.ts'

const ROOT = join(import.meta.dirname, '..')

type Generator = typeof import('./openapi/build-openapi.ts')

/** Writes what `GET /openapi.json` and `GET /docs` are made of. */
export function buildOpenApiAssets(): void {
  const { buildOpenApi, renderReference } = loadBundled<Generator>('tools/openapi/build-openapi.ts')
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const document = buildOpenApi(version)
  writeGenerated(join(ROOT, 'assets/openapi.json'), JSON.stringify(document))
  writeGenerated(join(ROOT, 'assets/reference-content.html'), renderReference(document))
}
