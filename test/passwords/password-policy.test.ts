import fc from 'fast-check'
import { describe, expect, inject, it } from 'vitest'
import { sha256 } from '../../src/crypto/sha256'
import { decodeList } from '../../src/passwords/common-list'
import { COMMON_PASSWORDS } from '../../src/passwords/common-passwords'
import { SHORT_COMMON_PASSWORDS } from '../../src/passwords/common-short-passwords'
import { checkPassword, passwordContext } from '../../src/passwords/password-policy'
import { createShortPasswords } from '../../src/passwords/short-passwords'

const NO_CONTEXT: readonly string[] = []

const isShortCommon = createShortPasswords()

/** Returns the code of the refusal, or `null`. */
async function check(
  password: string,
  { minLength = 15, context = NO_CONTEXT } = {},
): Promise<string | null> {
  return (await checkPassword(password, { minLength, context, isShortCommon }))?.code ?? null
}

describe('PW-01, PW-02: length', () => {
  it('PW-01: 14 characters are too few and 15 are enough', async () => {
    expect(await check('a'.repeat(13).concat('b'))).toBe('too-short')
    expect(await check('kdjwq ybxnz trm')).toBeNull()
  })

  it('PW-01: eight emoji are eight characters, although 16 code units and 32 bytes', async () => {
    expect(await check('🦉🦊🐙🐝🦀🐌🐬🦜')).toBe('too-short')
    expect(await check('🦉🦊🐙🐝🦀🐌🐬🦜🦉🐙🐝🦊🦀🐌🐬')).toBeNull()
  })

  it('PW-01: a letter and its accent count as one, as they do once composed', async () => {
    const decomposed = 'e\u0301'.repeat(14)
    expect([...decomposed]).toHaveLength(28)
    expect(await check(decomposed)).toBe('too-short')
  })

  it('PW-02: 64 and 256 characters are accepted, 257 are not', async () => {
    for (const [length, code] of [
      [64, null],
      [256, null],
      [257, 'too-long'],
    ] as const) {
      expect(await check('🦉'.repeat(length - 1).concat('x')), String(length)).toBe(code)
    }
  })

  it('PW-01: the refusal says how long it must be and how long it is', async () => {
    const refusal = await checkPassword('short', { minLength: 15, context: NO_CONTEXT, isShortCommon })
    expect(refusal?.message).toBe('Use at least 15 characters; yours has 5.')
  })

  it('PW-01: length is that of code points after NFC, for any text', async () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'é', 'e\u0301', '🦉', '\0', ' ', 'ﬁ'),
      maxLength: 300,
    })
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 8, max: 64 }), async (password, minLength) => {
        const length = [...password.normalize('NFC')].length
        const code = await check(password, { minLength })
        expect(code === 'too-short').toBe(length < minLength)
        expect(code === 'too-long').toBe(length > 256)
      }),
    )
  })
})

describe('PW-03: composition', () => {
  it.each([
    ['letters of one case', 'correct horse battery'],
    ['digits only', '918273645546372'],
    ['spaces at both ends', '  kdjwq ybxnz  '],
    ['a NUL', 'kdjwq\0ybxnz trm'],
    ['control characters', 'kdjwq\u0007\u001b[31m trm'],
    ['another script', 'Ξεσκεπάζω την ψυχοφθόρα'],
    ['one right-to-left', 'אבגדהוזחטיכלמנס'],
    ['punctuation', `'; DROP TABLE users; --`],
  ])('asks for none: %s', async (_, password) => {
    expect(await check(password)).toBeNull()
  })

  it('refuses no naughty string for what it is made of', async () => {
    for (const text of inject('naughtyStrings')) {
      if (text.isWellFormed()) expect(await check(text.concat(' — kdjwq ybxnz t')), text).toBeNull()
    }
  })
})

describe('PW-04: common passwords', () => {
  const selected = inject('commonPasswords')

  it.each([
    ['at least 15', COMMON_PASSWORDS, (length: number) => length >= 15],
    ['8 to 14', SHORT_COMMON_PASSWORDS, (length: number) => length < 15],
  ] as const)(
    'the list of %s characters is the selection: the first 25 bits of each SHA-256, ascending',
    async (_, list, isOf) => {
      const passwords = selected.filter((password) => isOf([...password].length))
      const digests = await Promise.all(
        passwords.map((password) => sha256(new TextEncoder().encode(password))),
      )
      const prefixes = digests
        .map((digest) => new DataView(digest.buffer).getUint32(0) >>> 7)
        .sort((a, b) => a - b)
      expect([...decodeList(list)]).toEqual(prefixes)
    },
  )

  it('accepts no short password where their list was left out', async () => {
    const policy = { minLength: 8, context: NO_CONTEXT, isShortCommon: null }
    expect((await checkPassword('kdjwq ybxnz tr', policy))?.code).toBe('common')
    expect(await checkPassword('kdjwq ybxnz trm', policy)).toBeNull()
  })

  it.each([15, 8])(
    'holds at least 3,000 of at least %i characters, each refused, in any case',
    async (minLength) => {
      const satisfying = selected.filter((password) => [...password].length >= minLength)
      expect(satisfying.length).toBeGreaterThanOrEqual(3000)
      for (const password of satisfying) {
        expect(await check(password, { minLength }), password).toBe('common')
        expect(await check(password.toUpperCase(), { minLength }), password).toBe('common')
      }
    },
  )

  it('compares whole passwords: one that holds a common one is another', async () => {
    expect(await check('qwertyuiop12345')).toBe('common')
    expect(await check('qwertyuiop12345 on a ferry')).toBeNull()
  })
})

describe('PW-04: context words', () => {
  const context = passwordContext(
    { email: 'wilhelmina.grant@mail.example.org', name: 'Wilhelmina Grant' },
    'login.harbour.example',
  )

  it.each([
    ['the service', 'janusjanusjanus'],
    ['the service, in another case', 'JanusJANUSjanus'],
    ['the service and some digits', 'janus janus 2026'],
    ['the local part twice', 'wilhelmina.grantwilhelmina.grant'],
    ['half the local part twice', 'WilhelminaWilhelmina'],
    ['the address', 'wilhelmina.grant@mail.example.org'],
    ['the address and a little more', 'wilhelmina.grant@mail.example.org1!'],
    ['the name', 'Wilhelmina Grant'],
    ['the name and a year', 'WilhelminaGrant1984'],
    ['the host', 'login.harbour.example'],
    ['a label of the host twice', 'harbour harbour'],
    ['a word of each', 'harbour-grant-janus'],
  ])('refuses what is made of %s', async (_, password) => {
    expect(await check(password, { context })).toBe('guessable')
  })

  it.each([
    ['no word of it', 'correct horse battery'],
    ['a word, and enough besides', 'janus sells violet umbrellas'],
    ['the name, and enough besides', 'grant me seven quiet minutes'],
    ['another name', 'Bartholomew Quill the Elder'],
  ])('accepts %s', async (_, password) => {
    expect(await check(password, { context })).toBeNull()
  })

  it('ignores words so short that they occur by chance', async () => {
    const short = passwordContext({ email: 'al@ex.io', name: 'Al' }, 'a.io')
    expect(await check('alalalal ioioio al', { context: short })).toBeNull()
  })

  it('is indifferent to case and composition of the words', async () => {
    const accented = passwordContext({ email: 'x@example.org', name: 'JOSE\u0301PHINE' }, 'a.example')
    expect(await check('joséphine josé!', { context: accented })).toBe('guessable')
  })
})
