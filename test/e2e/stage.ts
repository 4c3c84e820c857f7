import { chromium } from 'playwright-core'
import { inject, test } from 'vitest'
import { arrive, type Visitor, type VisitorOptions } from './visitor.ts'

declare module 'vitest' {
  interface ProvidedContext {
    stageUrl: string
  }
}

/** `open`: accounts are made at once. `verified`: addresses are proven first, and Janus lives under `/auth`. */
export type ServiceName = 'open' | 'verified'

/** What `setup.ts` has raised. */
export interface Raised {
  readonly urls: Readonly<Record<ServiceName, string>>
  /** The endpoint of the browser. */
  readonly browser: string
}

/** A page on an origin that is not Janus's. */
export function foreignPage(html: string, host: '127.0.0.1' | 'localhost'): string {
  const url = new URL('/foreign', inject('stageUrl'))
  url.hostname = host
  url.searchParams.set('html', html)
  return url.href
}

/** The link that a service has mailed to an address, or soon will: the first of its kind. */
export async function mailedLink(service: ServiceName, email: string, path: string): Promise<string> {
  const url = new URL('/mailed-link', inject('stageUrl'))
  url.searchParams.set('service', service)
  const to = email.replace(/[.+]/g, '\\$&')
  const mail = `Mail to ${to}: (?:(?!Mail to )[\\s\\S])*?`
  url.searchParams.set('pattern', `${mail}(http\\S+${path}\\?token=[\\w-]{43})\\s`)
  return ask(url)
}

async function ask(url: string | URL): Promise<string> {
  const answer = await fetch(url)
  const text = await answer.text()
  if (!answer.ok) throw new Error(text)
  return text
}

/** Tests that visit Janus in a browser. Each visitor is checked for what must never happen when its test is over. */
export const it = test
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads out of the pattern what a fixture is made of.
  .extend('stage', { scope: 'file' }, async ({}, { onCleanup }) => {
    const raised = JSON.parse(await ask(inject('stageUrl'))) as Raised
    const browser = await chromium.connect(raised.browser)
    onCleanup(() => browser.close())
    return { ...raised, browser }
  })
  .extend('visit', async ({ stage }, { onCleanup }) => {
    const visitors: Visitor[] = []
    onCleanup(async () => {
      for (const visitor of visitors) await visitor.leave()
    })
    return async (options: VisitorOptions = {}): Promise<Visitor> => {
      const url = stage.urls[options.service ?? 'open']
      const visitor = await arrive(stage.browser, url, options)
      visitors.push(visitor)
      return visitor
    }
  })
