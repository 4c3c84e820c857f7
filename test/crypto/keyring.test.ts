import { describe, expect, it } from 'vitest'
import { createKeyring, type KeyPurpose } from '../../src/crypto/keyring'

const A = 'Zt4Kq8sVw2Yb6Ne9Rc3Hx7Jm1Fp5Gd0Lu_Oi-TaQkWyE'
const B = 'pS1nQ8zWcVt5RkLm3yXb7HdJfGoUeTiAa2DuZwN6MqB'

const MACS = [
  'refresh-token',
  'access-token',
  'password-pepper',
  'account-key',
  'device-credential',
  'session-copy',
] as const satisfies KeyPurpose[]
const PURPOSES = [...MACS, 'signing-key-encryption'] as const satisfies KeyPurpose[]

const text = new TextEncoder().encode('what is protected')

async function mac(secret: string, purpose: KeyPurpose): Promise<ArrayBuffer> {
  const { key } = await createKeyring([secret]).newest(purpose)
  return crypto.subtle.sign('HMAC', key, text)
}

describe('KEY-04: each purpose has a key of its own', () => {
  it.each(MACS)('a MAC made for %s fails under every other purpose and secret', async (purpose) => {
    const made = await mac(A, purpose)
    for (const secret of [A, B]) {
      for (const other of MACS) {
        const { key } = await createKeyring([secret]).newest(other)
        expect(await crypto.subtle.verify('HMAC', key, made, text)).toBe(secret === A && other === purpose)
      }
    }
  })

  it('what was encrypted with one secret does not decrypt with another', async () => {
    const algorithm = { name: 'AES-GCM', iv: new Uint8Array(12) }
    const keyOf = async (secret: string) =>
      (await createKeyring([secret]).newest('signing-key-encryption')).key
    const ciphertext = await crypto.subtle.encrypt(algorithm, await keyOf(A), text)
    expect(new Uint8Array(await crypto.subtle.decrypt(algorithm, await keyOf(A), ciphertext))).toEqual(text)
    await expect(crypto.subtle.decrypt(algorithm, await keyOf(B), ciphertext)).rejects.toThrow()
  })

  it.each(PURPOSES)(
    'the key for %s has 256 bits, one kind of use, and cannot be exported',
    async (purpose) => {
      const { key } = await createKeyring([A]).newest(purpose)
      expect(key.extractable).toBe(false)
      expect(key.algorithm).toMatchObject({ length: 256 })
      const encrypts = purpose === 'signing-key-encryption'
      expect([...key.usages].sort()).toEqual(encrypts ? ['decrypt', 'encrypt'] : ['sign', 'verify'])
      await expect(crypto.subtle.exportKey('raw', key)).rejects.toThrow()
    },
  )

  it('is derived as HKDF-SHA-256 of the secret, with the purpose in its info', async () => {
    const input = await crypto.subtle.importKey('raw', new TextEncoder().encode(A), 'HKDF', false, [
      'deriveBits',
    ])
    const info = new TextEncoder().encode('janus/v1/refresh-token')
    const salt = new Uint8Array()
    const bits = await crypto.subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt, info }, input, 256)
    const key = await crypto.subtle.importKey('raw', bits, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
    expect(await crypto.subtle.sign('HMAC', key, text)).toEqual(await mac(A, 'refresh-token'))
  })
})

describe('KEY-04: each secret has an id', () => {
  it('that is the same for every purpose and keyring, and another for another secret', async () => {
    const idsOf = (secret: string) =>
      Promise.all(PURPOSES.map(async (purpose) => (await createKeyring([secret]).newest(purpose)).secretId))
    const [a, ...others] = await idsOf(A)
    expect(new Set(others)).toEqual(new Set([a]))
    expect(a).toMatch(/^[\w-]{8}$/)
    expect((await idsOf(B))[0]).not.toBe(a)
    expect(A).not.toContain(a)
  })
})

describe('a keyring of several secrets', () => {
  it.each(PURPOSES)('makes with the newest and knows all, newest first, for %s', async (purpose) => {
    const both = createKeyring([B, A])
    const [idOfA, idOfB] = await Promise.all(
      [A, B].map(async (secret) => (await createKeyring([secret]).newest(purpose)).secretId),
    )
    expect((await both.newest(purpose)).secretId).toBe(idOfB)
    expect((await both.all(purpose)).map(({ secretId }) => secretId)).toEqual([idOfB, idOfA])
  })

  it('derives a key once', async () => {
    const keyring = createKeyring([A, B])
    const [first] = await keyring.all('access-token')
    expect((await keyring.newest('access-token')).key).toBe(first?.key)
    expect((await keyring.all('access-token'))[0]?.key).toBe(first?.key)
  })
})
