import { describe, expect, it } from 'vitest'
import { contrast, GROUNDS, parseAccent } from '../../src/config/accent'
import { Fault } from '../../src/config/fault'
import { ASSET_FILES } from '../../src/pages/asset-files'

const CSS = ASSET_FILES.get('janus.css')?.text ?? ''

it.each([
  ['#000000', '#ffffff', 21],
  ['#767676', '#ffffff', 4.54],
  ['#0b6659', '#0b6659', 1],
])('the contrast of %s and %s is %d', (one, other, ratio) => {
  expect(contrast(one, other)).toBeCloseTo(ratio, 2)
  expect(contrast(other, one)).toBeCloseTo(ratio, 2)
})

it('knows the grounds of the pages', () => {
  const [light = '', dark = ''] = CSS.split('prefers-color-scheme:dark', 2)
  const grounds = (css: string) =>
    [...css.matchAll(/--janus-(?:background|surface):\s*(#[0-9a-f]{3,6})/g)].map(([, colour = '']) =>
      colour.length === 4 ? colour.replace(/[0-9a-f]/g, '$&$&') : colour,
    )
  expect(grounds(light)).toHaveLength(2)
  expect(grounds(dark)).toHaveLength(2)
  // The one with the least contrast to what is darker, and to what is lighter.
  const worst = (colours: readonly string[], against: string) =>
    colours.toSorted((a, b) => contrast(a, against) - contrast(b, against))[0]
  expect(worst(grounds(light), '#000000')).toBe(GROUNDS.light)
  expect(worst(grounds(dark), '#ffffff')).toBe(GROUNDS.dark)
})

describe('BRAND_ACCENT', () => {
  it.each([
    ['none', null],
    ['#0B6659 #6dcdb9', { light: '#0b6659', dark: '#6dcdb9' }],
    // One colour is lightened until it can be read on dark pages.
    ['#1d4ed8', { light: '#1d4ed8', dark: '#6183e4' }],
    ['#000000', { light: '#000000', dark: '#8c8c8c' }],
  ])('%s: %j', (text, accent) => {
    expect(parseAccent(text)).toEqual(accent)
  })

  it.each(['#1d4ed8', '#000000', '#0b6659', '#a92a1f', '#6b21a8', '#0b6659 #6dcdb9'])(
    '%s can be read on every ground, and white or black on it',
    (text) => {
      const accent = parseAccent(text)
      if (accent === null || accent instanceof Fault) throw new Error(text)
      for (const [colour, ground] of [
        [accent.light, GROUNDS.light],
        [accent.light, '#ffffff'],
        [accent.dark, GROUNDS.dark],
        [accent.dark, '#000000'],
      ] as const) {
        expect(contrast(colour, ground), `${colour} on ${ground}`).toBeGreaterThanOrEqual(4.5)
      }
    },
  )

  it.each([
    ['#22c55e', ['light', '2.0:1', 'darker']],
    ['#0b6659 #0b6659', ['dark', '2.', 'lighter']],
    ['#22c55e #0b6659', ['light', 'dark']],
  ])('%s is refused: it cannot be read', (text, words) => {
    const fault = parseAccent(text)
    expect(fault).toBeInstanceOf(Fault)
    for (const word of words) expect((fault as Fault).message).toContain(word)
    for (const colour of text.split(' ')) expect((fault as Fault).message).not.toContain(colour)
  })

  it.each(['', 'red', '#fff', '#0b6659ff', '#0b6659  #6dcdb9', '#0b6659;}', '#0b6659 #6dcdb9 #000000'])(
    'HTM-01: %j is refused: it stands in a style sheet',
    (text) => {
      expect(parseAccent(text)).toBeInstanceOf(Fault)
    },
  )
})
