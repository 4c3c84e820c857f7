import type { Visitor } from './visitor.ts'

/** Elements whose own text is cut off, or that lie outside of the page. What is for screen readers alone is meant to be, and a field scrolls. */
const LOST = `[...document.querySelectorAll('body *')].filter((element) => {
    const box = element.getBoundingClientRect()
    if (box.width <= 1 || box.height <= 1 || element.closest('.visually-hidden, svg')) return false
    const { overflowX, overflowY } = getComputedStyle(element)
    const cut = (hides, has, needs) => element.tagName !== 'INPUT' && ['hidden', 'clip'].includes(hides) && needs > has + 1
    return box.right > document.documentElement.clientWidth + 1 || box.left < -1 ||
      cut(overflowX, element.clientWidth, element.scrollWidth) ||
      cut(overflowY, element.clientHeight, element.scrollHeight)
  }).map((element) => element.outerHTML.slice(0, 120))`

const TEXT_SIZES = `[...document.querySelectorAll('body *')]
  .filter((element) => !element.closest('svg') && element.getBoundingClientRect().height > 1 &&
    [...element.childNodes].some(({ nodeType, data }) => nodeType === 3 && data.trim() !== ''))
  .map((element) => parseFloat(getComputedStyle(element).fontSize))`

const CONTROLS = 'a[href], button, input:not([type=hidden]), summary'

/** Says how many things there are to press or to type into that one can see. */
const CONTROL_COUNT = `[...document.querySelectorAll('${CONTROLS}')].filter((element) => element.checkVisibility()).length`

/** Returns the faults at 200 % in a window of 1280 pixels: by the zoom of the browser, which leaves 640, or of the text alone (WCAG 2.2 §1.4.4). */
export async function zoomFaults({ page }: Visitor): Promise<readonly string[]> {
  const size = page.viewportSize()
  const faults: string[] = []
  async function look(how: string, controls: number): Promise<void> {
    const width = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
    if (width > 0) faults.push(`${how}: ${width} pixels too wide`)
    const lost = await page.evaluate<readonly string[]>(LOST)
    faults.push(...lost.map((html) => `${how}: cut off: ${html}`))
    const left = await page.evaluate<number>(CONTROL_COUNT)
    if (left !== controls) faults.push(`${how}: ${left} controls of ${controls}`)
  }
  await page.setViewportSize({ width: 1280, height: 1024 })
  const controls = await page.evaluate<number>(CONTROL_COUNT)
  const sizes = await page.evaluate<readonly number[]>(TEXT_SIZES)
  await page.evaluate("document.documentElement.style.fontSize = '200%'")
  const doubled = await page.evaluate<readonly number[]>(TEXT_SIZES)
  if (sizes.some((pixels, nth) => (doubled[nth] ?? 0) < pixels * 1.99)) faults.push('text that does not grow')
  await look('text at 200 %', controls)
  await page.evaluate("document.documentElement.style.fontSize = ''")
  await page.setViewportSize({ width: 640, height: 512 })
  await look('zoom of 200 %', controls)
  if (size) await page.setViewportSize(size)
  return faults
}

/** Fields and buttons without a border, but for check boxes that the browser itself draws, and what has neither text nor border, only a background, which forced colours take away. */
const UNSEEN = `[...document.querySelectorAll('body *')].filter((element) => {
    const box = element.getBoundingClientRect()
    if (box.width <= 1 || box.height <= 1 || element.closest('.visually-hidden, svg')) return false
    const { appearance, borderTopStyle, borderTopWidth, borderTopColor, backgroundColor, backgroundImage } = getComputedStyle(element)
    if (element.matches('[type=checkbox]') && appearance !== 'none') return false
    const bordered = borderTopStyle !== 'none' && parseFloat(borderTopWidth) > 0 && borderTopColor !== backgroundColor
    if (element.matches('input, button:not(.link, .reveal), a.button')) return !bordered
    return backgroundImage !== 'none' ||
      (element.childNodes.length === 0 && !bordered && element.dataset.paints === 'true')
  }).map((element) => 'no border: ' + element.outerHTML.slice(0, 120))`

/** Notes which elements paint a background, before colours are forced. */
const MARK_PAINTED = `document.querySelectorAll('body *').forEach((element) => {
    element.dataset.paints = String(getComputedStyle(element).backgroundColor !== 'rgba(0, 0, 0, 0)')
  })`

/** Controls that look the same with the focus as without. */
const UNFOCUSED = `[...document.querySelectorAll('${CONTROLS}')].filter((element) => element.checkVisibility()).filter((element) => {
    element.focus({ focusVisible: true })
    const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(element)
    const ringed = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2 && !/, 0\\)$/.test(outlineColor)
    element.blur()
    return !ringed
  }).map((element) => 'no focus: ' + element.outerHTML.slice(0, 120))`

/** Returns the elements that cannot be seen where the system chooses the colours, as Windows does for high contrast. */
export async function forcedColorFaults({ page }: Visitor): Promise<readonly string[]> {
  await page.evaluate(MARK_PAINTED)
  await page.emulateMedia({ forcedColors: 'active' })
  const faults = [
    ...(await page.evaluate<readonly string[]>(UNSEEN)),
    ...(await page.evaluate<readonly string[]>(UNFOCUSED)),
  ]
  await page.emulateMedia({ forcedColors: 'none' })
  return faults
}
