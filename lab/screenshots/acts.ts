import type { Page } from 'playwright-core'
import { agreeAtProvider } from '../../test/e2e/provider.ts'
import type { Visitor } from '../../test/e2e/visitor.ts'
import { loadBundled } from '../../tools/load-bundled.ts'
import { KNOWN_TO_PROVIDER } from './people.ts'

const { beginTotp, confirmTotp } = loadBundled<typeof import('../../test/e2e/app.ts')>('test/e2e/app.ts')

/** Fills a form in and sends it. */
export async function submit(
  page: Page,
  fields: Readonly<Record<string, string>>,
  form = 'main form',
): Promise<void> {
  for (const [name, text] of Object.entries(fields)) await page.locator(`${form} [name=${name}]`).fill(text)
  await Promise.all([page.waitForEvent('load'), page.locator(`${form} .primary`).click()])
}

/** Allows an app whose site does not answer, so that the page that leads there is seen. */
export async function allowApp(page: Page): Promise<void> {
  await page.route('https://notes.example/**', (route) => route.abort('aborted'))
  await submit(page, {})
}

/** Makes an API key, whose secret is shown once. */
export async function makeApiKey(page: Page): Promise<void> {
  await page.locator('main [name=scope]').first().check()
  await submit(page, { name: 'Nightly backup' })
}

/** Comes from a provider with the address of an account that is not connected. */
export async function comeFromProvider(page: Page): Promise<void> {
  const origin = originOf(page)
  await page.locator('form[action*="/social/"] button').click()
  await agreeAtProvider(page, KNOWN_TO_PROVIDER.login, `${origin}/login/connect`)
}

export function originOf(page: Page): string {
  return new URL(page.url()).origin
}

/** Returns the part of a visitor that the browser tests of second factors use. */
function visitorOf(page: Page) {
  return { page, go: (path: string) => page.goto(`${originOf(page)}${path}`) } as Visitor
}

/** Begins to set up an authenticator app, so that its QR code is seen. */
export async function setUpTotp(page: Page): Promise<void> {
  await beginTotp(visitorOf(page))
}

/** Makes recovery codes: the first time with an authenticator app, and then new ones. */
export async function showRecoveryCodes(page: Page): Promise<void> {
  const again = page.locator('form[action$="/me/recovery-codes"]')
  if ((await again.count()) === 0) {
    await confirmTotp(visitorOf(page), await beginTotp(visitorOf(page)))
    return
  }
  await unfoldAll(page)
  await Promise.all([page.waitForEvent('load'), again.locator('button').click()])
}

/** Opens all that is folded up. */
export async function unfoldAll(page: Page): Promise<void> {
  for (const summary of await page.locator('summary').all()) await summary.click()
}
