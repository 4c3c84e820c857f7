import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, expect, it } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'janus-docs-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** As its documentation has it: what is used of it. */
const EXPO = `declare module 'expo-secure-store' {
  export function getItemAsync(key: string): Promise<string | null>
  export function setItemAsync(key: string, value: string): Promise<void>
  export function deleteItemAsync(key: string): Promise<void>
}`

it('docs/client.md holds code that compiles', () => {
  const blocks = [...readFileSync('docs/client.md', 'utf8').matchAll(/^```ts\n(.*?)^```/gms)]
  expect(blocks).toHaveLength(5)
  for (const [nth, [, code = '']] of blocks.entries()) writeFileSync(join(folder, `block-${nth}.ts`), code)
  writeFileSync(join(folder, 'expo.d.ts'), EXPO)
  const compilerOptions = {
    paths: { 'janus/client': [resolve('packages/client/index.ts')] },
    // Examples end where a reader goes on.
    noUnusedLocals: false,
  }
  const config = { extends: resolve('packages/tsconfig.json'), compilerOptions, include: ['*.ts'] }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  expect(compile()).toBe('')
})

/** What the compiler has to say. */
function compile(): string {
  try {
    return execFileSync('npx', ['tsc', '-p', folder], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  } catch (error) {
    return error instanceof Error && 'stdout' in error ? String(error.stdout) : String(error)
  }
}
