// Writes what is generated from the rows of src/config/settings.ts and committed, so that it can be read where the repository is:
// docs/reference/configuration.md, .dev.vars.example, and the descriptions for the deploy button in package.json. test/docs/configuration.test.ts
// holds them equal to the rows.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadBundled } from './load-bundled.ts'
import { writeGenerated } from './write-generated.ts'

const ROOT = join(import.meta.dirname, '..')

const { generateConfiguration } = loadBundled<typeof import('./configuration/generate.ts')>(
  'tools/configuration/generate.ts',
)
const files = generateConfiguration(readFileSync(join(ROOT, 'package.json'), 'utf8'))
for (const [path, text] of Object.entries(files)) writeGenerated(join(ROOT, path), text)
