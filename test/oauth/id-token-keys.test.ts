import { env } from 'cloudflare:workers'
import { beforeEach, expect, it } from 'vitest'
import { ASK_FOR_SUCCESSORS } from '../../packages/cli/keys/statements'
import { DELETE_SESSIONS, RESTORED } from '../../packages/cli/restored/statements'
import { ask, locationOf, newClient, oauthService, requestOf, type TestClient } from '../support/oauth'
import { headerOf, openIdRequest, readIdToken, signedInAt, userInfo } from '../support/openid'
import { type Person, send, signedInPerson } from '../support/person'
import type { OwnService } from '../support/service'

let service: OwnService
let ada: Person
let client: TestClient

beforeEach(async () => {
  await env.DB.exec('DELETE FROM id_token_keys')
  await env.DB.exec('UPDATE restores SET restored_at = 0')
  service = oauthService()
  ada = await signedInPerson({ mode: 'session', service })
  client = await newClient({ firstParty: true })
})

async function run(statements: readonly string[]): Promise<void> {
  await env.DB.batch(statements.map((each) => env.DB.prepare(each)))
}

/** Returns the ids of the keys of ID tokens that are stored, and those that clients find. */
async function kids() {
  const stored = await env.DB.prepare(
    `SELECT kid FROM id_token_keys WHERE alg = 'RS256' ORDER BY generation`,
  ).all<{ kid: string }>()
  const { body } = await send(service, 'GET', '/.well-known/jwks.json')
  const published = body.keys.filter(({ alg }: { alg: string }) => alg === 'RS256')
  return {
    stored: stored.results.map(({ kid }) => kid),
    published: published.map(({ kid }: { kid: string }) => kid),
  }
}

/** Returns what a client is answered that names a person by an ID token: a code, or that the token is none. */
async function answerToHint(idToken: string): Promise<'code' | string | null> {
  const others = openIdRequest({ id_token_hint: idToken, prompt: 'none' })
  const { searchParams } = locationOf(await ask(service, requestOf(client, others), ada))
  return searchParams.has('code') ? 'code' : searchParams.get('error')
}

it('KEY-02: `janus keys rotate` gives ID tokens a key that is published before it signs; the old one verifies hints until its last token has ended', async () => {
  const old = (await signedInAt(service, ada, client)).id_token
  const { kid: first } = headerOf(old)
  await run(ASK_FOR_SUCCESSORS)
  await service.sweep()
  service.ahead = 310
  const [, second] = (await kids()).stored
  expect(await kids()).toEqual({ stored: [first, second], published: [first, second] })
  expect(headerOf((await signedInAt(service, ada, client)).id_token).kid).toBe(first)

  service.ahead = 680
  const later = await signedInAt(service, ada, client)
  expect(headerOf(later.id_token).kid).toBe(second)
  await readIdToken(service, client, later.id_token)
  await service.sweep()
  expect(await kids()).toEqual({ stored: [first, second], published: [first, second] })
  expect([await answerToHint(old), await answerToHint(later.id_token)]).toEqual(['code', 'code'])

  service.ahead = 680 + 300 + 3600 + 310
  await service.sweep()
  service.ahead += 310
  expect(await kids()).toEqual({ stored: [second], published: [second] })
  expect([await answerToHint(old), await answerToHint(later.id_token)]).toEqual(['invalid_request', 'code'])
})

it('KEY-02: each algorithm of ID tokens gets its successor', async () => {
  const openId = { sector: null, postLogoutRedirectUris: [], backChannelLogoutUri: null }
  const other = await newClient({ firstParty: true, openId: { ...openId, idTokenAlg: 'ES256' } })
  for (const each of [client, other]) await signedInAt(service, ada, each)
  await run(ASK_FOR_SUCCESSORS)
  await service.sweep()
  const { results } = await env.DB.prepare(
    'SELECT alg, count(*) AS keys FROM id_token_keys GROUP BY alg ORDER BY alg',
  ).all()
  expect(results).toEqual([
    { alg: 'ES256', keys: 2 },
    { alg: 'RS256', keys: 2 },
  ])
})

it('OUT-02: after the database was put back, no ID token and no access token from before counts, and new keys sign', async () => {
  const before = await signedInAt(service, ada, client)
  expect((await userInfo(service, before.access_token)).status).toBe(200)
  await run([...RESTORED, DELETE_SESSIONS.sql])
  service.ahead = 61
  const again = await ada.signIn()
  const after = await signedInAt(service, again, client)
  expect(headerOf(after.id_token).kid).not.toBe(headerOf(before.id_token).kid)
  await readIdToken(service, client, after.id_token)
  ada = { ...ada, headers: again.headers }
  expect([await answerToHint(before.id_token), await answerToHint(after.id_token)]).toEqual([
    'invalid_request',
    'code',
  ])
  expect((await userInfo(service, before.access_token)).status).toBe(401)
  expect((await userInfo(service, after.access_token)).status).toBe(200)
})

it('OUT-02: UserInfo takes no access token from before the database was put back, even of a grant that is live', async () => {
  const { access_token } = await signedInAt(service, ada, client)
  service.services.restores.lastAt = async () => service.services.clock()
  expect((await userInfo(service, access_token)).status).toBe(401)
})
