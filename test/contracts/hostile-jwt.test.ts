import { exportSPKI, importJWK } from 'jose'
import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  type Attack,
  createForge,
  decodeBytes,
  encodePart,
  type Forge,
  generateEcKeyPair,
  importHmacKey,
  refuses,
  signWith,
} from '../support/forge'
import { send, signedInPerson } from '../support/person'
import { deployed } from '../support/service'

/** Returns the token with another header and its own, now stale, signature. */
function withHeader({ header, token }: Forge, changes: object): string {
  const [, claims, signature] = token.split('.')
  return `${encodePart({ ...header, ...changes })}.${claims}.${signature}`
}

function withSignature({ token }: Forge, signature: Uint8Array | string): string {
  return `${token.slice(0, token.lastIndexOf('.'))}.${encodePart(signature)}`
}

it('accepts a token signed again as it was: what the others lack is not the key', async () => {
  const person = await signedInPerson({ mode: 'token' })
  const forge = await createForge(person)
  const again = await forge.sign(forge.header, forge.claims)
  expect(again).not.toBe(forge.token)
  const me = await send(deployed, 'GET', '/me', { headers: { Authorization: `Bearer ${again}` } })
  expect(me).toMatchObject({ status: 200, body: { user: { id: person.userId } } })
})

describe('TOK-01, INC-6: the algorithm is ours to choose', () => {
  const spellings = ['none', 'None', 'NONE', 'nOnE']
  refuses(
    Object.fromEntries(
      spellings.flatMap((alg): [string, Attack][] => [
        [
          `alg ${alg}, signature empty`,
          (forge) => withSignature({ ...forge, token: withHeader(forge, { alg }) }, ''),
        ],
        [`alg ${alg}, no last dot`, (forge) => withHeader(forge, { alg }).replace(/\.[^.]*$/, '')],
        [`alg ${alg}, signature kept`, (forge) => withHeader(forge, { alg })],
        [`alg ${alg}, signed by our own key`, (forge) => forge.signHeader({ alg })],
      ]),
    ),
  )

  const others = [
    undefined,
    null,
    '',
    256,
    true,
    {},
    ['ES256'],
    'es256',
    'ES256 ',
    'ES256K',
    'ES384',
    'ES512',
  ]
  const more = ['RS256', 'PS256', 'EdDSA', 'Ed25519', 'HS256', 'HS512', 'dir', 'PBES2-HS256+A128KW']
  refuses(
    Object.fromEntries(
      [...others, ...more].map((alg): [string, Attack] => [
        `alg ${JSON.stringify(alg)}, signed by our own key`,
        (forge) => forge.signHeader({ alg }),
      ]),
    ),
  )
})

describe('TOK-02, INC-6: nothing public is a shared secret', () => {
  const rawPoint = ({ publicJwk: { x, y } }: Forge) =>
    [decodeBytes(String(x)), decodeBytes(String(y))].flatMap((part) => [...part])
  const pem = async ({ publicJwk }: Forge) =>
    exportSPKI((await importJWK(publicJwk, 'ES256', { extractable: true })) as CryptoKey)
  const der = async (forge: Forge) =>
    Uint8Array.fromBase64((await pem(forge)).replace(/-----[^-]+-----/g, ''))
  const secrets: Record<
    string,
    (forge: Forge) => Promise<string | Uint8Array<ArrayBuffer>> | string | Uint8Array<ArrayBuffer>
  > = {
    'the public key as PEM': async (forge) => (await pem(forge)).trimEnd(),
    'the public key as PEM and a newline': async (forge) => `${(await pem(forge)).trimEnd()}\n`,
    'the public key as PEM with CRLF': async (forge) => (await pem(forge)).replaceAll('\n', '\r\n'),
    'the public key as DER': der,
    'the public key as base64 of DER': async (forge) => (await der(forge)).toBase64(),
    'the public key as JWK': ({ publicJwk }) => JSON.stringify(publicJwk),
    'the public key as minimal JWK': ({ publicJwk: { kty, crv, x, y } }) =>
      JSON.stringify({ crv, kty, x, y }),
    'the key set': ({ publicJwk }) => JSON.stringify({ keys: [publicJwk] }),
    'the public key as x and y': (forge) => new Uint8Array(rawPoint(forge)),
    'the public key as point': (forge) => new Uint8Array([4, ...rawPoint(forge)]),
    'x alone': ({ publicJwk }) => decodeBytes(String(publicJwk.x)),
    'x as text': ({ publicJwk }) => String(publicJwk.x),
    'the kid': ({ header }) => String(header.kid),
    'the issuer': ({ claims }) => String(claims.iss),
    // HMAC fills a short key with zeros, so these are the empty password (RFC 2104 §2).
    'the empty password': () => new Uint8Array(64),
    'the word secret': () => 'secret',
    'the sample of jwt.io': () => 'your-256-bit-secret',
  }
  refuses(
    Object.fromEntries(
      Object.entries(secrets).flatMap(([name, secret]) =>
        ['256', '384', '512'].map((bits): [string, Attack] => [
          `HS${bits} with ${name}`,
          async (forge) => {
            const key = await importHmacKey(await secret(forge), `SHA-${bits}`)
            return signWith(key, { ...forge.header, alg: `HS${bits}` }, forge.claims)
          },
        ]),
      ),
    ),
  )
})

describe('TOK-03: a token does not say which key verifies it', () => {
  const spy = vi.spyOn(globalThis, 'fetch')
  afterEach(() => {
    expect(spy).not.toHaveBeenCalled()
  })

  const theirs = generateEcKeyPair()
  const theirJwk = async () => {
    const jwk = (await crypto.subtle.exportKey('jwk', (await theirs).publicKey)) as JsonWebKey
    return { kty: jwk.kty, crv: jwk.crv, x: jwk.x, y: jwk.y }
  }
  const members: Record<string, () => object | Promise<object>> = {
    jwk: async () => ({ jwk: await theirJwk() }),
    'jwk without kid': async () => ({ jwk: await theirJwk(), kid: undefined }),
    'jku at the attacker': () => ({ jku: 'https://attacker.example/jwks.json' }),
    'jku through a redirect of ours': () => ({
      jku: `${deployed.issuer}/login?return_to=//attacker.example`,
    }),
    'jku at the metadata service': () => ({ jku: 'http://169.254.169.254/latest/meta-data' }),
    x5u: () => ({ x5u: 'https://attacker.example/chain.pem' }),
    'x5u as a file': () => ({ x5u: 'file:///dev/null' }),
    x5c: async () => {
      const spki = (await crypto.subtle.exportKey('spki', (await theirs).publicKey)) as ArrayBuffer
      return { x5c: [new Uint8Array(spki).toBase64()] }
    },
    x5t: () => ({ x5t: 'AAAAAAAAAAAAAAAAAAAAAAAAAAA', 'x5t#S256': 'A'.repeat(43) }),
  }
  refuses(
    Object.fromEntries(
      Object.entries(members).flatMap(([name, member]): [string, Attack][] => [
        [
          `${name}, signed by their key`,
          async ({ header, claims }) =>
            signWith((await theirs).privateKey, { ...header, ...(await member()) }, claims),
        ],
        [`${name}, signed by our own key`, async (forge) => forge.signHeader({ ...(await member()) })],
      ]),
    ),
  )

  const kids = {
    'a path': '../../../../dev/null',
    'a file': '/etc/passwd',
    SQL: "x' UNION SELECT '' --",
    'a command': '$(sleep 9)|id',
    'a URL': 'https://attacker.example/key',
    'a name of its class': 'constructor',
    'a name every object has': '__proto__',
    'of the right form and unknown': 'A'.repeat(43),
    'of the secret': 'AAAAAAAA',
    empty: '',
    'a NUL': '\0',
    'an object': {},
    'a list': [],
    null: null,
    'a number': 0,
    absent: undefined,
    'of 3,000 characters': 'A'.repeat(3000),
    'of one MiB': 'A'.repeat(2 ** 20),
  }
  refuses(
    Object.fromEntries(
      Object.entries(kids).flatMap(([name, kid]): [string, Attack][] => [
        [
          `kid ${name}, signed by their key`,
          async ({ header, claims }) => signWith((await theirs).privateKey, { ...header, kid }, claims),
        ],
        [`kid ${name}, signed by our own key`, (forge) => forge.signHeader({ kid })],
      ]),
    ),
  )

  refuses({
    'our kid, signed by their key': async ({ header, claims }) =>
      signWith((await theirs).privateKey, header, claims),
    'our kid in a list': (forge) => forge.signHeader({ kid: [forge.header.kid] }),
    'our kid and a space': (forge) => forge.signHeader({ kid: `${forge.header.kid} ` }),
    'kid twice, ours last': (forge) =>
      forge.sign(JSON.stringify(forge.header).replace('"kid"', '"kid":"x","kid"'), forge.claims),
    'kid twice, ours first': (forge) =>
      forge.sign(JSON.stringify(forge.header).replace(/}$/, ',"kid":"x"}'), forge.claims),
  })
})

/** The order of P-256 (FIPS 186-4 D.1.2.3). */
const N = decodeBytes(
  encodePart(Uint8Array.fromHex('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551')),
)

describe('TOK-04: odd signatures', () => {
  const half = (fill: number) => new Uint8Array(32).fill(fill)
  const one = Uint8Array.of(...half(0).subarray(1), 1)
  const join = (...parts: Uint8Array[]) => Uint8Array.of(...parts.flatMap((part) => [...part]))
  const derInteger = (bytes: Uint8Array) => {
    const magnitude = (bytes[0] ?? 0) < 128 ? bytes : Uint8Array.of(0, ...bytes)
    return Uint8Array.of(2, magnitude.byteLength, ...magnitude)
  }
  const r = ({ signature }: Forge) => signature.subarray(0, 32)
  const s = ({ signature }: Forge) => signature.subarray(32)
  const signatures: Record<string, (forge: Forge) => Uint8Array> = {
    'r and s zero': () => join(half(0), half(0)),
    'r zero': (forge) => join(half(0), s(forge)),
    's zero': (forge) => join(r(forge), half(0)),
    'r and s one': () => join(one, one),
    'r and s the order': () => join(N, N),
    'r the order': (forge) => join(N, s(forge)),
    's the order': (forge) => join(r(forge), N),
    'r zero, s the order': () => join(half(0), N),
    'all ones': () => join(half(255), half(255)),
    'r and s swapped': (forge) => join(s(forge), r(forge)),
    'the first byte missing': ({ signature }) => signature.subarray(1),
    'the last byte missing': ({ signature }) => signature.subarray(0, 63),
    'half of it': (forge) => r(forge),
    'one byte': () => Uint8Array.of(0),
    'a zero before it': ({ signature }) => join(Uint8Array.of(0), signature),
    'a zero after it': ({ signature }) => join(signature, Uint8Array.of(0)),
    'r and s as 33 bytes': (forge) => join(Uint8Array.of(0), r(forge), Uint8Array.of(0), s(forge)),
    twice: ({ signature }) => join(signature, signature),
    'in DER': (forge) => {
      const integers = join(derInteger(r(forge)), derInteger(s(forge)))
      return join(Uint8Array.of(48, integers.byteLength), integers)
    },
    none: () => new Uint8Array(),
  }
  refuses(
    Object.fromEntries(
      Object.entries(signatures).map(([name, make]): [string, Attack] => [
        `signature: ${name}`,
        (forge) => withSignature(forge, make(forge)),
      ]),
    ),
  )

  refuses({
    'signature of another token': async (forge) =>
      withSignature(forge, (await createForge(await signedInPerson({ mode: 'token' }))).signature),
    'claims edited, signature stale': ({ token, claims, signature }) =>
      `${token.split('.')[0]}.${encodePart({ ...claims, roles: ['admin'] })}.${encodePart(signature)}`,
    'subject edited, signature stale': ({ token, claims, signature }) =>
      `${token.split('.')[0]}.${encodePart({ ...claims, sub: crypto.randomUUID() })}.${encodePart(signature)}`,
  })
})
