/** The headers of a request as its platform has them: `Headers`, or an object, such as `request.headers` of `node:http`. */
export type RequestHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>

/** Holds what decides who is calling: the credential, and what the cross-site rule goes by. */
const READ = ['authorization', 'cookie', 'origin', 'sec-fetch-site', 'upgrade']

/** Returns what decides who is calling as `Headers`. Of a header that is there twice, both values are kept. */
export function toHeaders(request: RequestHeaders): Headers {
  if (isHeaders(request)) return request
  const headers = new Headers()
  for (const name of READ) {
    const values = Object.entries(request).flatMap(([key, value]) =>
      key.toLowerCase() === name && value !== undefined ? value : [],
    )
    if (values.length === 0) continue
    const value = values.join(name === 'cookie' ? '; ' : ', ')
    // What no header can be is present all the same, and not absent.
    headers.set(name, SENDABLE.test(value) ? value : '?')
  }
  return headers
}

/** Returns whether these are `Headers`, of any library, because Node has more than one. */
function isHeaders(headers: RequestHeaders): headers is Headers {
  return typeof headers.get === 'function' && typeof headers.has === 'function'
}

/** RFC 9110 §5.5. */
const SENDABLE = /^[\t\x20-\x7e\x80-\xff]*$/
