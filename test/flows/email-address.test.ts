import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deliveryAddress, parseEmailAddress } from '../../src/identity/email-address'

const canonical = (text: string) => parseEmailAddress(text)?.canonical ?? null

describe('REG-05: the canonical form', () => {
  it.each([
    ['as it is', 'ada@example.com', 'ada@example.com'],
    ['case of the domain', 'ada@EXAMPLE.com', 'ada@example.com'],
    ['case of the local part', 'Ada.Lovelace@example.com', 'ada.lovelace@example.com'],
    ['a final dot of the domain', 'ada@example.com.', 'ada@example.com'],
    ['an ideographic full stop', 'ada@example\u3002com', 'ada@example.com'],
    ['a full-width domain', 'ada@\uff45\uff58\uff41\uff4d\uff50\uff4c\uff45.com', 'ada@example.com'],
    ['a full-width local part', '\uff41\uff44\uff41@example.com', 'ada@example.com'],
    ['an IDN', 'ada@bücher.example', 'ada@xn--bcher-kva.example'],
    ['an IDN in capitals', 'ada@BÜCHER.example', 'ada@xn--bcher-kva.example'],
    ['an IDN, decomposed', 'ada@bu\u0308cher.example', 'ada@xn--bcher-kva.example'],
    ['an IDN as punycode', 'ada@xn--bcher-kva.example', 'ada@xn--bcher-kva.example'],
    ['an accent, decomposed', 'jose\u0301@example.com', 'jos\u00e9@example.com'],
    ['a ligature', 'o\ufb03ce@example.com', 'office@example.com'],
    ['the Kelvin sign', '\u212aelvin@example.com', 'kelvin@example.com'],
    ['dots, which are kept', 'a.d.a@example.com', 'a.d.a@example.com'],
    ['a tag, which is kept', 'ada+lists@example.com', 'ada+lists@example.com'],
    ['dots in a row', 'foo..bar@docomo.ne.jp', 'foo..bar@docomo.ne.jp'],
    ['dots at the ends', '.foo.@docomo.ne.jp', '.foo.@docomo.ne.jp'],
    ['every character of a dot-atom', "!#$%&'*+/=?^_`{|}~-@example.com", "!#$%&'*+/=?^_`{|}~-@example.com"],
  ])('%s', (_, text, expected) => {
    expect(canonical(text)).toBe(expected)
  })

  it('INC-14: letters that only look alike, or fold alike elsewhere, are others', () => {
    const forms = [
      'mike@example.com',
      'm\u0131ke@example.com',
      'mi\u043ae@example.com',
      'm\u00edke@example.com',
    ]
    expect(new Set(forms.map(canonical)).size).toBe(forms.length)
    expect(forms.every((form) => canonical(form) !== null)).toBe(true)
    expect(canonical('stra\u00dfe@example.com')).not.toBe(canonical('strasse@example.com'))
    expect(canonical('ada@m\u0131ke.example')).not.toBe(canonical('ada@mike.example'))
  })

  it.each([
    ['Σ, σ and ς', ['ΑΣ', 'ασ', 'ας', 'Ασ']],
    ['the lunate sigma, whose small form is compatible with ς', ['\u03f9x', '\u03f2x', 'Σx', 'σx']],
  ])('REG-05: a sigma is one letter, wherever it stands: %s', (_, forms) => {
    expect(new Set(forms.map((form) => canonical(`${form}@example.com`))).size).toBe(1)
  })

  it.each([
    ['blanks', ' \t\r\n\f\v'],
    ['blanks of other scripts and widths', '\u00a0\u1680\u2000\u200a\u2028\u2029\u202f\u205f\u3000\u0085'],
    ['zero-width characters', '\u200b\u200c\u200d\u2060\u180e\ufeff'],
    ['marks of direction, as address books copy them', '\u200e\u202a\u202c\u2068\u2069'],
  ])('%s around an address are not part of it', (_, blanks) => {
    const ada = { address: 'Ada@example.com', canonical: 'ada@example.com' }
    for (const text of [
      `Ada@example.com${blanks}`,
      `${blanks}Ada@example.com`,
      `${blanks}Ada@example.com${blanks}`,
    ]) {
      expect(parseEmailAddress(text)).toEqual(ada)
    }
    for (const blank of blanks) expect(parseEmailAddress(`${blank}Ada@example.com${blank}`)).toEqual(ada)
  })

  it.each([
    ['the local part as its owner writes it', 'Ada.Lovelace@EXAMPLE.com.', 'Ada.Lovelace@example.com', null],
    ['an IDN as typed', 'user@münchen.de', 'user@münchen.de', 'user@xn--mnchen-3ya.de'],
    [
      'an IDN in capitals, decomposed',
      'user@MU\u0308NCHEN。de.',
      'user@münchen.de',
      'user@xn--mnchen-3ya.de',
    ],
    ['a sharp s', 'user@straße.example', 'user@straße.example', 'user@xn--strae-oqa.example'],
    ['a domain of one sigma', 'ada@ΑΣ.example', 'ada@ασ.example', 'ada@xn--mxa0b.example'],
    ['a letter that would be shown as another domain', 'ada@a\u03f2.example', 'ada@xn--a-0mb.example', null],
    ['a domain without what cannot be seen', 'ada@bü\ufe0fcher.example', 'ada@xn--bcher-kva.example', null],
    ['an IDN as punycode', 'user@xn--mnchen-3ya.de', 'user@xn--mnchen-3ya.de', null],
    ['an IDN of another script', 'ユーザー@例え.jp', 'ユーザー@例え.jp', 'ユーザー@xn--r8jz45g.jp'],
    ['a full-width domain', 'ada@ＥＸＡＭＰＬＥ．com', 'ada@example.com', null],
  ])('shows %s, and mail goes to the domain as DNS has it', (_, typed, shown, mailed) => {
    expect(parseEmailAddress(typed)?.address).toBe(shown)
    expect(deliveryAddress(shown)).toBe(mailed ?? shown)
  })
})

describe('REG-05: what is no address', () => {
  it.each([
    ['nothing', ''],
    ['no at', 'ada.example.com'],
    ['no local part', '@example.com'],
    ['no domain', 'ada@'],
    ['one label', 'ada@localhost'],
    ['two ats', 'ada@lovelace@example.com'],
    ['a quoted local part', '"ada lovelace"@example.com'],
    ['a comment', 'ada(countess)@example.com'],
    ['a display name', 'Ada <ada@example.com>'],
    ['two addresses', 'ada@example.com,eve@example.com'],
    ['an address literal', 'ada@[192.0.2.1]'],
    ['an IPv6 literal', 'ada@[IPv6:2001:db8::1]'],
    ['an IP address', 'ada@192.0.2.1'],
    ['an IP address as one number', 'ada@3221225985'],
    ['an IP address in hexadecimal', 'ada@0xc0.0x00.0x02.0x01'],
    ['a port', 'ada@example.com:25'],
    ['a path', 'ada@example.com/x'],
    ['a query', 'ada@example.com?x'],
    ['a fragment', 'ada@example.com#x'],
    ['a percent in the domain', 'ada@ex%61mple.com'],
    ['a user in the domain', 'ada@eve:x@example.com'],
    ['a backslash', 'ada\\@example.com'],
    ['two dots in the domain', 'ada@example..com'],
    ['two final dots', 'ada@example.com..'],
    ['a leading hyphen in the domain', 'ada@-example.com'],
    ['an underscore in the domain', 'ada@ex_ample.com'],
    ['a space inside', 'a da@example.com'],
    ['a space before the at', 'ada @example.com'],
    ['a space after the at', 'ada@ example.com'],
    ['only blanks', ' \u3000\t'],
    ['only blanks before the at', ' \u200b@example.com'],
    ['a no-break space', 'a\u00a0da@example.com'],
    ['a NUL', 'ada\0@example.com'],
    ['a line break and a header', 'ada@example.com\r\nBcc: eve@example.com'],
    ['a line break in the local part', 'ada\n@example.com'],
    ['a zero-width space', 'a\u200bda@example.com'],
    ['a zero-width joiner', 'a\u200dda@example.com'],
    ['a soft hyphen in the domain', 'ada@exam\u00adple.com'],
    ['a right-to-left override', 'a\u202eda@example.com'],
    ['a variation selector', 'ada\ufe0f@example.com'],
    ['a combining grapheme joiner', 'a\u034fda@example.com'],
    ['a Hangul filler, which is a letter', 'a\u3164da@example.com'],
    ['a half-width Hangul filler, which folds into one', 'a\uffa0da@example.com'],
    ['a lone surrogate', '\ud800ada@example.com'],
    ['an emoji', '🦉@example.com'],
    ['a full-width at', 'ada\uff20example.com'],
    ['a full-width at that folds into a second one', 'ada\uff20eve@example.com'],
    ['a character that folds into a comma', 'ada\uff0ceve@example.com'],
    ['a character that folds into two dots', 'ada\u2025b@example.com'],
    ['a character that folds into a slash and letters', 'ada@\u2100.example'],
    ['a local part of 65 bytes', `${'a'.repeat(65)}@example.com`],
    ['a local part of 33 characters of two bytes', `${'é'.repeat(33)}@example.com`],
    ['a label of 64', `ada@${'a'.repeat(64)}.example`],
    ['255 bytes', `ada@${'abcdefghi.'.repeat(24)}abcdefg.com`],
  ])('%s', (_, text) => {
    expect(parseEmailAddress(text)).toBeNull()
  })

  it('lengths at the limit are accepted', () => {
    expect(canonical(`${'a'.repeat(64)}@example.com`)).not.toBeNull()
    expect(canonical(`ada@${'a'.repeat(63)}.example`)).not.toBeNull()
    const longest = `ada@${'abcdefghi.'.repeat(24)}abcdef.com`
    expect(longest).toHaveLength(254)
    expect(canonical(longest)).toBe(longest)
  })
})

describe('REG-05, INC-14: properties', () => {
  const unit = fc.oneof(
    fc.constantFrom(...'aAiIkKsSßıİſKﬁé\u0301ΣσςǅⅣ.+-'),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
  )
  const local = fc.array(unit, { minLength: 1, maxLength: 8 }).map((units) => units.join(''))
  const domain = fc.constantFrom(
    'example.com',
    'EXAMPLE.com.',
    'bücher.example',
    'ﬁnance。example',
    'straße.example',
  )
  const text = fc.tuple(local, domain).map(([left, right]) => `${left}@${right}`)

  it('the canonical form of a canonical form is itself', () => {
    fc.assert(
      fc.property(fc.oneof(text, fc.emailAddress()), (input) => {
        const once = canonical(input)
        if (once !== null) expect(canonical(once)).toBe(once)
      }),
      { numRuns: 2000 },
    )
  })

  it('mail to an address goes to the account of that address', () => {
    fc.assert(
      fc.property(fc.oneof(text, fc.emailAddress()), (input) => {
        const parsed = parseEmailAddress(input)
        if (parsed === null) return
        expect(parseEmailAddress(parsed.address)).toEqual(parsed)
        const mailed = deliveryAddress(parsed.address)
        expect(parseEmailAddress(mailed)?.canonical).toBe(parsed.canonical)
        expect(mailed).toMatch(/@[a-z0-9.-]+$/)
      }),
      { numRuns: 2000 },
    )
  })

  it('spellings that differ in case or in composition are one account', () => {
    fc.assert(
      fc.property(text, (input) => {
        const one = canonical(input)
        if (one === null) return
        expect(canonical(input.toLowerCase())).toBe(one)
        expect(canonical(input.normalize('NFD'))).toBe(one)
        expect(canonical(input.normalize('NFKC'))).toBe(one)
      }),
      { numRuns: 2000 },
    )
  })

  it('what `<input type="email">` takes is taken, if its domain can be one on the Internet', () => {
    // HTML §4.10.5.1.5, with two labels or more, the last of letters.
    const label = '[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,9}[a-zA-Z0-9])?'
    const html = new RegExp(`^[a-zA-Z0-9.!#$%&'*+/=?^_\`{|}~-]{1,64}@(?:${label}\\.){1,3}[a-zA-Z]{2,10}$`)
    fc.assert(
      fc.property(fc.stringMatching(html), (input) => {
        // A label that looks like punycode and is none belongs to no domain.
        fc.pre(!/@(?:.*\.)?..--/.test(input))
        expect(parseEmailAddress(input)?.address.toLowerCase()).toBe(input.toLowerCase())
      }),
      { numRuns: 2000 },
    )
  })

  it('no text, however made, is answered with an exception', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (left, right) => {
        const parsed = parseEmailAddress(`${left}@${right}`)
        if (parsed) expect(parsed.canonical).toMatch(/^[^@\s]+@[a-z0-9.-]+$/)
      }),
    )
  })
})
