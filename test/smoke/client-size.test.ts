import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { expect, it } from 'vitest'

const KIB = 1024

it('the client stays under 6 KiB', async () => {
  const { outputFiles } = await build({
    entryPoints: ['packages/client/index.ts'],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
  })
  const [code] = outputFiles
  if (!code) throw new Error('No bundle')
  const bytes = code.contents.byteLength
  console.log(`Client: ${bytes} bytes minified, ${gzipSync(code.contents).byteLength} with gzip`)
  expect(bytes).toBeLessThan(6 * KIB)
  // Nothing but itself.
  expect(code.text).not.toMatch(/\bimport\b|\brequire\b/)
})
