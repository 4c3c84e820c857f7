// Builds the modules that are not written by hand: the list of common passwords, the texts of the migrations, the
// OpenAPI document, and what the pages load. Runs before
// every bundle (wrangler.toml, [build]), before the types are checked and before the tests.
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { buildCommonPasswords } from './common-passwords.ts'
import { buildMigrationTexts } from './migration-texts.ts'
import { buildOpenApiAssets } from './openapi.ts'
import { buildPageAssets } from './page-assets.ts'
import { readIfThere, writeGenerated } from './write-generated.ts'

const ROOT = join(import.meta.dirname, '..')

/** Holds what the last build read and wrote. To build takes a second, at every start. */
const STAMP = join(ROOT, '.wrangler/built-modules')

/** More than a build reads: a file too many here costs a build, a file too few a wrong bundle. */
const SOURCES = ['assets', 'packages', 'src', 'tools', 'package.json', 'package-lock.json', 'tsconfig.json']

const GENERATED: ReadonlySet<string> = new Set([
  'assets/openapi.json',
  'assets/reference-content.html',
  'packages/playground/asset-files.ts',
  'src/pages/asset-files.ts',
  'src/passwords/common-passwords.ts',
  'src/passwords/common-short-passwords.ts',
  'src/storage/durable-object/migration-texts.ts',
])

/** Builds what is not as the sources have it. */
export function buildModules(): void {
  // Read before the build, so what changes meanwhile is built the next time.
  const sources = digest(SOURCES.flatMap(filesBelow).filter((path) => !GENERATED.has(path)))
  if (readIfThere(STAMP) === `${sources} ${digest([...GENERATED])}`) return
  buildCommonPasswords()
  buildMigrationTexts()
  buildOpenApiAssets()
  buildPageAssets()
  mkdirSync(dirname(STAMP), { recursive: true })
  writeGenerated(STAMP, `${sources} ${digest([...GENERATED])}`)
}

function filesBelow(path: string): readonly string[] {
  if (!statSync(join(ROOT, path)).isDirectory()) return [path]
  return readdirSync(join(ROOT, path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(ROOT.length + 1))
}

/** Returns a digest of the names and the texts of files. One that is gone counts as empty. */
function digest(paths: readonly string[]): string {
  const hash = createHash('sha256')
  for (const path of paths.toSorted()) {
    const text = readIfThere(join(ROOT, path)) ?? ''
    hash.update(`${path}\0${text.length}\0${text}`)
  }
  return hash.digest('hex')
}

if (import.meta.main) buildModules()
