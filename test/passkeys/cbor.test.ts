import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeCbor, decodeCborMap } from '../../src/passkeys/cbor'
import { encodeCbor } from '../support/authenticator'

const hex = (text: string) => Uint8Array.fromHex(text.replaceAll(' ', ''))

describe('WAN-04: the CBOR that authenticators send', () => {
  // Examples of RFC 8949 Appendix A.
  it.each([
    ['00', 0],
    ['17', 23],
    ['1818', 24],
    ['1903e8', 1000],
    ['1a000f4240', 1_000_000],
    ['1affffffff', 2 ** 32 - 1],
    ['20', -1],
    ['390100', -257],
    ['f4', false],
    ['f5', true],
    ['f6', null],
    ['40', new Uint8Array()],
    ['4401020304', Uint8Array.of(1, 2, 3, 4)],
    ['6161', 'a'],
    ['62c3bc', 'ü'],
    ['8301820203820405', [1, [2, 3], [4, 5]]],
    [
      'a201020304',
      new Map([
        [1, 2],
        [3, 4],
      ]),
    ],
    [
      'a26161016162820203',
      new Map<string, unknown>([
        ['a', 1],
        ['b', [2, 3]],
      ]),
    ],
  ])('decodes %s', (text, value) => {
    expect(decodeCbor(hex(text))).toEqual({ value, end: text.length / 2 })
  })

  it.each([
    ['nothing at all', ''],
    ['a number that is longer than it needs to be', '1817'],
    ['the same in two bytes', '190017'],
    ['the same in four', '1a00000017'],
    ['a length that is longer than it needs to be', '580100'],
    ['an integer of eight bytes', '1b0000000100000000'],
    ['a length that is not given', '5f4101ff'],
    ['a map whose length is not given', 'bf0102ff'],
    ['bytes that end early', '4401'],
    ['text that ends early', '6261'],
    ['text that is not UTF-8', '61ff'],
    ['a list that ends early', '8301'],
    ['a map that ends early', 'a101'],
    ['a list of four billion', '9affffffff00'],
    ['a key twice', 'a201020103'],
    ['a key twice, and bytes for one more', 'a2010201030304'],
    ['keys out of order', 'a203040102'],
    ['a negative key in front of a positive one', 'a220020103'],
    ['a longer key in front of a shorter one', 'a2626161016163 02'],
    ['a key that is a list', 'a18001'],
    ['a tag', 'c000'],
    ['a float', 'f93c00'],
    ['undefined', 'f7'],
    ['a simple value in two bytes', 'f814'],
    ['a stop without a start', 'ff'],
    ['an unassigned length', '1c'],
    ['six levels', '818181818180'],
  ])('refuses %s', (_, text) => {
    expect(decodeCbor(hex(text))).toBeNull()
  })

  it('reads a map alone where nothing follows', () => {
    expect(decodeCborMap(hex('a10102'))).toEqual(new Map([[1, 2]]))
    expect(decodeCborMap(hex('a1010200'))).toBeNull()
    expect(decodeCborMap(hex('01'))).toBeNull()
  })

  it('never throws, and what it accepts has one encoding', () => {
    const item = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 2 },
        fc.integer({ min: -(2 ** 32), max: 2 ** 32 - 1 }),
        fc.string(),
        fc.boolean(),
        fc.uint8Array({ maxLength: 40 }),
        fc.array(tie('value'), { maxLength: 3 }),
      ),
    })).value
    const wellFormed = item.map((value) => encodeCbor(value as never))
    const bytes = fc.oneof(fc.uint8Array({ maxLength: 80 }), wellFormed)
    fc.assert(
      fc.property(bytes, (input) => {
        const sent = new Uint8Array(input)
        const decoded = decodeCbor(sent)
        if (decoded) expect(encodeCbor(decoded.value)).toEqual(sent.slice(0, decoded.end))
      }),
      { numRuns: 3000 },
    )
    fc.assert(fc.property(wellFormed, (input) => decodeCbor(new Uint8Array(input))?.end === input.length))
  })
})
