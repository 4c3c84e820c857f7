import { webcrypto } from 'node:crypto'
import { exportJWK, importJWK } from 'jose'
import { describe, expect, it } from 'vitest'
import { createShortCrypto } from '../../../packages/node/short-crypto'

type Subtle = webcrypto.SubtleCrypto
type Replaced = Parameters<typeof createShortCrypto>[0]

/** Web Crypto as Node has it, whatever else this process has loaded. */
const { digest, sign, verify, importKey, deriveKey, generateKey } = Object.getPrototypeOf(
  webcrypto.subtle,
) as Subtle
const WEB_CRYPTO: Replaced = {
  digest: digest.bind(webcrypto.subtle),
  sign: sign.bind(webcrypto.subtle),
  verify: verify.bind(webcrypto.subtle),
  importKey: importKey.bind(webcrypto.subtle),
  deriveKey: deriveKey.bind(webcrypto.subtle),
}

/** Computes shortly, and lists what of that went to Web Crypto. */
function prepare() {
  const passedOn: string[] = []
  const short = createShortCrypto({
    ...WEB_CRYPTO,
    digest: (...given) => {
      passedOn.push('digest')
      return WEB_CRYPTO.digest(...given)
    },
    sign: (...given) => {
      passedOn.push('sign')
      return WEB_CRYPTO.sign(...given)
    },
    verify: (...given) => {
      passedOn.push('verify')
      return WEB_CRYPTO.verify(...given)
    },
  })
  return { short, passedOn }
}

const ES256 = { name: 'ECDSA', hash: 'SHA-256' } as const
const RAW = new Uint8Array(32).fill(7)

const macKey = (by: Replaced, usages: webcrypto.KeyUsage[], hash = 'SHA-256') =>
  by.importKey('raw', RAW, { name: 'HMAC', hash }, false, usages)

/** Returns a pair as it is read from storage. */
async function pair(by: Replaced, namedCurve: string, readable = false) {
  const algorithm = { name: 'ECDSA', namedCurve }
  const made = (await generateKey.call(webcrypto.subtle, algorithm, true, [
    'sign',
    'verify',
  ])) as webcrypto.CryptoKeyPair
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', made.privateKey)
  const jwk = await webcrypto.subtle.exportKey('jwk', made.publicKey)
  return {
    privateKey: await by.importKey('pkcs8', pkcs8, algorithm, false, ['sign']),
    publicKey: await by.importKey('jwk', jwk, algorithm, readable, ['verify']),
  }
}

/** Bytes of each kind that Web Crypto takes. */
const bytes = (length: number) => Uint8Array.from({ length }, (_, at) => at % 251)
const DATA: readonly (readonly [what: string, data: webcrypto.BufferSource])[] = [
  ['nothing', new Uint8Array()],
  ['an ArrayBuffer', bytes(64).buffer],
  ['a part of one', bytes(300).subarray(7, 131)],
  ['a DataView', new DataView(bytes(300).buffer, 3, 90)],
  ['the most that is short', bytes(4096)],
]

describe('short crypto on Node', () => {
  it.each(DATA)('answers as Web Crypto does: %s', async (_, data) => {
    const { short, passedOn } = prepare()
    const key = await macKey(short, ['sign', 'verify'])
    const { privateKey, publicKey } = await pair(short, 'P-256')

    expect(await short.digest('SHA-256', data)).toEqual(await WEB_CRYPTO.digest('SHA-256', data))
    const mac = await short.sign('HMAC', key, data)
    expect(mac).toEqual(await WEB_CRYPTO.sign('HMAC', key, data))
    expect(await short.verify('HMAC', key, mac, data)).toBe(true)
    const signature = await short.sign(ES256, privateKey, data)
    expect(await WEB_CRYPTO.verify(ES256, publicKey, signature, data)).toBe(true)
    expect(await short.verify(ES256, publicKey, await WEB_CRYPTO.sign(ES256, privateKey, data), data)).toBe(
      true,
    )
    expect(passedOn).toEqual([])
  })

  it('answers as Web Crypto does: keys that are derived, and that may be read', async () => {
    const { short, passedOn } = prepare()
    const base = await short.importKey('raw', RAW, 'HKDF', false, ['deriveKey'])
    const hkdf = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: new Uint8Array() }
    for (const readable of [true, false]) {
      const key = await short.deriveKey(
        hkdf,
        base,
        { name: 'HMAC', hash: 'SHA-256', length: 256 },
        readable,
        ['sign'],
      )
      expect(key.extractable).toBe(readable)
      expect(key.usages).toEqual(['sign'])
      expect(await short.sign('HMAC', key, bytes(9))).toEqual(await WEB_CRYPTO.sign('HMAC', key, bytes(9)))
    }
    expect(passedOn).toEqual([])
  })

  it('leaves to Web Crypto a key that nobody may read and that it has not seen made', async () => {
    const { short, passedOn } = prepare()
    const key = await macKey(WEB_CRYPTO, ['sign', 'verify'])
    expect(await short.verify('HMAC', key, await short.sign('HMAC', key, bytes(9)), bytes(9))).toBe(true)
    expect(passedOn).toEqual(['sign', 'verify'])
  })

  it('takes the bytes of a key as they are when it is asked', async () => {
    const { short } = prepare()
    const raw = Uint8Array.from(RAW)
    const importing = short.importKey('raw', raw, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
    raw.fill(0)
    const key = await importing
    expect(await short.sign('HMAC', key, bytes(9))).toEqual(await WEB_CRYPTO.sign('HMAC', key, bytes(9)))
  })

  it('keeps a key that nobody may read from being read', async () => {
    const { short } = prepare()
    const key = await macKey(short, ['sign'])
    expect(key.extractable).toBe(false)
    await expect(webcrypto.subtle.exportKey('raw', key)).rejects.toThrow(/extractable/)
  })

  it('gives each caller bytes of its own', async () => {
    const { short } = prepare()
    const digest = await short.digest('SHA-256', bytes(3))
    expect(digest.byteLength).toBe(32)
    new Uint8Array(digest).fill(0)
    expect(await short.digest('SHA-256', bytes(3))).toEqual(await WEB_CRYPTO.digest('SHA-256', bytes(3)))
  })

  const flipped = (from: ArrayBuffer) =>
    Uint8Array.from(new Uint8Array(from), (byte, at) => (at === 9 ? byte ^ 1 : byte))
  const changes: readonly (readonly [
    what: string,
    change: (signature: ArrayBuffer) => webcrypto.BufferSource,
  ])[] = [
    ['another bit', flipped],
    ['a byte less', (from) => from.slice(0, -1)],
    ['a byte more', (from) => new Uint8Array([...new Uint8Array(from), 0])],
    ['nothing', () => new Uint8Array()],
    ['zeros', (from) => new Uint8Array(from.byteLength)],
  ]
  it.each(changes)('refuses a signature with %s, without an error', async (_, change) => {
    const { short, passedOn } = prepare()
    const data = bytes(50)
    const key = await macKey(short, ['sign', 'verify'])
    const { privateKey, publicKey } = await pair(short, 'P-256')
    const mac = change(await short.sign('HMAC', key, data))
    const signature = change(await short.sign(ES256, privateKey, data))
    expect(await WEB_CRYPTO.verify(ES256, publicKey, signature, data)).toBe(false)

    expect(await short.verify('HMAC', key, mac, data)).toBe(false)
    expect(await short.verify(ES256, publicKey, signature, data)).toBe(false)
    expect(passedOn).toEqual([])
  })

  it('refuses a signature of another text and of another key', async () => {
    const { short } = prepare()
    const [one, other] = [await pair(short, 'P-256'), await pair(short, 'P-256')]
    const signature = await short.sign(ES256, one.privateKey, bytes(50))
    expect(await short.verify(ES256, one.publicKey, signature, bytes(51))).toBe(false)
    expect(await short.verify(ES256, other.publicKey, signature, bytes(50))).toBe(false)
  })

  it('leaves a key to what it was made for: a refusal is that of Web Crypto', async () => {
    const { short } = prepare()
    const { privateKey, publicKey } = await pair(short, 'P-256')
    const data = bytes(50)
    const refusals: readonly (() => Promise<unknown>)[] = [
      async () => short.sign('HMAC', await macKey(short, ['verify']), data),
      async () => short.verify('HMAC', await macKey(short, ['sign']), data, data),
      () => short.sign(ES256, publicKey, data),
      () => short.verify(ES256, privateKey, data, data),
      () => short.sign('HMAC', privateKey, data),
      async () => short.sign(ES256, await macKey(short, ['sign']), data),
      () => short.sign('ECDSA', privateKey, data),
      () => short.digest('SHA-256', 'text' as never),
      () => short.importKey('raw', new Uint8Array(), { name: 'HMAC', hash: 'SHA-256' }, false, []),
      () => short.importKey('raw', RAW, undefined as never, false, ['sign']),
      () => short.sign(ES256, { usages: ['sign'], algorithm: privateKey.algorithm } as never, data),
    ]
    for (const refused of refusals) await expect(refused(), String(refused)).rejects.toThrow(/./)
  })

  it('passes on what is long, and what is of another kind', async () => {
    const { short, passedOn } = prepare()
    const key = await macKey(short, ['sign', 'verify'])
    const sha512 = await macKey(short, ['sign', 'verify'], 'SHA-512')
    const p384 = await pair(short, 'P-384')
    const { privateKey, publicKey } = await pair(short, 'P-256')
    const data = bytes(50)
    const sha384 = { name: 'ECDSA', hash: 'SHA-384' } as const

    expect((await short.digest('SHA-256', bytes(4097))).byteLength).toBe(32)
    expect((await short.digest('SHA-512', data)).byteLength).toBe(64)
    expect(await short.verify('HMAC', key, await short.sign('HMAC', key, bytes(4097)), bytes(4097))).toBe(
      true,
    )
    expect(await short.verify('HMAC', sha512, await short.sign('HMAC', sha512, data), data)).toBe(true)
    expect(
      await short.verify(ES256, p384.publicKey, await short.sign(ES256, p384.privateKey, data), data),
    ).toBe(true)
    expect(await short.verify(sha384, publicKey, await short.sign(sha384, privateKey, data), data)).toBe(true)
    expect(passedOn).toEqual([
      'digest',
      'digest',
      ...Array.from({ length: 4 }, () => ['sign', 'verify'] as const).flat(),
    ])
  })
})

describe('a process that serves Janus on Node', () => {
  it('computes so wherever Web Crypto is asked, as by jose', async () => {
    await import('../../../packages/node/platform')
    expect(crypto.subtle.digest).not.toBe(SubtleCrypto.prototype.digest)
    expect(await crypto.subtle.digest('SHA-256', bytes(3))).toEqual(
      await WEB_CRYPTO.digest('SHA-256', bytes(3)),
    )
  })

  it('takes a key that says it must not be readable (`ext`), as an app may publish it', async () => {
    await import('../../../packages/node/platform')
    const { privateKey, publicKey } = await pair(WEB_CRYPTO, 'P-256', true)
    const signature = await WEB_CRYPTO.sign(ES256, privateKey, bytes(50))
    const key = await importJWK({ ...(await exportJWK(publicKey)), ext: false }, 'ES256')
    expect(await crypto.subtle.verify(ES256, key as CryptoKey, signature, bytes(50))).toBe(true)
    expect(await crypto.subtle.verify(ES256, key as CryptoKey, signature, bytes(51))).toBe(false)
  })
})
