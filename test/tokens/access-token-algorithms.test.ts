import { describe, expect, it } from 'vitest'
import { decodeBytes, decodePart, encodePart, signWith } from '../support/forge'
import { expectProblem, send, signedInPerson } from '../support/person'
import { type OwnService, ownService } from '../support/service'

const ALGORITHMS = ['ES256', 'EdDSA', 'HS256'] as const
type Algorithm = (typeof ALGORITHMS)[number]

function serviceWith(JWT_ALG: Algorithm): OwnService {
  return ownService({ JWT_ALG })
}

function bearer(token: string) {
  return { headers: { Authorization: `Bearer ${token}` } }
}

describe.each(ALGORITHMS)('with JWT_ALG=%s', (alg) => {
  it('signs in, calls and refreshes', async () => {
    const service = serviceWith(alg)
    const ada = await signedInPerson({ mode: 'token', service })
    expect(decodePart(ada.answer.body.access_token.split('.')[0])).toMatchObject({ alg, typ: 'at+jwt' })
    expect((await ada.get('/me')).status).toBe(200)
    const refreshed = await send(service, 'POST', '/refresh', { body: { refresh_token: ada.refreshToken } })
    expect(refreshed.status).toBe(200)
    const me = await send(service, 'GET', '/me', bearer(refreshed.body.access_token))
    expect(me).toMatchObject({
      status: 200,
      body: { user: { id: ada.userId }, session: { id: ada.sessionId } },
    })
    expect((await ada.post('/logout')).status).toBe(204)
    expectProblem(
      await send(service, 'GET', '/me', bearer(refreshed.body.access_token)),
      401,
      'session-ended',
    )
  })

  it('knows its token in another isolate', async () => {
    const ada = await signedInPerson({ mode: 'token', service: serviceWith(alg) })
    const me = await send(serviceWith(alg), 'GET', '/me', { headers: ada.headers })
    expect(me).toMatchObject({ status: 200, body: { user: { id: ada.userId } } })
  })

  it.each(ALGORITHMS.filter((other) => other !== alg))(
    'TOK-01: refuses a token that a service with JWT_ALG=%s issued',
    async (other) => {
      const ada = await signedInPerson({ mode: 'token', service: serviceWith(other) })
      const service = serviceWith(alg)
      expectProblem(await send(service, 'GET', '/me', { headers: ada.headers }), 401, 'invalid-token')
      expectProblem(await send(service, 'POST', '/logout', { headers: ada.headers }), 401, 'invalid-token')
      expect((await ada.get('/me')).status).toBe(200)
    },
  )

  it.each(ALGORITHMS.filter((other) => other !== alg))(
    "TOK-01: refuses %s's header over its own signature",
    async (other) => {
      const service = serviceWith(alg)
      const ada = await signedInPerson({ mode: 'token', service })
      const { key } = await service.services.signingKeys.signer()
      const [header, claims] = ada.answer.body.access_token.split('.').slice(0, 2).map(decodePart)
      expect((await send(service, 'GET', '/me', bearer(await signWith(key, header, claims)))).status).toBe(
        200,
      )
      const forged = await signWith(key, { ...header, alg: other }, claims)
      expectProblem(await send(service, 'GET', '/me', bearer(forged)), 401, 'invalid-token')
    },
  )

  it('TOK-04, INC-25: refuses a signature that is short, long, zero or of another token', async () => {
    const service = serviceWith(alg)
    const ada = await signedInPerson({ mode: 'token', service })
    const token: string = ada.answer.body.access_token
    const signature = decodeBytes(token.split('.')[2] ?? '')
    const other = (await ada.signIn()).answer.body.access_token.split('.')[2]
    const bad = [
      encodePart(signature.slice(1)),
      encodePart(signature.slice(0, -1)),
      encodePart(signature.slice(0, 16)),
      encodePart(Uint8Array.of(...signature, 0)),
      encodePart(new Uint8Array(signature.length)),
      encodePart(new Uint8Array(signature.length).fill(255)),
      other,
    ]
    for (const each of bad) {
      const forged = token.replace(/[^.]+$/, each)
      expectProblem(await send(service, 'GET', '/me', bearer(forged)), 401, 'invalid-token')
    }
    expect((await ada.get('/me')).status).toBe(200)
  })
})

describe('with JWT_ALG=EdDSA', () => {
  it('TOK-10: refuses the signature with the order added to s (RFC 8032 §5.1.7)', async () => {
    const order = 2n ** 252n + 27742317777372353535851937790883648493n
    const service = serviceWith('EdDSA')
    const ada = await signedInPerson({ mode: 'token', service })
    const token: string = ada.answer.body.access_token
    const bytes = decodeBytes(token.split('.')[2] ?? '')
    const s = BigInt(`0x${bytes.slice(32).reverse().toHex()}`) + order
    bytes.set(Uint8Array.fromHex(s.toString(16).padStart(64, '0')).reverse(), 32)
    const twin = token.replace(/[^.]+$/, encodePart(bytes))
    expectProblem(await send(service, 'GET', '/me', bearer(twin)), 401, 'invalid-token')
    expect((await ada.get('/me')).status).toBe(200)
  })

  it('KEY-01: publishes an Ed25519 key', async () => {
    const { body } = await send(serviceWith('EdDSA'), 'GET', '/.well-known/jwks.json')
    expect(body.keys).toEqual([
      {
        kty: 'OKP',
        crv: 'Ed25519',
        x: expect.stringMatching(/^[\w-]{43}$/),
        kid: expect.stringMatching(/^[\w-]{43}$/),
        alg: 'EdDSA',
        use: 'sig',
      },
    ])
  })
})

describe('with JWT_ALG=HS256', () => {
  it('KEY-01: publishes no key set and stores no key', async () => {
    const service = serviceWith('HS256')
    await signedInPerson({ mode: 'token', service })
    expectProblem(await send(service, 'GET', '/.well-known/jwks.json'), 404, 'not-found')
    expect(await service.services.signingKeys.keySet()).toBeNull()
  })

  it('refuses what a service with another secret signed', async () => {
    const AUTH_SECRET = 'pS1nQ8zWcVt5RkLm3yXb7HdJfGoUeTiAa2DuZwN6MqB'
    const ada = await signedInPerson({
      mode: 'token',
      service: ownService({ JWT_ALG: 'HS256', AUTH_SECRET }),
    })
    expectProblem(
      await send(serviceWith('HS256'), 'GET', '/me', { headers: ada.headers }),
      401,
      'invalid-token',
    )
    expect((await ada.get('/me')).status).toBe(200)
  })
})
