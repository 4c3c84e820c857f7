import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { addClient, findClient, rotateSecret } from '../../packages/cli/clients/statements'
import { recordedDuring } from '../support/trail'

/** As wrangler runs them: one transaction, no values. */
function run(statements: readonly string[]) {
  return env.DB.batch(statements.map((sql) => env.DB.prepare(sql)))
}

const client = (id: string, secretHash: string | null) =>
  addClient({ id, name: 'N', secretHash, firstParty: false, redirectUris: [], scopes: [] }, 'operator:ada')

it('OP-11: a client whose id is as long as that of an account is not registered', async () => {
  const id = 'A'.repeat(22)
  await expect(run(client(id, null))).rejects.toThrow(/CHECK/)
  expect(await env.DB.prepare(findClient(id)).first()).toBeNull()
})

it('OP-10: a public client gets no secret, and nothing is recorded', async () => {
  const id = `c_${'p'.repeat(22)}`
  await run(client(id, null))
  const rows = await recordedDuring(() => run(rotateSecret(id, 'h'.repeat(43), 'operator:ada')))
  expect(rows).toEqual([])
  expect(await env.DB.prepare(findClient(id)).first()).toMatchObject({ has_secret: 0 })
})
