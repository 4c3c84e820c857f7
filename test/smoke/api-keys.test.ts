// docs/guides/api-keys.md is tried as it is written: with curl, in a script, and at a service that has janus/verify.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createResourceVerifier } from '../../packages/verify/index.ts'
import { needTools } from '../support/with-tools.ts'
import { documentedBlocks, expectPrinted } from './documented.ts'
import { type LocalService, runShell, startWorker } from './local-service.ts'

const PAGE = 'docs/guides/api-keys.md'
const RESOURCE = 'https://notes.example.com/mcp'

let janus: LocalService

beforeAll(async () => {
  const [settings = ''] = documentedBlocks(PAGE, 'API keys of your users', 'toml')
  const variables = [...settings.matchAll(/^(\w+) = "(.*)"$/gm)].map(([, name, value]) => `${name}:${value}`)
  expect(variables).toContain('API_KEYS:on')
  janus = await startWorker(variables)
})

afterAll(() => janus?.stop())

it('a key is made, exchanged, taken by a service and revoked, as the guide says', async (context) => {
  needTools(context, 'curl')
  for (const block of documentedBlocks(PAGE, 'The smallest use'))
    expectPrinted(block.replaceAll('http://localhost:8787', janus.url), janus.folder)
  const made = JSON.parse(runShell('cat key.json', janus.folder))
  const [source = ''] = documentedBlocks(PAGE, 'In a script', 'js')
  const { createTokenSource } = (await import(
    /* @vite-ignore */ `data:text/javascript,${encodeURIComponent(source)}`
  )) as { createTokenSource(from: { issuer: string; key: string }): () => Promise<string> }
  const token = createTokenSource({ issuer: janus.url, key: made.secret })
  const notes = createResourceVerifier({
    resource: RESOURCE,
    issuer: janus.url,
    scopes: ['notes:read', 'notes:write'],
  })
  const call = async (needed: string) =>
    notes.authenticate(new Headers({ Authorization: `Bearer ${await token()}` }), [needed])
  expect(await call('notes:read')).toMatchObject({ ok: true, caller: { clientId: `k_${made.api_key.id}` } })
  expect(await call('notes:write')).toMatchObject({ ok: false })
  expect(await token()).toBe(await token())
  const revoke = `curl -s -o /dev/null -w '%{http_code}' -b jar -X POST ${janus.url}/api-keys/${made.api_key.id}/revoke`
  expect(runShell(revoke, janus.folder)).toBe('204')
  await expect(createTokenSource({ issuer: janus.url, key: made.secret })()).rejects.toThrow(/revoked/)
  const [, pattern = ''] = /by `(\\b.*\\b)`/.exec((await import('node:fs')).readFileSync(PAGE, 'utf8')) ?? []
  expect(new RegExp(pattern).test(made.secret)).toBe(true)
})
