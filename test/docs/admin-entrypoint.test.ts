import { build } from 'esbuild'
import { expect, it } from 'vitest'

/** Bundles a Worker of this checkout, and returns the names that it exports and the sources in it. */
async function bundle(entry: string) {
  const { metafile } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    packages: 'external',
    external: ['cloudflare:*'],
    logLevel: 'silent',
  })
  const [output] = Object.values(metafile.outputs)
  return { exports: output?.exports ?? [], sources: Object.keys(metafile.inputs) }
}

it('PLT-02: a Worker has the entry point of administrators only by another main file, and no code of it otherwise', async () => {
  const [plain, withAdmin] = [await bundle('src/index.ts'), await bundle('src/with-admin.ts')]
  expect(plain.exports.toSorted()).toEqual(['Janus', 'SessionCopiesObject', 'default'])
  expect(withAdmin.exports.toSorted()).toEqual([...plain.exports, 'AdminEntrypoint'].toSorted())
  const added = withAdmin.sources.filter((source) => !plain.sources.includes(source))
  expect(added).toEqual(expect.arrayContaining(['src/wiring/create-admin.ts', 'src/flows/administer.ts']))
})
