import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'

const KIB = 1024

const folder = mkdtempSync(join(tmpdir(), 'janus-bundle-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Bytes of what is uploaded, minified: code, and the list of common passwords. */
function bundle(...entry: string[]): number {
  const out = mkdtempSync(join(folder, 'out-'))
  execFileSync('npx', ['wrangler', 'deploy', ...entry, '--dry-run', '--minify', '--outdir', out])
  const uploaded = readdirSync(out).filter((name) => /\.(js|bin)$/.test(name))
  expect(uploaded.length).toBe(2)
  return uploaded.map((name) => statSync(join(out, name)).size).reduce((sum, size) => sum + size)
}

// README, "Size". A margin of a few KiB, so that growth is noticed when it happens.
it('the API without pages stays under 184 KiB', () => {
  const bytes = bundle('test/smoke/api-only.ts')
  console.log(`API without pages: ${(bytes / KIB).toFixed(1)} KiB`)
  expect(bytes).toBeLessThan(184 * KIB)
})

it('the whole bundle, pages in three languages and the playground included, stays under 285 KiB', () => {
  const bytes = bundle()
  console.log(`Whole: ${(bytes / KIB).toFixed(1)} KiB`)
  expect(bytes).toBeLessThan(285 * KIB)
})
