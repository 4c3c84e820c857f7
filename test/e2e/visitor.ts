import { randomBytes } from 'node:crypto'
import type { Browser, BrowserContext, Page, Request, Response } from 'playwright-core'
import { expect } from 'vitest'
import type { ServiceName } from './stage.ts'

export interface VisitorOptions {
  readonly service?: ServiceName
  readonly javaScript?: boolean
  /** As in `de-DE`. */
  readonly language?: string
  readonly dark?: boolean
  /** Origins besides that of Janus that the test goes to on purpose. */
  readonly abroad?: readonly string[]
}

/** Someone with a browser of their own: no cookies, an address that nobody shares, and an eye on what must never happen. */
export interface Visitor {
  readonly context: BrowserContext
  readonly page: Page
  /** The issuer of the service that is visited. */
  readonly url: string
  /** Lists faults that must never happen. A test removes those that it provoked; any other fails it. */
  readonly faults: string[]
  /** Opens a path under the issuer, or a URL. */
  go(path: string): Promise<Response>
  /** Types into fields, found by their labels. @param region The part of the page they are in, by its title. */
  fill(fields: Readonly<Record<string, string>>, region?: string): Promise<void>
  /** Presses a button that sends a form, and gives the answer to the form; by then the page after it has loaded. */
  press(button: string, region?: string): Promise<Response>
  /** Follows a link of the page. */
  follow(link: string): Promise<void>
  /** Opens what waits behind its name. */
  unfold(name: string): Promise<void>
  /** Says where the browser is, under the issuer. */
  where(): string
  heading(): Promise<string>
  /** Returns the error on the page. */
  alert(): Promise<string>
  /** Returns the status message on the page. */
  notice(): Promise<string>
  /** Returns the hint and the error of a field. */
  description(label: string): Promise<string>
  /** The label of the field that has the focus, or the text of what else has it. */
  focused(): Promise<string>
  leave(): Promise<void>
}

/** As people's browsers say it; one without a window says that it has none. */
const USER_AGENT =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36'

export async function arrive(browser: Browser, url: string, options: VisitorOptions): Promise<Visitor> {
  const { javaScript = true, language = 'en-GB', dark = false, abroad = [] } = options
  const context = await browser.newContext({
    javaScriptEnabled: javaScript,
    locale: language,
    userAgent: USER_AGENT,
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
    // As the edge would. A client makes few attempts a minute, and all of these come from one machine.
    extraHTTPHeaders: { 'CF-Connecting-IP': [10, ...randomBytes(3)].join('.') },
  })
  // As nothing here is timed: on a busy machine a page has taken half a minute.
  context.setDefaultTimeout(90_000)
  const page = await context.newPage()
  const faults: string[] = []
  watch(context, [new URL(url).origin, ...abroad], faults)
  const within = (region: string | undefined) =>
    region === undefined ? page.locator('body') : page.getByRole('region', { name: region, exact: true })

  return {
    context,
    page,
    url,
    faults,

    async go(path) {
      const response = await page.goto(path.startsWith('http') ? path : `${url}${path}`)
      if (response === null) throw new Error(`No answer: ${path}`)
      return response
    },

    async fill(fields, region) {
      for (const [label, text] of Object.entries(fields)) {
        await within(region).getByLabel(label, { exact: true }).fill(text)
      }
    },

    async press(button, region) {
      const [answer] = await Promise.all([
        page.waitForResponse(
          (response) => response.request().isNavigationRequest() && response.request().method() === 'POST',
        ),
        page.waitForEvent('load'),
        within(region).getByRole('button', { name: button, exact: true }).click(),
      ])
      return answer
    },

    async follow(link) {
      const click = page.getByRole('link', { name: link, exact: true }).click()
      await Promise.all([page.waitForEvent('load'), click])
    },

    unfold: (name) => page.locator('summary', { hasText: name }).click(),

    where: () => page.url().replace(url, ''),
    heading: async () => (await page.locator('h1').innerText()).trim(),
    alert: async () => (await page.getByRole('alert').innerText()).trim().replace(/\n+/g, '\n'),

    notice: async () => (await page.locator('.notice').innerText()).trim(),

    description: (label) =>
      page.getByLabel(label, { exact: true }).evaluate((field) =>
        (field.getAttribute('aria-describedby') ?? '')
          .split(' ')
          .map((id: string) => field.ownerDocument.getElementById(id)?.innerText ?? '')
          .join(' '),
      ),

    focused: () =>
      page.locator(':focus').evaluate((element) => {
        const [label] = 'labels' in element ? [...element.labels] : []
        return (label ?? element).innerText.trim()
      }),

    async leave() {
      await context.close()
      expect(faults).toEqual([])
    },
  }
}

/** Notes violations of the content security policy and other errors, dialogs that nobody asked for, and requests elsewhere. */
function watch(context: BrowserContext, origins: readonly string[], faults: string[]): void {
  context.on('console', (message) => {
    // That a page was refused is not an error of the page; what it could not load is noted below.
    const refusal = /^Failed to load resource: the server responded with a status of 4\d\d/
    if (message.type() === 'error' && !refusal.test(message.text())) faults.push(`console: ${message.text()}`)
  })
  context.on('weberror', (error) => faults.push(`script: ${error.error()}`))
  context.on('dialog', async (dialog) => {
    if (dialog.type() !== 'confirm') faults.push(`dialog: ${dialog.message()}`)
    await dialog.accept()
  })
  context.on('request', (request) => {
    const { origin, protocol } = new URL(request.url())
    if (protocol !== 'data:' && !origins.includes(origin)) faults.push(`request: ${request.url()}`)
  })
  context.on('response', (response) => {
    if (response.status() >= 400 && !response.request().isNavigationRequest()) {
      faults.push(`answer: ${response.status()} ${response.url()}`)
    }
  })
  context.on('requestfailed', (request) => {
    // The page that offers passkeys asks for a challenge by itself, and may be left before the answer.
    if (request.url().endsWith('/login/passkey/options')) return
    faults.push(`request: ${failure(request)}`)
  })
}

function failure(request: Request): string {
  return `${request.url()}: ${request.failure()?.errorText}`
}
