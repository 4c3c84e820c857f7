import { bindingName } from './contents.ts'

/** Holds the time and the rows of one operation. */
export interface Cost {
  /** Until its answer was read, as its client sees it. */
  readonly totalMs: number
  /** Of that, in D1, as D1 says. */
  readonly d1Ms: number
  readonly rowsRead: number
  readonly rowsWritten: number
}

export interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: bodies of every shape, of which a field or two is used.
  readonly body: any
  readonly cost: Cost
}

/** Asks the Janus on one of the databases. */
export type Client = (method: string, path: string, given?: Given) => Promise<Answer>

export interface Given {
  readonly body?: unknown
  readonly accessToken?: string
}

export function createClient(url: URL, accounts: number): Client {
  return async (method, path, { body, accessToken } = {}) => {
    const begun = performance.now()
    const response = await fetch(new URL(path, url), {
      method,
      headers: {
        'Growth-Database': bindingName(accounts),
        // Each time somebody else: refused sign-ins from one address would be refused unread after a while.
        'CF-Connecting-IP': address(),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(accessToken === undefined ? {} : { Authorization: `Bearer ${accessToken}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    const totalMs = performance.now() - begun
    const costs = JSON.parse(response.headers.get('Growth-Costs') ?? '{}')
    const isJson = response.headers.get('Content-Type')?.includes('json')
    return { status: response.status, body: isJson ? JSON.parse(text) : text, cost: { totalMs, ...costs } }
  }
}

/** Returns an IPv4 address for benchmarks (RFC 2544). */
function address(): string {
  const [a = 0, b = 0] = crypto.getRandomValues(new Uint8Array(2))
  return `198.18.${a}.${b}`
}
