import { env } from 'cloudflare:workers'
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { usableKeys } from '../../src/oauth/client-keys'
import { documentClient, documentOf, serviceWithHost } from '../support/documents'
import {
  ask,
  codeFor,
  exchange,
  oauthService,
  postForm,
  refresh,
  requestOf,
  type TestClient,
  VERIFIER,
} from '../support/oauth'
import { type Answer, expectProblem, type Person, signedInPerson } from '../support/person'
import type { OwnService } from '../support/service'

// Apps that describe themselves at a URL and prove who they are by a key, as ChatGPT does.

const HOUR = 60 * 60
const METHOD = { token_endpoint_auth_method: 'private_key_jwt' }

interface Signer {
  readonly kid: string
  readonly key: CryptoKey
  readonly jwk: JWK
}

let ada: Person
let [one, two]: Signer[] = []

async function newSigner(kid: string): Promise<Signer> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
  const jwk = { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' }
  return { kid, key: privateKey, jwk }
}

beforeAll(async () => {
  ada = await signedInPerson({ mode: 'session', service: oauthService() })
  ;[one, two] = await Promise.all([newSigner('one'), newSigner('two')])
})

function signers(): readonly [Signer, Signer] {
  if (!one || !two) throw new Error('There are no keys yet')
  return [one, two]
}

/** Returns what proves a client, as its form has it. */
async function proofOf(service: OwnService, { id }: TestClient, { kid, key }: Signer) {
  const now = Math.floor(Date.now() / 1000) + service.ahead
  const claims = { iss: id, sub: id, aud: service.issuer, jti: crypto.randomUUID(), exp: now + 60 }
  return {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid }).sign(key),
  }
}

async function exchangeSigned(service: OwnService, app: TestClient, code: string, by: Signer) {
  const own = { client_id: app.id, redirect_uri: app.redirectUri, code, code_verifier: VERIFIER }
  const proof = await proofOf(service, app, by)
  return postForm(service, '/oauth/token', { grant_type: 'authorization_code', ...own, ...proof })
}

async function refreshSigned(service: OwnService, app: TestClient, { body }: Answer, by: Signer) {
  const proof = await proofOf(service, app, by)
  const fields = { grant_type: 'refresh_token', refresh_token: body.refresh_token, ...proof }
  return postForm(service, '/oauth/token', fields)
}

const refused = { status: 401, body: { error: 'invalid_client' } }

describe.each(['jwks', 'jwks_uri'] as const)('OP-10: an app whose document has %s', (place) => {
  /** Returns what the document says of keys, and the host that serves both. */
  function stage(keys: readonly object[]) {
    const app = documentClient()
    const uri = new URL('jwks.json', app.id).href
    const document = (now: readonly object[]) =>
      documentOf(app, { ...METHOD, ...(place === 'jwks' ? { jwks: { keys: now } } : { jwks_uri: uri }) })
    const { service, host } = serviceWithHost(document(keys))
    host.keys = { keys }
    const publish = (now: readonly object[]) => {
      host.document = document(now)
      host.keys = { keys: now }
    }
    return { app, service, host, publish }
  }

  it('is asked about each time, and proves itself with every code and refresh', async () => {
    const [own, other] = signers()
    const { app, service, host } = stage([own.jwk])
    const code = await codeFor(service, ada, app)
    expect(await exchange(service, app, code)).toMatchObject(refused)
    expect(await exchangeSigned(service, app, code, { ...other, kid: own.kid })).toMatchObject(refused)
    expect(await exchangeSigned(service, app, code, other)).toMatchObject(refused)
    const tokens = await exchangeSigned(service, app, code, own)
    expect(tokens.status, tokens.text).toBe(200)
    expect(await refresh(service, app, tokens.body.refresh_token)).toMatchObject(refused)
    expect((await refreshSigned(service, app, tokens, own)).status).toBe(200)
    const page = await ask(service, requestOf(app), ada)
    expect([page.status, page.text.includes('Nobody has checked this app')]).toEqual([200, true])
    expect(host.asked).toHaveLength(place === 'jwks' ? 1 : 2)
  })

  it('changes its keys: they are fetched again after an hour, and one that was taken away proves nothing', async () => {
    const [old, fresh] = signers()
    const { app, service, host, publish } = stage([old.jwk])
    host.headers = { ...host.headers, 'Cache-Control': 'max-age=86400' }
    let tokens = await exchangeSigned(service, app, await codeFor(service, ada, app), old)
    publish([fresh.jwk])
    expect(await refreshSigned(service, app, tokens, fresh)).toMatchObject(refused)
    tokens = await refreshSigned(service, app, tokens, old)
    service.ahead = HOUR
    expect(await refreshSigned(service, app, tokens, old)).toMatchObject(refused)
    tokens = await refreshSigned(service, app, tokens, fresh)
    expect(tokens.status, tokens.text).toBe(200)
    // While the host is down, what it said last counts; without a document there is no app.
    host.isDown = true
    service.ahead = 2 * HOUR
    tokens = await refreshSigned(service, app, tokens, fresh)
    expect(tokens.status, tokens.text).toBe(200)
    Object.assign(host, { isDown: false, status: 404 })
    service.ahead = 3 * HOUR
    // More often than the host is asked.
    for (let n = 0; n < 12; n++)
      expect(await refreshSigned(service, app, tokens, fresh)).toMatchObject(refused)
    host.status = 200
    service.ahead = 4 * HOUR
    expect((await refreshSigned(service, app, tokens, fresh)).status).toBe(200)
  })

  it('proves nothing once its host has not answered for a day, until it answers again', async () => {
    const [own] = signers()
    const { app, service, host } = stage([own.jwk])
    let tokens = await exchangeSigned(service, app, await codeFor(service, ada, app), own)
    host.status = 503
    service.ahead = 24 * HOUR
    tokens = await refreshSigned(service, app, tokens, own)
    expect(tokens.status, tokens.text).toBe(200)
    service.ahead = 25 * HOUR + 5
    // The second time nobody asks the host.
    for (const _ of [1, 2]) expect(await refreshSigned(service, app, tokens, own)).toMatchObject(refused)
    expectProblem(await ask(service, requestOf(app), ada), 400, 'authorization-refused')
    const asked = host.asked.length
    expect(await refreshSigned(service, app, tokens, own)).toMatchObject(refused)
    expect(host.asked).toHaveLength(asked)
    host.status = 200
    service.ahead += 65
    expect((await refreshSigned(service, app, tokens, own)).status).toBe(200)
  })

  it('counts while it is fresh and no longer, where a version from before that limit has written it', async () => {
    const [own] = signers()
    const { app, service, host } = stage([own.jwk])
    let tokens = await exchangeSigned(service, app, await codeFor(service, ada, app), own)
    await env.DB.prepare('UPDATE oauth_clients SET counts_until = NULL WHERE id = ?1').bind(app.id).run()
    tokens = await refreshSigned(service, app, tokens, own)
    expect(tokens.status, tokens.text).toBe(200)
    host.status = 503
    service.ahead = 2 * HOUR
    for (const _ of [1, 2]) expect(await refreshSigned(service, app, tokens, own)).toMatchObject(refused)
  })

  it('is heard when it changes its keys, however often strangers name others at its host', async () => {
    const [old, fresh] = signers()
    const { app, service, host, publish } = stage([old.jwk])
    const tokens = await exchangeSigned(service, app, await codeFor(service, ada, app), old)
    publish([fresh.jwk])
    service.ahead = HOUR
    const others = () => host.asked.filter(({ url }) => url.includes('/other-')).length
    for (let n = 0; n < 12; n++)
      await ask(service, requestOf({ ...app, id: new URL(`/oauth/other-${n}.json`, app.id).href }), ada)
    expect(others()).toBe(10)
    expect(await refreshSigned(service, app, tokens, old)).toMatchObject(refused)
    expect((await refreshSigned(service, app, tokens, fresh)).status).toBe(200)
  })

  it('proves nothing where no documents are taken any more, or by a key that is none', async () => {
    const [own] = signers()
    const bent = { kid: 'bent', kty: 'EC', crv: 'P-256', alg: 'ES256' }
    const { app, service } = stage([own.jwk, bent])
    const tokens = await exchangeSigned(service, app, await codeFor(service, ada, app), own)
    expect(await refreshSigned(service, app, tokens, { ...own, kid: 'bent' })).toMatchObject(refused)
    const closed = oauthService({ OAUTH_CLIENTS: 'registered' })
    expect(await refreshSigned(closed, app, tokens, own)).toMatchObject(refused)
    expect((await refreshSigned(service, app, tokens, own)).status).toBe(200)
  })

  it('may become a public client, and one that signs again', async () => {
    const [own] = signers()
    const { app, service, host } = stage([own.jwk])
    const signing = host.document
    host.document = documentOf(app)
    const tokens = await exchange(service, app, await codeFor(service, ada, app))
    host.document = signing
    service.ahead = 25 * HOUR
    await ask(service, requestOf(app), ada)
    expect(await refresh(service, app, tokens.body.refresh_token)).toMatchObject(refused)
    expect((await refreshSigned(service, app, tokens, own)).status).toBe(200)
  })
})

it('is asked for its keys no more often than for its document, whoever names it', async () => {
  const [own, other] = signers()
  const app = documentClient()
  const { service, host } = serviceWithHost(documentOf(app, { ...METHOD, jwks: { keys: [own.jwk] } }))
  const code = await codeFor(service, ada, app)
  for (let n = 0; n < 5; n++) await exchangeSigned(service, app, code, { ...other, kid: `${n}` })
  const stranger = documentClient()
  expect(await exchangeSigned(service, stranger, code, own)).toMatchObject(refused)
  expect(host.asked.map(({ url }) => url)).toEqual([app.id])
})

const IN_ONE_PLACE = 'private_key_jwt takes jwks or jwks_uri, one of the two'
const ELSEWHERE = 'jwks_uri is not at the host of the document'
const NO_KEY = 'it has no key that can be used'

it.each<[string, string, (app: TestClient) => object]>([
  ['no keys', IN_ONE_PLACE, () => ({})],
  [
    'keys in two places',
    IN_ONE_PLACE,
    ({ id }) => ({ jwks: { keys: [signers()[0].jwk] }, jwks_uri: new URL('jwks.json', id).href }),
  ],
  ['keys at another host', ELSEWHERE, () => ({ jwks_uri: 'https://evil.example/oauth/jwks.json' })],
  [
    'keys at another port',
    ELSEWHERE,
    ({ id }) => ({ jwks_uri: `https://${new URL(id).host}:8443/jwks.json` }),
  ],
  ['keys at http', ELSEWHERE, ({ id }) => ({ jwks_uri: `http://${new URL(id).host}/jwks.json` })],
  ['keys that are no set', NO_KEY, () => ({ jwks: [signers()[0].jwk] })],
  ['no key that signs', NO_KEY, () => ({ jwks: { keys: [{ ...signers()[0].jwk, use: 'enc' }] } })],
  ['a secret', NO_KEY, () => ({ jwks: { keys: [{ kty: 'oct', kid: 'one', k: 'AAAA' }] } })],
])(
  'GHSA-5rr4-8452-hf4v: an app whose document has %s is not let in, and nothing else is fetched',
  async (_, why, said) => {
    const app = documentClient()
    const { service, host } = serviceWithHost(documentOf(app, { ...METHOD, ...said(app) }))
    const answer = await ask(service, requestOf(app), ada)
    expectProblem(answer, 400, 'authorization-refused')
    expect(answer.body.detail).toContain(why)
    expect(host.asked.map(({ url }) => url)).toEqual([app.id])
  },
)

it.each<[string, string]>([
  ['is nested deeper than a database reads', `${'['.repeat(2000)}${']'.repeat(2000)}`],
  ['has a NUL', '"a\\u0000b"'],
  ['is no Unicode', '"\\ud800"'],
])('what a key of an app says besides is not kept, even where it %s', async (_, said) => {
  const app = documentClient()
  const [{ jwk }] = signers()
  const document = JSON.stringify(
    documentOf(app, { ...METHOD, jwks: { keys: [{ ...jwk, x5c: 'besides' }] } }),
  )
  const { service } = serviceWithHost(document.replace('"besides"', said))
  expect((await ask(service, requestOf(app), ada)).status).toBe(200)
})

it.each<[string, string]>([
  ['a NUL', '"a\\u0000b"'],
  ['what is no Unicode', '"\\ud800"'],
])('an app whose key has an id with %s is not let in', async (_, kid) => {
  const app = documentClient()
  const [{ jwk }] = signers()
  const document = JSON.stringify(documentOf(app, { ...METHOD, jwks: { keys: [{ ...jwk, kid: 'its id' }] } }))
  const { service } = serviceWithHost(document.replace('"its id"', kid))
  expectProblem(await ask(service, requestOf(app), ada), 400, 'authorization-refused')
})

it.each<[string, object | string]>([
  ['no set', 'keys'],
  ['an empty set', { keys: [] }],
  ['nothing', ''],
])('an app whose keys are %s is not let in', async (_, keys) => {
  const app = documentClient()
  const uri = new URL('jwks.json', app.id).href
  const { service, host } = serviceWithHost(documentOf(app, { ...METHOD, jwks_uri: uri }))
  host.keys = keys
  const answer = await ask(service, requestOf(app), ada)
  expectProblem(answer, 400, 'authorization-refused')
  expect(answer.body.detail).toContain(NO_KEY)
})

it('a refusal says which way an app may prove itself', async () => {
  const app = documentClient()
  const { service } = serviceWithHost(documentOf(app, { token_endpoint_auth_method: 'client_secret_basic' }))
  const answer = await ask(service, requestOf(app), ada)
  expect(answer.body.detail).toContain('token_endpoint_auth_method must be none or private_key_jwt')
})

it('of a set those keys are used that can verify, each once, and none of a set with a private key', async () => {
  const [{ jwk, key }, other] = signers()
  const keys = [
    jwk,
    { ...other.jwk, use: 'enc' },
    { ...other.jwk, alg: 'PS256' },
    { ...other.jwk, kid: 'one' },
    { ...other.jwk, key_ops: ['encrypt'] },
    { ...other.jwk, key_ops: 'verify' },
    { ...other.jwk, e: ['AQAB'] },
    null,
  ]
  expect(usableKeys({ keys })).toEqual([jwk])
  expect(usableKeys({ keys: [{ ...jwk, key_ops: ['verify'], ext: false, x5c: [] }] })).toEqual([jwk])
  expect(usableKeys({ keys: [jwk, { ...(await exportJWK(key)), kid: 'x' }] })).toEqual([])
})
