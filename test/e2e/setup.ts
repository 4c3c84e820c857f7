import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { BrowserServer } from 'playwright-core'
import type { TestProject } from 'vitest/node'
import { type MailingService, startMailingService } from '../smoke/mailing-service.ts'
import { startChromium } from './chromium.ts'
import type { Raised, ServiceName } from './stage.ts'

/**
 * What every file of browser tests shares, because each part of it takes seconds to start: two services, one of which
 * wants addresses verified and lives under a path, and one browser.
 *
 * Nobody waits for it here. Files that need it ask the stage's own little server, which answers when all is up.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // Attempts are few, so that a test is soon throttled; hashes cost the least that can be configured.
  const settings = ['PASSWORD_ITERATIONS:100000', 'FREE_ATTEMPTS:2', 'BRAND_NAME:Example']
  const services = {
    open: startMailingService([...settings, 'REGISTRATION:open']),
    verified: startMailingService([...settings, 'REGISTRATION:verified'], '/auth'),
  } satisfies Record<ServiceName, Promise<MailingService>>
  const browser = startChromium()
  const parts = [services.open, services.verified, browser] as const
  const raised = Promise.all(parts)
  // Told to who asks; nobody may ask.
  raised.catch(() => {})

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://stage')
    if (pathname === '/foreign') {
      response.setHeader('Content-Type', 'text/html').end(searchParams.get('html'))
    } else if (pathname === '/mailed-link') {
      const service = await services[searchParams.get('service') as ServiceName]
      const pattern = new RegExp(searchParams.get('pattern') ?? '')
      response.end((await service.printed(pattern))[1])
    } else {
      const [open, verified, chromium] = await raised
      const found: Raised = {
        urls: { open: open.url, verified: verified.url },
        browser: chromium.wsEndpoint(),
      }
      response.end(JSON.stringify(found))
    }
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: Error) => response.writeHead(500).end(error.message))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  project.provide('stageUrl', `http://127.0.0.1:${(server.address() as AddressInfo).port}`)

  return async () => {
    server.closeAllConnections()
    server.close()
    for (const part of await Promise.allSettled<MailingService | BrowserServer>(parts)) {
      if (part.status === 'rejected') continue
      await ('stop' in part.value ? part.value.stop() : part.value.close())
    }
  }
}
