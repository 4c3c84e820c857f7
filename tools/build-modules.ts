// Builds the modules that are not written by hand: the list of common passwords, the texts of the migrations, the
// OpenAPI document, and what the pages load. Runs before
// every bundle (wrangler.toml, [build]), before the types are checked and before the tests.
import { buildCommonPasswords } from './common-passwords.ts'
import { buildMigrationTexts } from './migration-texts.ts'
import { buildOpenApiAssets } from './openapi.ts'
import { buildPageAssets } from './page-assets.ts'

export function buildModules(): void {
  buildCommonPasswords()
  buildMigrationTexts()
  buildOpenApiAssets()
  buildPageAssets()
}

if (import.meta.main) buildModules()
