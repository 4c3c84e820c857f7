/** Somebody a server knows, and how requests prove it. */
export interface Person {
  readonly id: string
  readonly email: string
  readonly headers: Readonly<Record<string, string>>
  /** Holds the credential that gets a new access token, if there is one: a refresh token, or a cookie. */
  readonly refreshCredential: string
}

export const PASSWORD = 'correct horse battery'

/** Holds an answer of a server while people were made known to it. */
export interface Reply {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: every server answers in its own shape; what is missing shows at the check.
  readonly body: any
  /** Holds the cookies that were set, as a client would send them back. */
  readonly cookie: string
}

/** Sends one request, not timed. `body` is sent as JSON. */
export async function ask(
  port: number,
  path: string,
  { body, headers = {} }: { body?: unknown; headers?: Readonly<Record<string, string>> } = {},
): Promise<Reply> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return {
    status: response.status,
    body: text === '' ? null : parse(text),
    cookie: jar(response.headers.getSetCookie()),
  }
}

/** Of two cookies of one name, a client keeps the last (RFC 6265 §5.3). */
function jar(setCookies: readonly string[]): string {
  const pairs = setCookies.map((cookie) => cookie.replace(/;.*/s, ''))
  return [...new Map(pairs.map((pair) => [pair.replace(/=.*/s, ''), pair])).values()].join('; ')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
