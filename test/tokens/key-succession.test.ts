import { describe, expect, it } from 'vitest'
import {
  KEY_SET_MAX_AGE_SECONDS,
  PUBLISHED_BEFORE_SECONDS,
  publishedKeysAt,
  signingKeysAt,
} from '../../src/keys/key-succession'
import type { StoredSigningKey } from '../../src/keys/signing-key-store'

const LIFETIME_SECONDS = 900

/** Keys by the instants from which they sign, oldest first, each with that instant as its id. */
function keysFrom(...instants: readonly number[]): readonly StoredSigningKey[] {
  return instants.map((signsFrom, index) => ({
    kid: String(signsFrom),
    alg: 'ES256',
    generation: index + 1,
    signsFrom,
    publicJwk: {},
    privateKey: '',
    encryptedWith: '',
    rotationRequested: false,
  }))
}

function ids(keys: readonly StoredSigningKey[]): readonly string[] {
  return keys.map(({ kid }) => kid)
}

describe('KEY-02: the keys that sign at an instant, the last of them first choice', () => {
  it.each([
    ['none of none', [], 0, []],
    ['none before the first begins', [1000], 999, []],
    ['the first from its first second', [1000], 1000, ['1000']],
    ['an only key for ever', [1000], 10 ** 12, ['1000']],
    ['not one that is to come', [1000, 5000], 4999, ['1000']],
    ['its successor from its first second, and it beside', [1000, 5000], 5000, ['1000', '5000']],
    ['both for as long as an isolate may not know', [1000, 5000], 5299, ['1000', '5000']],
    ['the successor alone after that', [1000, 5000], 5300, ['5000']],
    ['the last two of three in quick succession', [1000, 5000, 5100], 5399, ['5000', '5100']],
    ['all of three begun within that time', [1000, 5000, 5100], 5299, ['1000', '5000', '5100']],
    ['the last of three', [1000, 5000, 5100], 5400, ['5100']],
    ['of two that begin at once, both', [1000, 1000], 1299, ['1000', '1000']],
    ['of two that begin at once, the last', [1000, 1000], 1300, ['1000']],
    ['the first for ever beside one that never begins', [1000, 10 ** 10], 10 ** 9, ['1000']],
  ])('are %s', (_, instants, now, expected) => {
    expect(ids(signingKeysAt(keysFrom(...instants), now))).toEqual(expected)
  })

  it('are the same records, generation and all', () => {
    const keys = keysFrom(1000, 5000)
    expect(signingKeysAt(keys, 6000)[0]).toBe(keys[1])
  })
})

describe('KEY-02: the keys that are published at an instant', () => {
  it.each([
    ['none of none', [], 0, []],
    ['one to come: that it may be known before it signs', [1000], 0, ['1000']],
    ['an only key for ever', [1000], 10 ** 12, ['1000']],
    ['one that signs and one to come', [1000, 5000], 4340, ['1000', '5000']],
    ['an old one until its last token has ended', [1000, 5000], 6199, ['1000', '5000']],
    ['an old one no longer after that', [1000, 5000], 6200, ['5000']],
    ['three', [1000, 5000, 6000], 6199, ['1000', '5000', '6000']],
    ['the last two of three', [1000, 5000, 6000], 6200, ['5000', '6000']],
    ['the last two of three, until', [1000, 5000, 6000], 7199, ['5000', '6000']],
    ['the last of three', [1000, 5000, 6000], 7200, ['6000']],
  ])('are %s', (_, instants, now, expected) => {
    expect(ids(publishedKeysAt(keysFrom(...instants), now, LIFETIME_SECONDS))).toEqual(expected)
  })

  it.each([30, 900, 3600])('with tokens of %i seconds include an old one as long as those', (lifetime) => {
    const keys = keysFrom(1000, 5000)
    expect(ids(publishedKeysAt(keys, 5300 + lifetime - 1, lifetime))).toEqual(['1000', '5000'])
    expect(ids(publishedKeysAt(keys, 5300 + lifetime, lifetime))).toEqual(['5000'])
  })
})

describe('KEY-02: a key that signs', () => {
  const keys = keysFrom(1000, 5000, 5050, 9000)

  it('is published, and for the life of what it signs afterwards', () => {
    for (let now = 0; now < 12_000; now += 10) {
      for (const { kid } of signingKeysAt(keys, now)) {
        for (const later of [now, now + LIFETIME_SECONDS - 1]) {
          expect(ids(publishedKeysAt(keys, later, LIFETIME_SECONDS)), `${kid} at ${later}`).toContain(kid)
        }
      }
    }
  })

  it('is there at any time from the first on', () => {
    for (let now = 1000; now < 12_000; now += 10) expect(signingKeysAt(keys, now)).not.toEqual([])
  })

  it('has been published for longer than two caches keep the key set, one behind the other', () => {
    expect(KEY_SET_MAX_AGE_SECONDS).toBe(300)
    expect(PUBLISHED_BEFORE_SECONDS).toBe(2 * 300 + 60)
  })
})
