import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

/** Maps the files that tests of this checkout import to their names in the package. */
const NAMES: Readonly<Record<string, string>> = {
  '../../packages/janus/index.ts': 'janus',
  '../../packages/verify/index.ts': 'janus/verify',
  '../../packages/testing/index.ts': 'janus/testing',
  './orders-app.ts': '../src/app',
}

it('docs/guides/testing-your-app.md shows an app and tests that this suite runs', () => {
  const page = readFileSync('docs/guides/testing-your-app.md', 'utf8')
  const blocks = [...page.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code)
  const files = ['test/testing/orders-app.ts', 'test/testing/orders.test.ts'].map((path) =>
    readFileSync(path, 'utf8').replace(/(?<=from ')[^']+(?=')/g, (from) => NAMES[from] ?? from),
  )
  expect(blocks).toEqual(files)
})
