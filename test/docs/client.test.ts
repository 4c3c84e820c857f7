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

const blocks = [...readFileSync('docs/guides/browser-client.md', 'utf8').matchAll(/^```ts\n(.*?)^```/gms)]

it('docs/guides/browser-client.md has code that compiles', () => {
  expect(blocks).toHaveLength(11)
  for (const [nth, [, code = '']] of blocks.entries()) writeFileSync(join(folder, `block-${nth}.ts`), code)
  writeFileSync(join(folder, 'expo.d.ts'), EXPO)
  const compilerOptions = {
    paths: {
      'janus/client': [resolve('packages/client/index.ts')],
      'janus/client/tokens': [resolve('packages/client/tokens.ts')],
      'janus/client/account': [resolve('packages/client/account.ts')],
      'janus/client/passkeys': [resolve('packages/client/passkeys.ts')],
      'janus/client/social': [resolve('packages/client/social.ts')],
      'janus/client/react': [resolve('packages/client/react.ts')],
      react: [resolve('node_modules/@types/react')],
    },
    // Examples end where a reader goes on.
    noUnusedLocals: false,
  }
  const config = { extends: resolve('packages/tsconfig.json'), compilerOptions, include: ['*.ts'] }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  expect(compile()).toBe('')
})

/** The Worker of a block, as far as it is used here. */
interface Documented {
  readonly default: {
    fetch(
      request: Request,
      env: { readonly JANUS: { fetch(call: Request): Promise<Response> } },
    ): Promise<Response>
  }
}

it('RL-03: a Worker that signs people in says where each of them is, and nothing else of them', async () => {
  const code = blocks.map(([, code = '']) => code).find((code) => code.includes('env.JANUS.fetch')) ?? ''
  const path = join(folder, 'worker.ts')
  const resolved = code
    .replace("'janus/client'", JSON.stringify(resolve('packages/client/index.ts')))
    .replace("'janus/client/tokens'", JSON.stringify(resolve('packages/client/tokens.ts')))
  writeFileSync(path, resolved)
  const { default: worker } = (await import(/* @vite-ignore */ path)) as Documented
  const calls: Request[] = []
  const JANUS = {
    async fetch(call: Request) {
      calls.push(call)
      return Response.json({ user: { id: 'ada' }, session: {}, access_token: 'a', expires_in: 900 })
    },
  }
  const visit = (headers: Record<string, string>) => {
    const body = JSON.stringify({ email: 'ada@example.com', password: 'analytical engine no. 1' })
    const more = { Cookie: 'a=b', Origin: 'https://evil.example', 'X-Forwarded-For': '203.0.113.9' }
    const request = new Request('https://app.example', {
      method: 'POST',
      headers: { ...more, ...headers },
      body,
    })
    return worker.fetch(request, { JANUS })
  }
  const ada = await visit({ 'CF-Connecting-IP': '192.0.2.1', 'User-Agent': 'Ada/1.0' })
  expect(await ada.json()).toEqual({ id: 'ada' })
  await visit({})
  expect(calls.map(({ url, headers }) => ({ url, headers: Object.fromEntries(headers) }))).toEqual([
    {
      url: 'https://example.com/auth/login',
      headers: {
        'cf-connecting-ip': '192.0.2.1',
        'content-type': 'application/json',
        'user-agent': 'Ada/1.0',
      },
    },
    { url: 'https://example.com/auth/login', headers: { 'content-type': 'application/json' } },
  ])
})

/** Returns the messages of the compiler. */
function compile(): string {
  try {
    return execFileSync('npx', ['tsc', '-p', folder], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  } catch (error) {
    return error instanceof Error && 'stdout' in error ? String(error.stdout) : String(error)
  }
}
