import { describe, expect, it } from 'vitest'
import { createKeyring, type KeyPurpose } from '../../src/crypto/keyring'

const A = 'Zt4Kq8sVw2Yb6Ne9Rc3Hx7Jm1Fp5Gd0Lu_Oi-TaQkWyE'
const B = 'pS1nQ8zWcVt5RkLm3yXb7HdJfGoUeTiAa2DuZwN6MqB'

/** Every purpose, and what its key does. */
const USES = {
  'refresh-token': 'signs',
  'access-token': 'signs',
  'password-pepper': 'signs',
  'account-key': 'signs',
  'device-credential': 'signs',
  'session-copy': 'signs',
  'session-seal': 'signs',
  'derived-secret': 'signs',
  'sign-in-code': 'signs',
  'second-factor-code': 'signs',
  'passkey-challenge': 'signs',
  'signing-key-encryption': 'encrypts',
  'mail-encryption': 'encrypts',
  'totp-seed': 'encrypts',
  'social-sign-in': 'encrypts',
  'authorization-request': 'encrypts',
} as const satisfies Record<KeyPurpose, 'signs' | 'encrypts'>
const PURPOSES = Object.keys(USES) as KeyPurpose[]
const MACS = PURPOSES.filter((purpose) => USES[purpose] === 'signs')
const CIPHERS = PURPOSES.filter((purpose) => USES[purpose] === 'encrypts')

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

  it.each(CIPHERS)(
    'what was encrypted for %s does not decrypt under another purpose or secret',
    async (purpose) => {
      const algorithm = { name: 'AES-GCM', iv: new Uint8Array(12) }
      const keyOf = async (secret: string, other: KeyPurpose) =>
        (await createKeyring([secret]).newest(other)).key
      const ciphertext = await crypto.subtle.encrypt(algorithm, await keyOf(A, purpose), text)
      for (const secret of [A, B]) {
        for (const other of CIPHERS) {
          const decrypted = crypto.subtle.decrypt(algorithm, await keyOf(secret, other), ciphertext)
          if (secret === A && other === purpose) expect(new Uint8Array(await decrypted)).toEqual(text)
          else await expect(decrypted).rejects.toThrow()
        }
      }
    },
  )

  it.each(PURPOSES)(
    'the key for %s has 256 bits, one kind of use, and cannot be exported',
    async (purpose) => {
      const { key } = await createKeyring([A]).newest(purpose)
      expect(key.extractable).toBe(false)
      expect(key.algorithm).toMatchObject({ length: 256 })
      expect([...key.usages].sort()).toEqual(
        USES[purpose] === 'encrypts' ? ['decrypt', 'encrypt'] : ['sign', 'verify'],
      )
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
