import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'

/** What is uploaded: code and data, minified. */
const BUNDLE_MAX_BYTES = 150 * 1024

it('the bundle that is deployed stays under 150 KiB', () => {
  const folder = mkdtempSync(join(tmpdir(), 'janus-bundle-'))
  execFileSync('npx', ['wrangler', 'deploy', '--dry-run', '--minify', '--outdir', folder])
  const uploaded = readdirSync(folder).filter((name) => /\.(js|bin)$/.test(name))
  expect(uploaded.length).toBe(2)
  const bytes = uploaded.map((name) => statSync(join(folder, name)).size).reduce((sum, size) => sum + size)
  rmSync(folder, { recursive: true })
  expect(bytes).toBeLessThan(BUNDLE_MAX_BYTES)
})
