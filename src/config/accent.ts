import { type Fault, fault } from './fault'

/** The accent of the pages. Each of the two can be read on the pages, and `#ffffff` or `#000000` on it. */
export interface Accent {
  readonly light: string
  readonly dark: string
}

/** The ground of the pages on which an accent has the least contrast, as `assets/janus.css` has it. */
export const GROUNDS: Accent = { light: '#f6f5f1', dark: '#1c1e1d' }

/** WCAG 2.2 §1.4.3, level AA, because links are written in the accent. */
const LEAST_CONTRAST = 4.5

/** Returns one colour, or one for light and one for dark pages, or `null` for "none". */
export function parseAccent(text: string): Accent | null | Fault {
  if (text === 'none') return null
  const [light = '', dark, ...others] = text.toLowerCase().split(' ')
  if (others.length > 0 || !isColour(light) || (dark !== undefined && !isColour(dark)))
    return fault('must be "none", or a colour as #rrggbb, or two of them: for light and for dark pages')
  const faults = [
    contrastFault(light, GROUNDS.light, 'light', 'darker'),
    dark === undefined ? null : contrastFault(dark, GROUNDS.dark, 'dark', 'lighter'),
  ].filter((each) => each !== null)
  return faults.length > 0 ? fault(faults.join('; ')) : { light, dark: dark ?? lightened(light) }
}

function isColour(text: string): boolean {
  return /^#[0-9a-f]{6}$/.test(text)
}

function contrastFault(colour: string, ground: string, pages: string, advice: string): string | null {
  const found = contrast(colour, ground)
  // guard: an accent can be read on light and on dark pages
  return found >= LEAST_CONTRAST
    ? null
    : `has a contrast of ${(Math.floor(found * 10) / 10).toFixed(1)}:1 on ${pages} pages (${ground}), and WCAG AA asks for ${LEAST_CONTRAST}:1: take a ${advice} one`
}

/** Returns the colour with as much white as dark pages take. */
function lightened(colour: string): string {
  const shares = Array.from({ length: 21 }, (_, step) => step / 20)
  const mixes = shares.map((share) => mixWithWhite(colour, share))
  return mixes.find((mix) => contrast(mix, GROUNDS.dark) >= LEAST_CONTRAST) ?? '#ffffff'
}

function mixWithWhite(colour: string, share: number): string {
  const mixed = channels(colour).map((value) => Math.round(value + (255 - value) * share))
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`
}

/** Returns the contrast of two colours, from 1 to 21 (WCAG 2.2, "contrast ratio"). */
export function contrast(one: string, other: string): number {
  const [high = 0, low = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a)
  return (high + 0.05) / (low + 0.05)
}

/** Returns the "relative luminance" of WCAG 2.2. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = channels(colour).map((value) => {
    const share = value / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function channels(colour: string): readonly number[] {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16))
}
