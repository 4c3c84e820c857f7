import { env } from 'cloudflare:workers'
import { calculateJwkThumbprint, createLocalJWKSet, jwtVerify } from 'jose'
import { beforeEach, describe, expect, it } from 'vitest'
import { encodeBase64url } from '../../src/crypto/base64url'
import { createKeyring } from '../../src/crypto/keyring'
import { sha256 } from '../../src/crypto/sha256'
import { decryptPrivateKey, generateKeyPair } from '../../src/keys/key-pair'
import { decodeBytes } from '../support/forge'
import { expectProblem, send, signedInPerson } from '../support/person'
import { ownService } from '../support/service'

const keyring = createKeyring([env.AUTH_SECRET])
const otherKeyring = createKeyring(['pS1nQ8zWcVt5RkLm3yXb7HdJfGoUeTiAa2DuZwN6MqB'])
const FIRST = { generation: 1, signsFrom: 1_800_000_000 }

beforeEach(async () => {
  await env.DB.exec('DELETE FROM signing_keys')
})

describe('KEY-01: the key set', () => {
  it.each([
    ['ES256', ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']],
    ['EdDSA', ['alg', 'crv', 'kid', 'kty', 'use', 'x']],
  ])('publishes of %s keys the public members alone', async (JWT_ALG, members) => {
    const service = ownService({ JWT_ALG })
    const answer = await send(service, 'GET', '/.well-known/jwks.json')
    expect(answer.status).toBe(200)
    expect(Object.keys(answer.body)).toEqual(['keys'])
    expect(answer.body.keys).toHaveLength(1)
    const [key] = answer.body.keys
    expect(Object.keys(key).sort()).toEqual(members)
    expect(key).toMatchObject({ alg: JWT_ALG, use: 'sig' })
  })

  it('names a key by its RFC 7638 thumbprint', async () => {
    const { body } = await send(ownService(), 'GET', '/.well-known/jwks.json')
    const [{ kid, crv, kty, x, y }] = body.keys
    const canonical = new TextEncoder().encode(JSON.stringify({ crv, kty, x, y }))
    expect(kid).toBe(encodeBase64url(await sha256(canonical)))
    expect(kid).toBe(await calculateJwkThumbprint({ crv, kty, x, y }))
  })

  it('gives each key an id of its own, in both algorithms', async () => {
    const keys = await Promise.all(
      (['ES256', 'EdDSA'] as const).flatMap((alg) =>
        Array.from({ length: 20 }, () => generateKeyPair(keyring, { alg, ...FIRST })),
      ),
    )
    expect(new Set(keys.map(({ kid }) => kid)).size).toBe(40)
    expect(keys.every(({ kid, publicJwk }) => publicJwk.kid === kid)).toBe(true)
  })

  it('may be read by any page and kept for five minutes', async () => {
    const headers = { Origin: 'https://anywhere.example' }
    const answer = await send(ownService(), 'GET', '/.well-known/jwks.json', { headers })
    expect(answer.headers.get('Access-Control-Allow-Origin')).toBe('*')
    expect(answer.headers.get('Access-Control-Allow-Credentials')).toBeNull()
    expect(answer.headers.get('Cache-Control')).toBe('public, max-age=300')
    expect(answer.headers.get('Cross-Origin-Resource-Policy')).toBe('cross-origin')
    expect(answer.headers.get('Content-Type')).toMatch(/^application\/json/)
    expect(answer.headers.getSetCookie()).toEqual([])
  })

  it('is all that another service needs to verify a token', async () => {
    const service = ownService()
    const ada = await signedInPerson({ mode: 'token', service })
    const { body } = await send(service, 'GET', '/.well-known/jwks.json')
    const { payload } = await jwtVerify(ada.answer.body.access_token, createLocalJWKSet(body), {
      algorithms: ['ES256'],
      issuer: service.issuer,
      audience: service.issuer,
      typ: 'at+jwt',
    })
    expect(payload).toMatchObject({ sub: ada.userId, sid: ada.sessionId })
  })

  it('is not there where no tokens are offered', async () => {
    const service = ownService({ AUTH_MODE: 'session' })
    expectProblem(await send(service, 'GET', '/.well-known/jwks.json'), 404, 'not-found')
    expect((await env.DB.prepare('SELECT * FROM signing_keys').all()).results).toEqual([])
  })
})

describe('KEY-03: private keys at rest', () => {
  /** Decrypts what is stored, as the format says, and not by the code under test. */
  async function plainPrivateKey(stored: string, kid: string): Promise<Uint8Array<ArrayBuffer>> {
    const [iv, ciphertext] = stored.split('.').map(decodeBytes) as [
      Uint8Array<ArrayBuffer>,
      Uint8Array<ArrayBuffer>,
    ]
    const { key } = await keyring.newest('signing-key-encryption')
    expect(key.algorithm).toMatchObject({ name: 'AES-GCM', length: 256 })
    const algorithm = { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(`ES256:${kid}`) }
    return new Uint8Array(await crypto.subtle.decrypt(algorithm, key, ciphertext))
  }

  it('are in the database under AES-256-GCM only', async () => {
    const service = ownService()
    await signedInPerson({ mode: 'token', service })
    const [row] = (await env.DB.prepare('SELECT * FROM signing_keys').all<Record<string, string>>()).results
    const pkcs8 = await plainPrivateKey(row?.private_key ?? '', row?.kid ?? '')
    const importing = { name: 'ECDSA', namedCurve: 'P-256' }
    const key = await crypto.subtle.importKey('pkcs8', pkcs8, importing, true, ['sign'])
    const { d, x } = (await crypto.subtle.exportKey('jwk', key)) as JsonWebKey
    expect(JSON.parse(row?.public_jwk ?? '')).toMatchObject({ x })

    const dump = await dumpDatabase()
    expect(dump).toContain(row?.kid)
    // Where it lies in PKCS#8, and by itself, base64 writes these 30 bytes alike.
    const scalar = decodeBytes(d ?? '').subarray(0, 30)
    expect(pkcs8.subarray(36, 66)).toEqual(scalar)
    const log = JSON.stringify(service.log)
    for (const spelling of [encodeBase64url(scalar), scalar.toBase64(), scalar.toHex()]) {
      expect(dump).not.toContain(spelling)
      expect(log).not.toContain(spelling)
    }
    expect(dump).not.toMatch(/"d":|PRIVATE KEY/)
    expect(dump).not.toContain(env.AUTH_SECRET)
    expect(log).not.toContain(row?.private_key)
  })

  it('decrypt with their own secret, algorithm and id only, and to a key that cannot be exported', async () => {
    const [first, second] = [
      await generateKeyPair(keyring, { alg: 'ES256', ...FIRST }),
      await generateKeyPair(keyring, { alg: 'ES256', ...FIRST }),
    ]
    const key = await decryptPrivateKey(first, keyring)
    expect(key).toMatchObject({ type: 'private', extractable: false, usages: ['sign'] })

    expect(await decryptPrivateKey({ ...first, privateKey: second.privateKey }, keyring)).toBeNull()
    expect(await decryptPrivateKey({ ...first, kid: second.kid }, keyring)).toBeNull()
    expect(await decryptPrivateKey({ ...first, alg: 'EdDSA' }, keyring)).toBeNull()
    expect(await decryptPrivateKey(first, otherKeyring)).toBeNull()
    // Even where the id of the secret says otherwise.
    const { secretId } = await otherKeyring.newest('signing-key-encryption')
    expect(await decryptPrivateKey({ ...first, encryptedWith: secretId }, otherKeyring)).toBeNull()
  })

  it.each([
    ['nothing', () => ''],
    ['no dot', (text: string) => text.replace('.', '')],
    ['an empty nonce', (text: string) => text.replace(/^[^.]+/, '')],
    ['a short nonce', (text: string) => text.slice(4)],
    ['an empty ciphertext', (text: string) => text.replace(/[^.]+$/, '')],
    ['no tag', (text: string) => text.slice(0, -24)],
    ['a character of another alphabet', (text: string) => text.replace('.', '+.')],
    ['another nonce', (text: string) => text.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))],
    ['another ciphertext', (text: string) => text.replace(/\../, (first) => (first === '.A' ? '.B' : '.A'))],
    ['plain PKCS#8', () => `${'A'.repeat(16)}.MEECAQAwEwYHKoZIzj0CAQYIKoZIzj0DAQcEJzAlAgEBBCA`],
  ])('do not decrypt when altered: %s', async (_, alter) => {
    const stored = await generateKeyPair(keyring, { alg: 'ES256', ...FIRST })
    expect(await decryptPrivateKey({ ...stored, privateKey: alter(stored.privateKey) }, keyring)).toBeNull()
  })

  it('never meet a nonce twice', async () => {
    const keys = await Promise.all(
      Array.from({ length: 300 }, () => generateKeyPair(keyring, { alg: 'ES256', ...FIRST })),
    )
    const nonces = keys.map(({ privateKey }) => privateKey.split('.')[0] ?? '')
    expect(new Set(nonces).size).toBe(300)
    expect(new Set(nonces.map((nonce) => decodeBytes(nonce).byteLength))).toEqual(new Set([12]))
  })

  it('put in the place of another are not used, but replaced, and the log says so', async () => {
    await ownService().services.signingKeys.signer()
    const other = await generateKeyPair(keyring, { alg: 'ES256', ...FIRST })
    await env.DB.prepare('UPDATE signing_keys SET private_key = ?1').bind(other.privateKey).run()
    const service = ownService()
    const ada = await signedInPerson({ mode: 'token', service })
    expect((await ada.get('/me')).status).toBe(200)
    expect(service.log.filter(({ event }) => event === 'signing-key-replaced')).toHaveLength(1)
    expect((await env.DB.prepare('SELECT * FROM signing_keys').all()).results).toHaveLength(2)
  })
})

async function dumpDatabase(): Promise<string> {
  const tables = await env.DB.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all<{
    name: string
  }>()
  const names = tables.results.map(({ name }) => name).filter((name) => !/^(sqlite|_cf)_/.test(name))
  const rows = await Promise.all(names.map((name) => env.DB.prepare(`SELECT * FROM "${name}"`).all()))
  return JSON.stringify(rows.map(({ results }) => results))
}
