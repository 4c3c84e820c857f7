import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestProject } from 'vitest/node'
import { type LocalService, startLocalService, startWorker } from '../smoke/local-service.ts'
import { OAUTH_SETTINGS } from './authorize-paths.ts'
import { registerApps } from './oauth-app.ts'
import type { ServiceName } from './stage.ts'

/**
 * Starts the services that all files of browser tests share, because each takes seconds: two services, one of which wants addresses
 * verified and lives under a path.
 *
 * Nobody waits for them here. Files that need one ask the stage's own little server, which answers when it is up.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // Attempts are few, so that a test is soon throttled; hashes cost the least that can be configured.
  const settings = ['PASSWORD_ITERATIONS:100000', 'FREE_ATTEMPTS:2', 'BRAND_NAME:Example']
  const services = {
    // As npm start has it: with the playground.
    open: startLocalService([...settings, ...OAUTH_SETTINGS, 'REGISTRATION:open']).then(withApps),
    verified: startWorker([...settings, 'REGISTRATION:verified', 'BRAND_ACCENT:#a21caf'], '/auth'),
  } satisfies Record<ServiceName, Promise<LocalService>>
  // A start that failed is told to who asks for the service; nobody may.
  for (const service of Object.values(services)) service.catch(() => {})

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://stage')
    if (pathname === '/foreign') {
      response.setHeader('Content-Type', 'text/html').end(searchParams.get('html'))
      return
    }
    const service = await services[searchParams.get('service') as ServiceName]
    const mailsTo = searchParams.get('mailsTo')
    if (mailsTo !== null) {
      response.end(String(service.output().split(`Mail to ${mailsTo}:`).length - 1))
      return
    }
    const link = searchParams.get('link')
    response.end(link === null ? service.url : (await service.printed(new RegExp(link)))[1])
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: Error) => response.writeHead(500).end(error.message))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  project.provide('stageUrl', `http://127.0.0.1:${(server.address() as AddressInfo).port}`)

  return async () => {
    server.closeAllConnections()
    server.close()
    for (const started of await Promise.allSettled(Object.values(services))) {
      if (started.status === 'fulfilled') await started.value.stop()
    }
  }
}

function withApps(service: LocalService): LocalService {
  registerApps(service)
  return service
}
