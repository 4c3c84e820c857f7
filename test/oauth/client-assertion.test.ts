import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { beforeAll, expect, it } from 'vitest'
import { newClient, oauthService, postForm, RESOURCE, type TestClient } from '../support/oauth'
import type { Answer } from '../support/person'
import type { OwnService } from '../support/service'

type Keys = Awaited<ReturnType<typeof generateKeyPair>>

let service: OwnService
let robot: TestClient
let keys: Record<string, Keys>

beforeAll(async () => {
  service = oauthService()
  const made = await Promise.all(
    ['ES256', 'RS256', 'EdDSA'].map(
      async (alg) => [alg, await generateKeyPair(alg, { extractable: true })] as const,
    ),
  )
  keys = Object.fromEntries(made)
  const jwks = await Promise.all(
    made.map(async ([kid, { publicKey }]) => ({ ...(await exportJWK(publicKey)), kid })),
  )
  robot = await newClient({
    redirectUris: [],
    grants: ['client_credentials'],
    jwks: JSON.stringify({ keys: jwks }),
  })
})

interface Bent {
  readonly alg?: string
  readonly kid?: string
  readonly key?: CryptoKey | Uint8Array
  readonly claims?: Record<string, unknown>
}

async function assertion({ alg = 'ES256', kid = alg, key, claims = {} }: Bent = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1000)
  const payload = {
    iss: robot.id,
    sub: robot.id,
    aud: service.issuer,
    jti: crypto.randomUUID(),
    iat: now,
    exp: now + 60,
    ...claims,
  }
  const used = key ?? keys[alg]?.privateKey
  if (!used) throw new Error(alg)
  return new SignJWT(payload).setProtectedHeader({ alg, kid }).sign(used)
}

function ask(
  text: string,
  others: Record<string, string> = {},
  headers: Record<string, string> = {},
): Promise<Answer> {
  return postForm(
    service,
    '/oauth/token',
    {
      grant_type: 'client_credentials',
      resource: RESOURCE,
      scope: 'notes:read',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: text,
      ...others,
    },
    headers,
  )
}

const refused = (error: string, status: number) => ({ status, body: { error } })

it.each(['ES256', 'RS256', 'EdDSA'])(
  'a client proves who it is by a key for %s, and each assertion once',
  async (alg) => {
    const text = await assertion({ alg })
    expect((await ask(text, { client_id: robot.id })).status).toBe(200)
    expect(await ask(text)).toMatchObject(refused('invalid_client', 401))
    const revoked = await postForm(service, '/oauth/introspect', {
      token: 'x',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await assertion({ alg }),
    })
    expect(revoked).toMatchObject({ status: 200, body: { active: false } })
  },
)

it('an assertion may end within a second (RFC 7519 §2), and works once all the same', async () => {
  const text = await assertion({ claims: { exp: Date.now() / 1000 + 60.5 } })
  expect((await ask(text)).status).toBe(200)
  expect(await ask(text)).toMatchObject(refused('invalid_client', 401))
})

it('INC-23: twenty uses of one assertion at once give one token', async () => {
  const text = await assertion()
  const answers = await Promise.all(Array.from({ length: 20 }, () => ask(text)))
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
})

it('OP-10: every assertion that is bent in one place is refused', async () => {
  const now = Math.floor(Date.now() / 1000)
  const stranger = await generateKeyPair('ES256')
  const spki = new TextEncoder().encode(JSON.stringify(await exportJWK(keys.ES256?.publicKey as CryptoKey)))
  const [head = '', body = '', signature = ''] = (await assertion()).split('.')
  const none = btoa(JSON.stringify({ alg: 'none', kid: 'ES256' })).replaceAll('=', '')
  const bent: Record<string, string> = {
    'another key': await assertion({ key: stranger.privateKey }),
    'an unknown key id': await assertion({ kid: 'x' }),
    'a key of another kind': await assertion({ kid: 'RS256' }),
    'HS256 with the public key as secret': await assertion({ alg: 'HS256', kid: 'ES256', key: spki }),
    none: `${none}.${body}.`,
    'no signature': `${head}.${body}.`,
    'another signature': `${head}.${body}.${signature.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))}`,
    'the token endpoint as audience': await assertion({ claims: { aud: `${service.issuer}/oauth/token` } }),
    'a list of audiences': await assertion({ claims: { aud: [service.issuer] } }),
    'no audience': await assertion({ claims: { aud: undefined } }),
    'another issuer': await assertion({ claims: { iss: `c_${'x'.repeat(22)}` } }),
    'another subject': await assertion({ claims: { sub: `c_${'x'.repeat(22)}` } }),
    'a list of subjects': await assertion({ claims: { sub: [robot.id] } }),
    'no jti': await assertion({ claims: { jti: undefined } }),
    'an empty jti': await assertion({ claims: { jti: '' } }),
    'a jti that is no text': await assertion({ claims: { jti: 1 } }),
    'no end': await assertion({ claims: { exp: undefined } }),
    'an end that is over': await assertion({ claims: { exp: now - 1 } }),
    'an end that is far': await assertion({ claims: { exp: now + 400 } }),
    'a beginning to come': await assertion({ claims: { nbf: now + 60 } }),
    nonsense: 'x',
    'a long one': 'x'.repeat(9000),
  }
  for (const [what, text] of Object.entries(bent))
    expect([what, (await ask(text)).body?.error, (await ask(text)).status]).toEqual([
      what,
      'invalid_client',
      401,
    ])
})

it('OP-10: one way at a time, and none in place of it', async () => {
  const basic = { Authorization: `Basic ${btoa(`${robot.id}:x`)}` }
  expect(await ask(await assertion(), {}, basic)).toMatchObject(refused('invalid_request', 400))
  expect(await ask(await assertion(), { client_secret: 'x' })).toMatchObject(refused('invalid_request', 400))
  expect(await ask(await assertion(), { client_assertion_type: 'x' })).toMatchObject(
    refused('invalid_request', 400),
  )
  const other = { client_id: `c_${'x'.repeat(22)}` }
  expect(await ask(await assertion(), other)).toMatchObject(refused('invalid_client', 401))
  const bare = { grant_type: 'client_credentials', resource: RESOURCE, client_id: robot.id }
  for (const fields of [bare, { ...bare, client_secret: 'x' }])
    expect(await postForm(service, '/oauth/token', fields)).toMatchObject(refused('invalid_client', 401))
})
