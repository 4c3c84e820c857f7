import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeBase64url, parseBase64url } from '../../src/crypto/base64url'

describe('base64url', () => {
  it.each([
    ['', ''],
    ['f', 'Zg'],
    ['fo', 'Zm8'],
    ['foo', 'Zm9v'],
    ['foob', 'Zm9vYg'],
    ['fooba', 'Zm9vYmE'],
    ['foobar', 'Zm9vYmFy'],
  ])('encodes %o as RFC 4648 §10 has it, without padding', (text, encoded) => {
    const bytes = new TextEncoder().encode(text)
    expect(encodeBase64url(bytes)).toBe(encoded)
    expect(parseBase64url(encoded)).toEqual(bytes)
  })

  it('uses - and _ (RFC 4648 §5)', () => {
    expect(encodeBase64url(Uint8Array.of(0xfb, 0xff))).toBe('-_8')
    expect(parseBase64url('-_8')).toEqual(Uint8Array.of(0xfb, 0xff))
  })

  it('gives back every byte string', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const text = encodeBase64url(bytes)
        expect(text).toMatch(/^[A-Za-z0-9_-]*$/)
        expect(parseBase64url(text)).toEqual(new Uint8Array(bytes))
      }),
    )
  })

  it('KEY-06, TOK-05: accepts one spelling of each', () => {
    const near = fc.stringMatching(/^[A-Za-z0-9_-]{0,30}[A-Za-z0-9_=+/ \n-]{0,3}$/)
    fc.assert(
      fc.property(fc.oneof(near, fc.string({ unit: 'binary' })), (text) => {
        const bytes = parseBase64url(text)
        if (bytes) expect(encodeBase64url(bytes)).toBe(text)
      }),
      { numRuns: 2000 },
    )
  })

  it.each([
    ['padding', 'Zg=='],
    ['one sign of padding', 'Zm8='],
    ['the standard alphabet', '+/8'],
    ['a length no bytes have', 'A'],
    ['a length no bytes have, longer', 'AAAAA'],
    ['unused bits set', 'Zh'],
    ['unused bits set, of two bytes', 'Zm9'],
    ['a space', 'Zm 9v'],
    ['white space at the end', 'Zm9v\n'],
    ['white space alone', ' '],
    ['a NUL', 'Zm9v\0'],
    ['a dot', 'Zm9v.'],
    ['a letter of another alphabet', 'Zm9vа'],
    ['a full-width letter', 'Ｚm9v'],
    ['a lone surrogate', 'Zm9\ud800'],
  ])('refuses %s', (_, text) => {
    expect(parseBase64url(text)).toBeNull()
  })

  it('accepts of 64 last characters those whose unused bits are zero', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const accepted = (before: string) => [...alphabet].filter((last) => parseBase64url(before + last))
    expect(accepted('A').join('')).toBe('AQgw')
    expect(accepted('AA').join('')).toBe('AEIMQUYcgkosw048')
    expect(accepted('AAA')).toHaveLength(64)
  })
})
