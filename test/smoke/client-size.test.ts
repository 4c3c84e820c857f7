import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { expect, it } from 'vitest'

const KIB = 1024

it.each([
  // What a page with sign-in uses.
  ['janus/client', 'packages/client/index.ts', 5],
  ['janus/client/tokens', 'packages/client/tokens.ts', 2.2],
  ['janus/client/account', 'packages/client/account.ts', 2.75],
  ['janus/client/passkeys', 'packages/client/passkeys.ts', 2.5],
  ['janus/client/social', 'packages/client/social.ts', 1],
  ['janus/client/react', 'packages/client/react.ts', 1],
])('%s stays under its size', async (name, entry, limitKib) => {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    external: ['react'],
    write: false,
  })
  const [code] = outputFiles
  if (!code) throw new Error('No bundle')
  const bytes = code.contents.byteLength
  console.log(`${name}: ${bytes} bytes minified, ${gzipSync(code.contents).byteLength} with gzip`)
  expect(bytes).toBeLessThan(limitKib * KIB)
  // Nothing but itself.
  const others = [...code.text.matchAll(/\b(?:from|import|require)\b\s*\(?["'](.*?)["']/g)].map(
    ([, from]) => from,
  )
  expect(others).toEqual(name.endsWith('react') ? ['react'] : [])
})
