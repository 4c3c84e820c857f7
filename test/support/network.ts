import { type Fetch, JanusProblem } from '../../packages/client/index.ts'

/** A request as it went over the wire. */
export interface Sent {
  /** As in `POST /refresh`. */
  readonly route: string
  readonly url: string
  readonly authorization: string | null
  /** The `Cookie` header. */
  readonly cookie: string | null
  readonly status: number
}

/** Stands between a client and Janus: it keeps cookies as a browser does, counts requests, and misbehaves on demand. */
export interface Network {
  readonly fetch: Fetch
  /** Lists the requests in the order of their answers. */
  readonly sent: readonly Sent[]
  count(route: string, status?: number): number
  /** Answers the next request of a route in place of Janus. `reach` asks Janus after all; `signal` ends the request. */
  next(route: string, meet: (reach: () => Promise<Response>, signal: AbortSignal) => Promise<Response>): void
  /** Keeps the answer to the next request of a route back. */
  hold(route: string): { readonly reached: Promise<void>; release(): void }
}

/** @param reach Sends a request on its way. */
export function createNetwork(reach: (request: Request) => Promise<Response>): Network {
  const jar = new Map<string, string>()
  const sent: Sent[] = []
  const meetings: { route: string; meet: Parameters<Network['next']>[1] }[] = []
  // As the edge would. A client makes few attempts a minute, and all tests come from one machine.
  const address = [10, ...crypto.getRandomValues(new Uint8Array(3))].join('.')

  function keepCookies(response: Response): void {
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (/max-age=0(;|$)/i.test(line)) jar.delete(name)
      else jar.set(name, value)
    }
  }

  const network: Network = {
    sent,
    count: (route, status) =>
      sent.filter((one) => one.route === route && (status ?? one.status) === one.status).length,
    next: (route, meet) => void meetings.push({ route, meet }),
    hold(route) {
      const reached = Promise.withResolvers<void>()
      const released = Promise.withResolvers<void>()
      network.next(route, async (reachJanus) => {
        const response = await reachJanus()
        reached.resolve()
        await released.promise
        return response
      })
      return { reached: reached.promise, release: released.resolve }
    },

    async fetch(input, init: RequestInit & { credentials?: string } = {}) {
      const withCookies = init.credentials === 'include'
      const request = new Request(input, init)
      request.headers.set('CF-Connecting-IP', address)
      if (withCookies && jar.size > 0) {
        request.headers.set('Cookie', [...jar].map((pair) => pair.join('=')).join('; '))
      }
      const route = `${request.method} ${new URL(request.url).pathname}`
      const authorization = request.headers.get('Authorization')
      const cookie = request.headers.get('Cookie')

      const meeting = meetings.find((one) => one.route === route)
      if (meeting) meetings.splice(meetings.indexOf(meeting), 1)
      const response = await (meeting ? meeting.meet(() => reach(request), request.signal) : reach(request))
      sent.push({ route, url: request.url, authorization, cookie, status: response.status })
      if (withCookies) keepCookies(response)
      return response
    },
  }
  return network
}

/** Returns a problem as Janus answers it. */
export function problemAnswer(status: number, code: string, headers: Record<string, string> = {}): Response {
  const body = { type: `https://auth.example.com/problems/${code}`, title: code, status, code }
  return Response.json(body, {
    status,
    headers: { 'Content-Type': 'application/problem+json', ...headers },
  })
}

/** Returns the problem that a call is refused with. @throws If it is not refused with one. */
export async function problemOf(call: Promise<unknown>): Promise<JanusProblem> {
  const error = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (error instanceof JanusProblem) return error
  throw new Error(`Not refused: ${error}`)
}
