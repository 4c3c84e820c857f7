import { env } from 'cloudflare:workers'
import { expect, inject, it } from 'vitest'
import { createKeyring } from '../../src/crypto/keyring'
import { createPasswordHasher } from '../../src/passwords/password-hash'
import { pbkdf2Sha256 } from '../../src/passwords/pbkdf2'
import { recordPbkdf2 } from '../support/counting'
import { limitCryptoAsInProduction } from '../support/production-limits'
import { deployed, ownService } from '../support/service'

// The real PBKDF2, for it is what is tested here.
limitCryptoAsInProduction()

const keyring = createKeyring([env.AUTH_SECRET])
const hasher = createPasswordHasher({ keyring, iterations: 25_000 })

const SALT = Uint8Array.from({ length: 16 }, (_, index) => index)

/** Returns the hash of the doc comment, written a second time, as a stored string of any cost. */
async function storedString(
  password: string,
  { i = 1, s = 1, salt = SALT, ring = keyring } = {},
): Promise<string> {
  const pepper = await ring.newest('password-pepper')
  const text = new TextEncoder().encode(password.normalize('NFC'))
  let block = await crypto.subtle.sign('HMAC', pepper.key, text)
  for (let n = 1; n <= s; n++) {
    const key = await crypto.subtle.importKey('raw', block, 'PBKDF2', false, ['deriveBits'])
    const numbered = Uint8Array.of(...salt, n >>> 24, n >>> 16, n >>> 8, n)
    const parameters = { name: 'PBKDF2', hash: 'SHA-256', salt: numbered, iterations: i }
    block = await crypto.subtle.deriveBits(parameters, key, 256)
  }
  const encode = (bytes: Uint8Array) => bytes.toBase64({ alphabet: 'base64url', omitPadding: true })
  return `$pbkdf2-sha256-chain$v=1$i=${i},s=${s},k=${pepper.secretId}$${encode(salt)}$${encode(new Uint8Array(block))}`
}

/** Takes a stored string apart. */
function parts(stored: string) {
  const pattern = /^\$pbkdf2-sha256-chain\$v=1\$i=(\d+),s=(\d+),k=([\w-]{8})\$([\w-]+)\$([\w-]+)$/
  const [, i, s, pepperId, salt = '', hash = ''] = pattern.exec(stored) ?? []
  return { iterations: Number(i), segments: Number(s), pepperId, salt, hash }
}

it('PW-05: stores a self-describing string with a salt of 16 bytes', async () => {
  const { iterations, segments, pepperId, salt, hash } = parts(await hasher.hash('correct horse battery'))
  expect({ iterations, segments }).toEqual({ iterations: 25_000, segments: 1 })
  expect(pepperId).toBe((await keyring.newest('password-pepper')).secretId)
  expect(Uint8Array.fromBase64(salt, { alphabet: 'base64url' })).toHaveLength(16)
  expect(Uint8Array.fromBase64(hash, { alphabet: 'base64url' })).toHaveLength(32)
})

it('PW-05: equal passwords give different salts and hashes', async () => {
  const [first, second] = [parts(await hasher.hash('same words')), parts(await hasher.hash('same words'))]
  expect(first.salt).not.toBe(second.salt)
  expect(first.hash).not.toBe(second.hash)
})

it.each([
  ['configured', '600000'],
  ['by default', undefined],
])('PW-05: does 600,000 iterations, %s', async (_, PASSWORD_ITERATIONS) => {
  const { services } = ownService({ PASSWORD_ITERATIONS })
  const iterations = recordPbkdf2()
  const stored = parts(await services.passwords.hash('correct horse battery'))
  expect(stored.iterations * stored.segments).toBeGreaterThanOrEqual(600_000)
  expect(iterations().reduce((sum, each) => sum + each, 0)).toBe(stored.iterations * stored.segments)
})

it('PW-05: rounds a cost up to whole segments, never down', async () => {
  const stored = parts(await createPasswordHasher({ keyring, iterations: 100_001 }).hash('words'))
  expect(stored.iterations * stored.segments).toBeGreaterThanOrEqual(100_001)
})

it('PW-05: is the chain that its description says, computed a second time here', async () => {
  const stored = await createPasswordHasher({ keyring, iterations: 75_000 }).hash('Zoë’s parapluie')
  const { iterations: i, segments: s, salt } = parts(stored)
  const bytes = Uint8Array.fromBase64(salt, { alphabet: 'base64url' })
  expect(await storedString('Zoë’s parapluie', { i, s, salt: bytes })).toBe(stored)
})

it('PW-05: goes on verifying what was stored before: a string made with another library', async () => {
  // Node's crypto: hkdfSync, createHmac, pbkdf2Sync.
  const ring = createKeyring(['Xr7VhmM0v3dEWdC1sPpT6uJqgB9oYkZfLwNaQ2iHtE4'])
  const stored =
    '$pbkdf2-sha256-chain$v=1$i=1000,s=3,k=svbAtYp7$AAECAwQFBgcICQoLDA0ODw$1mG1JWgNE1VyEcUdKaK6WRyioWAti1ef56k9dC_V--Y'
  const old = createPasswordHasher({ keyring: ring, iterations: 25_000 })
  expect(await old.verify('café \0 au lait, s’il vous plaît', stored)).toBe('match')
  expect(await old.verify('café \0 au lait, s’il vous plait', stored)).toBe('mismatch')
  expect(await old.isOutdated(stored)).toBe(true)
})

it('PW-05: binds a hash to the pepper, so that the database alone is not enough to guess', async () => {
  const other = createKeyring([env.AUTH_SECRET.split('').reverse().join('')])
  const id = (await keyring.newest('password-pepper')).secretId
  const foreign = (await storedString('words', { ring: other })).replace(/k=[\w-]{8}/, `k=${id}`)
  expect(await hasher.verify('words', foreign)).toBe('mismatch')
})

it('PW-07: a hash of an older secret verifies while the secret is listed, and is outdated', async () => {
  const older = 'S3kN0vQ8rLhYtBzXwPmC5uJfGd1aEoIi7RnVyHqTbM2'
  const stored = await storedString('words', { ring: createKeyring([older]) })
  const rotated = createPasswordHasher({
    keyring: createKeyring([env.AUTH_SECRET, older]),
    iterations: 25_000,
  })
  expect(await rotated.verify('words', stored)).toBe('match')
  expect(await rotated.isOutdated(stored)).toBe(true)
  expect(await rotated.isOutdated(await rotated.hash('words'))).toBe(false)
})

it('PW-07: a string of another cost is outdated, cheaper or dearer, and so is nonsense', async () => {
  const current = await hasher.hash('words')
  expect(await hasher.isOutdated(current)).toBe(false)
  for (const odd of [current.replace('s=1', 's=2'), current.replace('i=25000', 'i=24999'), '', '$']) {
    expect(await hasher.isOutdated(odd), odd).toBe(true)
  }
})

it('PW-06, INC-2: pbkdf2Sha256 throws above 100,000 iterations, and Web Crypto does in this test run', async () => {
  const bytes = new Uint8Array(16)
  await expect(pbkdf2Sha256(bytes, bytes, 100_001, 32)).rejects.toThrow(RangeError)
  const key = await crypto.subtle.importKey('raw', bytes, 'PBKDF2', false, ['deriveBits', 'deriveKey'])
  const pbkdf2 = (iterations: number) => ({ name: 'PBKDF2', hash: 'SHA-256', salt: bytes, iterations })
  const refusal = { name: 'NotSupportedError' }
  await expect(crypto.subtle.deriveBits(pbkdf2(100_001), key, 256)).rejects.toMatchObject(refusal)
  const hmac = { name: 'HMAC', hash: 'SHA-256' }
  await expect(crypto.subtle.deriveKey(pbkdf2(100_001), key, hmac, false, ['sign'])).rejects.toMatchObject(
    refusal,
  )
  expect(await crypto.subtle.deriveBits(pbkdf2(100_000), key, 256)).toHaveProperty('byteLength', 32)
})

it('PW-06: no single call exceeds 100,000 iterations, whatever the cost', async () => {
  const iterations = recordPbkdf2()
  const dear = createPasswordHasher({ keyring, iterations: 1_000_000 })
  await dear.verify('words', await dear.hash('words'))
  await dear.verify('words', await storedString('words', { i: 100_000, s: 2 }))
  expect(Math.max(...iterations())).toBeLessThanOrEqual(100_000)
})

it('lets another request be served before a hash of many segments is done', async () => {
  const dear = createPasswordHasher({ keyring, iterations: 600_000 })
  const done: string[] = []
  const hashing = dear.hash('words').then(() => done.push('hash'))
  const timer = new Promise<void>((resolve) => setTimeout(resolve, 0)).then(() => done.push('timer'))
  const request = deployed.fetch(new Request(`${deployed.issuer}/healthz`)).then(() => done.push('request'))
  await Promise.all([hashing, timer, request])
  expect(done.at(-1)).toBe('hash')
})

it('PW-03: composed and decomposed spellings are one password, and nothing else is folded', async () => {
  const composed = await storedString('caf\u00e9 au lait')
  expect(await hasher.verify('cafe\u0301 au lait', composed)).toBe('match')
  expect(await hasher.verify('caf\u00e9 au lait', await hasher.hash('cafe\u0301 au lait'))).toBe('match')
  // NFKC would make these equal: a full-width letter, a ligature, a superscript.
  for (const [stored, typed] of [
    ['\uff41bc', 'abc'],
    ['\ufb01n', 'fin'],
    ['x\u00b2', 'x2'],
  ] as const) {
    expect(await hasher.verify(typed, await hasher.hash(stored)), stored).toBe('mismatch')
  }
})

it('PW-02, INC-10: nothing is truncated: a change of the last byte, at position 73 or after a NUL is seen', async () => {
  const long = `${'a'.repeat(72)}X${'b'.repeat(182)}Y`
  const stored = await hasher.hash(long)
  expect(await hasher.verify(long, stored)).toBe('match')
  const position = (index: number) => `${long.slice(0, index)}~${long.slice(index + 1)}`
  for (const other of [position(72), position(255), long.slice(0, -1), `${long}Z`]) {
    expect(await hasher.verify(other, stored), other).toBe('mismatch')
  }
  const nul = await storedString('before\0after')
  expect(await hasher.verify('before\0after', nul)).toBe('match')
  for (const other of ['before', 'before\0', 'before\0afteR', 'beforeafter']) {
    expect(await hasher.verify(other, nul), JSON.stringify(other)).toBe('mismatch')
  }
})

it('PW-03: every naughty string is a password, and differs from itself with a space or in another case', async () => {
  const strings = inject('naughtyStrings').filter((text) => text.isWellFormed())
  expect(strings.length).toBeGreaterThan(400)
  // Some 1,500 hashes, so each is cheap: what is tested is the text that goes in.
  const cheap = createPasswordHasher({ keyring, iterations: 1 })
  for (const text of strings) {
    const stored = await storedString(text)
    expect(await cheap.verify(text, stored), text).toBe('match')
    expect(await cheap.verify(`${text} `, stored), text).toBe('mismatch')
    const flipped = text === text.toUpperCase() ? text.toLowerCase() : text.toUpperCase()
    if (flipped.normalize('NFC') !== text.normalize('NFC')) {
      expect(await cheap.verify(flipped, stored), text).toBe('mismatch')
    }
  }
})
