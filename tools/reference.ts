// Writes the generated pages of docs/reference, http-api.md, problems.md and cli.md, and then llms.txt. test/docs/reference.test.ts holds them equal to
// their sources. configuration.md comes from tools/configuration.ts.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadBundled } from './load-bundled.ts'
import { renderCommandLine } from './reference/cli.ts'
import { renderLlms } from './site/pages.ts'
import { writeGenerated } from './write-generated.ts'

const ROOT = join(import.meta.dirname, '..')

const { generateReference } = loadBundled<typeof import('./reference/generate.ts')>(
  'tools/reference/generate.ts',
)
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
const files = { ...generateReference(version), 'docs/reference/cli.md': await renderCommandLine() }
for (const [path, text] of Object.entries(files)) writeGenerated(join(ROOT, path), text)
writeGenerated(join(ROOT, 'llms.txt'), renderLlms(ROOT))
