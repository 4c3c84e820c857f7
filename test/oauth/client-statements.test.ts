import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { renderClient, renderClients } from '../../packages/cli/clients/render'
import {
  addClient,
  type ClientRow,
  findClient,
  listClients,
  rotateSecret,
} from '../../packages/cli/clients/statements'
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

it('CVE-2026-41427: an operator sees which apps nobody registered', async () => {
  const id = `c_${'s'.repeat(22)}`
  await run(client(id, null))
  const shown = async () => {
    const row = await env.DB.prepare(findClient(id)).first<ClientRow>()
    const { results } = await env.DB.prepare(listClients('c_sr', 1)).all<ClientRow>()
    return [row && /^registered: +(.*)$/m.exec(renderClient(row))?.[1], renderClients(results, 50)]
  }
  expect(await shown()).toEqual(['by an operator', `${id}  N  (public)`])
  await env.DB.prepare(`UPDATE oauth_clients SET registered_by = 'itself' WHERE id = ?`).bind(id).run()
  expect(await shown()).toEqual(['by itself', `${id}  N  (public, by itself)`])
  await env.DB.prepare(`UPDATE oauth_clients SET registered_by = 'document' WHERE id = ?`).bind(id).run()
  expect(await shown()).toEqual(['by its document', `${id}  N  (public, by its document)`])
})
