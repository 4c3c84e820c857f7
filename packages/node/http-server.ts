import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'

/** Longer than a proxy keeps a connection, so that none is closed while a request is on its way. */
const KEEP_ALIVE_MS = 65_000

/** Limits how long a whole request may take to arrive, in milliseconds. */
const REQUEST_MS = 30_000

interface HttpOptions {
  readonly host: string
  readonly port: number
  readonly fetch: (request: Request) => Response | Promise<Response>
  readonly clientAddress: (incoming: IncomingMessage) => string | null
}

export interface HttpServer {
  readonly port: number
  /** Accepts no more connections, and waits until the requests that are running are answered. */
  close(): Promise<void>
  /** Cuts whatever is open. */
  cut(): void
}

/**
 * Serves over HTTP/1.1. The address of the client stands in `CF-Connecting-IP`, where Janus looks for it (src/request-source): what a client
 * writes there itself is replaced.
 *
 * @throws {Error} With `code`, if the port cannot be had.
 */
export async function listen({ host, port, fetch, clientAddress }: HttpOptions): Promise<HttpServer> {
  const listener = getRequestListener(
    (request, { incoming }) => {
      const address = clientAddress(incoming as IncomingMessage)
      // guard: a client does not write its own address
      request.headers.delete('CF-Connecting-IP')
      if (address !== null) request.headers.set('CF-Connecting-IP', address)
      return fetch(request)
    },
    { overrideGlobalObjects: false },
  )
  const server = createServer({ requestTimeout: REQUEST_MS, keepAliveTimeout: KEEP_ALIVE_MS }, listener)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      // A connection that was kept alive is idle once its answer is sent.
      const closeIdle = setInterval(() => server.closeIdleConnections(), 50)
      server.closeIdleConnections()
      await closed
      clearInterval(closeIdle)
    },
    cut: () => server.closeAllConnections(),
  }
}
