import { describe, expect, it } from 'vitest'
import { checkVisibleText } from '../../src/identity/visible-text'

describe('a text that people are shown', () => {
  it.each([
    ['nothing', ''],
    ['blanks, which are no name', ' \u00a0\u3000'],
    ['a name', 'Ada Lovelace'],
    ['an apostrophe, a hyphen, a dot', "Conan O'Brien-Smith Jr."],
    ['marks that are composed', 'Zo\u0065\u0308'],
    ['Arabic', 'أحمد'],
    ['Hebrew with points', 'שָׁלוֹם'],
    ['Persian, with a non-joiner inside a word', 'می\u200cخواهم'],
    ['Malayalam, with a joiner after the last mark', 'അവന\u0d4d\u200d'],
    ['Malayalam, with a joiner before a blank', 'അവന\u0d4d\u200d വന്നു'],
    ['Sinhala, with a joiner inside', 'ශ\u0dca\u200dර\u0dd3'],
    ['Devanagari, with a non-joiner', 'क\u094d\u200cष'],
    ['Japanese, with a variant of a character', '葛\u{e0100}城'],
    ['Mongolian, with a variant of a letter', '\u1820\u180b\u1820'],
    ['an emoji of several', '👩\u200d🚀'],
    ['a family', '👨\u200d👩\u200d👧\u200d👦'],
    ['an emoji of several with a color of skin', '👩🏽\u200d🚀'],
    ['a heart on fire', '❤\ufe0f\u200d🔥'],
    ['a rainbow flag', '🏳\ufe0f\u200d🌈'],
    ['the flag of Scotland', '🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}'],
    ['a keycap', '1\ufe0f\u20e3'],
    ['symbols alone', '☺'],
    ['an Arabic number sign, which is a format character, and visible', '\u0600١'],
  ])('may be %s', (_, text) => {
    expect(checkVisibleText(text)).toBeNull()
  })

  it.each([
    ['a line break', 'Ada\nLovelace', 'control-character'],
    ['a NUL', 'Ada\0', 'control-character'],
    ['a next line', 'Ada\u0085', 'control-character'],
    ['a line separator', 'Ada\u2028', 'control-character'],
    ['a paragraph separator', '\u2029Ada', 'control-character'],
    ['a lone surrogate', 'Ada\ud800', 'control-character'],
    ['an annotation', 'Ada\ufff9Eve\ufffb', 'control-character'],
    ['an override', 'Ada \u202eecalevol', 'direction-control'],
    ['an embedding', '\u202aAda\u202c', 'direction-control'],
    ['an isolate', '\u2067Ada\u2069', 'direction-control'],
    ['a mark of direction', 'Ada\u200f', 'direction-control'],
    ['an Arabic letter mark', 'Ada\u061c', 'direction-control'],
    ['two zero-width spaces', '\u200b\u200b', 'invisible-character'],
    ['a zero-width space in a name', 'A\u200bda', 'invisible-character'],
    ['a word joiner', 'A\u2060da', 'invisible-character'],
    ['a byte order mark', '\ufeffAda', 'invisible-character'],
    ['a soft hyphen', 'A\u00adda', 'invisible-character'],
    ['a joiner alone', '\u200d', 'invisible-character'],
    ['a joiner at the beginning', '\u200dAda', 'invisible-character'],
    ['a joiner at the end of a word', 'Ada\u200d', 'invisible-character'],
    ['two joiners', 'می\u200c\u200cخواهم', 'invisible-character'],
    ['a joiner between a blank and a letter', 'Ada \u200dLovelace', 'invisible-character'],
    ['a joiner after an emoji', '👩\u200d', 'invisible-character'],
    ['a variant of nothing', '\ufe0f', 'invisible-character'],
    ['a variant of a blank', 'Ada \ufe0f', 'invisible-character'],
    ['two variants', '☺\ufe0f\ufe0f', 'invisible-character'],
    ['tags of no flag', 'Ada\u{e0041}\u{e007f}', 'invisible-character'],
    ['a flag of tags without end', '🏴\u{e0067}', 'invisible-character'],
    ['a Hangul filler', '\u3164', 'invisible-character'],
    ['a half-width Hangul filler', 'Ada\uffa0', 'invisible-character'],
    ['a combining grapheme joiner', 'Ada\u034f', 'invisible-character'],
    ['a Mongolian vowel separator', 'Ada\u180e', 'invisible-character'],
    ['Braille without a dot', '\u2800 \u2800', 'invisible-character'],
    ['a mark on nothing', '\u0301', 'invisible-character'],
  ])('is refused with %s', (_, text, fault) => {
    expect(checkVisibleText(text)).toBe(fault)
  })
})
