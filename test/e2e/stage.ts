import { inject, test } from 'vitest'
import { reasonToSkip } from '../support/tools.ts'
import { startChromium } from './chromium.ts'
import { arrive, type Visitor, type VisitorOptions } from './visitor.ts'

declare module 'vitest' {
  interface ProvidedContext {
    stageUrl: string
  }
}

/** `open`: accounts are made at once. `verified`: addresses are proven first, and Janus lives under `/auth`. */
export type ServiceName = 'open' | 'verified'

/** Returns a page on an origin that is not Janus's. */
export function foreignPage(html: string, host: string): string {
  const url = new URL('/foreign', inject('stageUrl'))
  url.hostname = host
  url.searchParams.set('html', html)
  return url.href
}

/** Returns the name of a cookie of a service on this machine. It has the port, because browsers send cookies to every port of a host. */
export function cookieNameAt(url: string, purpose: 'session' | 'refresh' = 'session'): string {
  return `__Host-${purpose}-${new URL(url).port}`
}

/** Returns the link that a service has mailed to an address, or soon will: the first of its kind. */
export async function mailedLink(service: ServiceName, email: string, path: string): Promise<string> {
  const to = email.replace(/[.+]/g, '\\$&')
  const mail = `Mail to ${to}: (?:(?!Mail to )[\\s\\S])*?`
  return ask({ service, link: `${mail}(http\\S+${path}\\?token=[\\w-]{43})\\s` })
}

/** Returns where a service is, once it is up. */
export function serviceUrl(service: ServiceName): Promise<string> {
  return ask({ service })
}

/** Returns the code in the newest mail of a sign-in link. */
export async function mailedCode(service: ServiceName, email: string): Promise<string> {
  const to = email.replace(/[.+]/g, '\\$&')
  return ask({ service, link: `Mail to ${to}: (?:(?!Mail to )[\\s\\S])*?\\n\\s*(\\d{6})\\s` })
}

/** Returns how many mails a service has sent to an address so far. */
export async function countMails(service: ServiceName, email: string): Promise<number> {
  return Number(await ask({ service, mailsTo: email }))
}

async function ask(question: {
  readonly service: ServiceName
  readonly link?: string
  readonly mailsTo?: string
}): Promise<string> {
  const answer = await fetch(`${inject('stageUrl')}/?${new URLSearchParams(question)}`)
  const text = await answer.text()
  if (!answer.ok) throw new Error(text)
  return text
}

const NO_CHROMIUM = reasonToSkip(['chromium'])

/** Tests that visit Janus in a browser. Each visitor is checked for what must never happen when its test is over. */
export const it = test
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads out of the pattern what a fixture is made of.
  .extend('chromium', { scope: 'worker' }, async ({}, { onCleanup }) => {
    if (NO_CHROMIUM !== null) return null
    const browser = await startChromium()
    onCleanup(() => browser.close())
    return browser
  })
  .extend('browser', async ({ chromium, skip }) => chromium ?? skip(NO_CHROMIUM ?? ''))
  .extend('visit', async ({ browser }, { onCleanup }) => {
    const visitors: Visitor[] = []
    onCleanup(async () => {
      for (const visitor of visitors) await visitor.leave()
    })
    return async (options: VisitorOptions = {}): Promise<Visitor> => {
      const visitor = await arrive(browser, await serviceUrl(options.service ?? 'open'), options)
      visitors.push(visitor)
      return visitor
    }
  })

/** Returns the cookies of a visitor that open something. The credential of a device, which stays when a person signs out, opens nothing, nor does a seal alone. */
export async function credentialCookies({ context }: Pick<Visitor, 'context'>) {
  return (await context.cookies()).filter(({ name }) => !/^__Host-(device|seal)/.test(name))
}
