import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import { describe, expect } from 'vitest'
import { beginTotp, confirmTotp, otherCode } from './app.ts'
import { AUTHORIZE } from './authorize-paths.ts'
import { forcedColorFaults, zoomFaults } from './legibility.ts'
import { enterDeviceCode, showConnectedApps } from './oauth-app.ts'
import { CONSENT_PAGES, OPEN_PAGES, SIGNED_IN_PAGES } from './pages.ts'
import { forgetPassword, newPerson, verifyAddress } from './person.ts'
import { it } from './stage.ts'
import type { Visitor } from './visitor.ts'

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

interface AxeOptions {
  readonly rules?: Readonly<Record<string, { readonly enabled: boolean }>>
  readonly runOnly?: readonly string[]
}

/** Returns the faults that axe-core finds on the page, by rule and element. */
async function violations({ page }: Visitor, options: AxeOptions = {}): Promise<readonly string[]> {
  const settings = JSON.stringify({ ...options, resultTypes: ['violations'], preload: false })
  const { violations: found } = await page.evaluate<AxeResults>(`axe.run(${settings})`)
  return found.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))
}

/** In light, and the colours again in dark. */
async function violationsInBoth(visitor: Visitor): Promise<readonly string[]> {
  const light = await violations(visitor)
  await visitor.page.emulateMedia({ colorScheme: 'dark' })
  const dark = await violations(visitor, { runOnly: ['color-contrast'] })
  await visitor.page.emulateMedia({ colorScheme: 'light' })
  return [...light, ...dark.map((fault) => `dark: ${fault}`)]
}

/** Returns the colours of both schemes, and those that a system forces. */
async function everythingSeen(visitor: Visitor): Promise<readonly string[]> {
  return [...(await violationsInBoth(visitor)), ...(await forcedColorFaults(visitor))]
}

/** Returns the words, which have no part in the colours. */
function violationsInWords(visitor: Visitor): Promise<readonly string[]> {
  return violations(visitor, { rules: { 'color-contrast': { enabled: false } } })
}

/** Returns elements that do not fit on the narrowest screen. */
async function overflow({ page }: Visitor): Promise<readonly string[]> {
  const size = page.viewportSize()
  await page.setViewportSize({ width: 320, height: 640 })
  const width = await page.evaluate<number>('document.documentElement.scrollWidth')
  if (size) await page.setViewportSize(size)
  return width > 320 ? [`${width} pixels wide`] : []
}

/** Returns targets that are too small for a finger (WCAG 2.2 §2.5.8). Links in sentences are not excepted. */
function smallTargets({ page }: Visitor): Promise<readonly string[]> {
  return page.evaluate<
    readonly string[]
  >(`[...document.querySelectorAll('a[href], button, summary, input, select')]
    .map((element) => ({ element, box: element.getBoundingClientRect() }))
    .filter(({ box }) => box.width > 0 && (box.height < 24 || box.width < 24))
    .map(({ element, box }) => \`target of \${box.width} by \${box.height}: \${element.outerHTML.slice(0, 160)}\`)`)
}

/** Says how an element looks that has the focus, or has not. */
const RING = `({ outlineStyle, outlineWidth, outlineColor, boxShadow }) =>
  [outlineStyle === 'none' ? '' : outlineStyle + outlineWidth + outlineColor, boxShadow].join()`

/** Goes on by Tab until a field or button has the focus, and checks on the way that one can see where one is. */
async function tabTo({ page }: Visitor, name: string): Promise<void> {
  await page.evaluate(
    `globalThis.rings ??= new Map([...document.querySelectorAll('a, button, input, summary')].map((element) =>
      [element, (${RING})(getComputedStyle(element))]))`,
  )
  for (let steps = 0; steps < 20; steps++) {
    await page.keyboard.press('Tab')
    const [found, visible] = await page.evaluate<[string, boolean]>(`{
      const element = document.activeElement
      const name = element.labels?.[0] ?? element
      const ring = (${RING})(getComputedStyle(element))
      ;[(element.ariaLabel ?? name.innerText).trim(), ring !== (rings.get(element) ?? 'none,none')]
    }`)
    expect(visible, `the focus on ${found} is seen`).toBe(true)
    if (found === name) return
  }
  throw new Error(`Tab does not lead to ${name}`)
}

describe('accessibility', () => {
  it.for([
    { language: 'en-GB', look: everythingSeen, paths: OPEN_PAGES },
    // The pages are the same but for the words: a sample.
    { language: 'de-DE', look: violationsInWords, paths: OPEN_PAGES.filter((_, nth) => nth % 4 === 0) },
    { language: 'es-ES', look: violationsInWords, paths: OPEN_PAGES.filter((_, nth) => nth % 4 === 2) },
  ])(
    'axe-core finds nothing, 320 pixels, a zoom of 200 % and forced colours take nothing away, and every target is 24 pixels high, in $language',
    async ({ language, look, paths }, { visit }) => {
      const visitor = await visit({ language })
      await visitor.context.addInitScript({ path: AXE })
      const found: Record<string, readonly string[]> = {}
      async function check(page: string): Promise<void> {
        const faults = [
          ...(await look(visitor)),
          ...(await overflow(visitor)),
          ...(await smallTargets(visitor)),
          ...(await zoomFaults(visitor)),
        ]
        if (faults.length > 0) found[page] = faults
      }
      for (const path of paths) {
        await visitor.go(path)
        expect(await visitor.page.locator('html').getAttribute('lang')).toBe(language.slice(0, 2))
        // What is folded is looked at, too.
        await visitor.page.evaluate(
          "document.querySelectorAll('details').forEach((each) => { each.open = true })",
        )
        await check(path)
      }
      const { email, password } = newPerson()
      const submit = visitor.page.locator('main button.primary')
      async function submitForm(fields: Readonly<Record<string, string>>): Promise<void> {
        for (const [name, text] of Object.entries(fields))
          await visitor.page.locator(`[name=${name}]`).fill(text)
        await Promise.all([visitor.page.waitForEvent('load'), submit.click()])
      }
      await visitor.go('/register')
      for (const given of ['123456789012345', password]) {
        await submitForm({ email, password: given })
        await check(`after registering with ${given}`)
      }
      for (const path of [...SIGNED_IN_PAGES, ...CONSENT_PAGES, await forgetPassword(visitor, email)]) {
        await visitor.go(path)
        for (const summary of await visitor.page.locator('summary').all()) await summary.click()
        await check(path)
      }
      await visitor.go('/device')
      await submitForm({ user_code: 'BCDF-GHJK' })
      await check('a code that no device shows')
      await enterDeviceCode(visitor.page, visitor.url)
      await check('the consent to a device')
      await submitForm({})
      await check('a device that is connected')
      await visitor.go(AUTHORIZE.refused)
      expect(await visitor.page.locator('main a.button').getAttribute('href')).toContain('error=')
      await check('an app that asks for what it cannot have')
      await visitor.go('/account/api-keys')
      await submitForm({ name: 'Backups' })
      await check('an API key that may do nothing')
      await visitor.page.locator('main [name=scope]').first().check()
      await submitForm({ name: 'Backups' })
      await check('a new API key')
      await visitor.go('/account/api-keys')
      await check('the API keys of an account')
      await visitor.go('/account')
      await showConnectedApps(visitor.page, visitor.url)
      await check('the account with connected apps')
      await verifyAddress(visitor, { email })
      const seed = await beginTotp(visitor)
      await check('an authenticator app')
      await submitForm({ code: await otherCode(seed) })
      await check('an authenticator app, after a wrong code')
      expect(await confirmTotp(visitor, seed)).toHaveLength(10)
      await check('recovery codes')
      await visitor.go('/account')
      await check('the account with a second step')
      expect(found).toEqual({})
    },
  )

  it('an accent of the operator can be read, in light and in dark', async ({ visit }) => {
    const visitor = await visit({ service: 'verified' })
    await visitor.context.addInitScript({ path: AXE })
    for (const path of ['/', '/login', '/register', '/mail-sent?for=register', '/docs']) {
      await visitor.go(path)
      expect([path, ...(await violationsInBoth(visitor))]).toEqual([path])
    }
    const colour = () =>
      visitor.page.evaluate<string>("getComputedStyle(document.querySelector('.monogram')).backgroundColor")
    expect(await colour()).toBe('rgb(162, 28, 175)')
    await visitor.page.emulateMedia({ colorScheme: 'dark' })
    expect(await colour()).not.toBe('rgb(162, 28, 175)')
  })

  it.for([{ dark: false }, { dark: true }])(
    'the keyboard is enough, dark: $dark',
    async (options, { visit }) => {
      const visitor = await visit(options)
      const { page } = visitor
      const { email, password } = newPerson()
      async function enter(keys: string, heading: string): Promise<void> {
        await Promise.all([page.waitForEvent('load'), page.keyboard.press(keys)])
        expect(await visitor.heading()).toBe(heading)
      }
      await visitor.go('/')
      await tabTo(visitor, 'Create an account')
      await enter('Enter', 'Create your account')
      expect(await visitor.focused()).toBe('Name (optional)')
      await page.keyboard.type('Ada')
      await tabTo(visitor, 'Email address')
      await page.keyboard.type(email)
      await tabTo(visitor, 'Password')
      await page.keyboard.type(password)
      await tabTo(visitor, 'Show password')
      await page.keyboard.press('Space')
      await tabTo(visitor, 'Create account')
      await enter('Enter', 'Signed in as Ada.')

      await tabTo(visitor, 'Sign out')
      await enter('Space', "You're not signed in.")
      await tabTo(visitor, 'Sign in')
      await enter('Enter', 'Sign in')
      expect(await visitor.focused()).toBe('Email address')
      await page.keyboard.type(email)
      await tabTo(visitor, 'Password')
      await page.keyboard.type('not the password at all')
      await enter('Enter', 'Sign in')
      // The focus is where one goes on.
      await page.keyboard.type(password)
      await enter('Enter', 'Signed in as Ada.')
    },
  )
})
