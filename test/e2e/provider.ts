import type { Page } from 'playwright-core'

/** Says at the provider of test/stores/issuer.ts who one is, and agrees where that is asked. Waits for where that leads. */
export async function agreeAtProvider(page: Page, login: string, to: string): Promise<void> {
  const isThere = (url: URL) => url.pathname.startsWith('/interaction/') || url.href === to
  for (const _ of ['who it is', 'that they agree']) {
    await page.waitForURL(isThere)
    if (!page.url().includes('/interaction/')) break
    if ((await page.locator('[name=login]').count()) > 0) {
      await page.locator('[name=login]').fill(login)
      await page.locator('[name=password]').fill('any')
    }
    const asked = page.url()
    await page.locator('button[type=submit]').click()
    await page.waitForURL((url) => url.href !== asked)
  }
  await page.waitForURL(to)
}
