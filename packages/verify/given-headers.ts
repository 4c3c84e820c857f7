/** The headers of a request as its platform has them: `Headers`, or an object, such as `request.headers` of `node:http`. */
export type GivenHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>

/** What decides who is calling: the credential, and what the cross-site rule goes by. */
const READ = ['authorization', 'cookie', 'origin', 'sec-fetch-site', 'upgrade']

/** Returns what decides who is calling as `Headers`. Of a header that is there twice, both values are kept. */
export function toHeaders(given: GivenHeaders): Headers {
  if (isHeaders(given)) return given
  const headers = new Headers()
  for (const name of READ) {
    const values = Object.entries(given).flatMap(([key, value]) =>
      key.toLowerCase() === name && value !== undefined ? value : [],
    )
    if (values.length === 0) continue
    const value = values.join(name === 'cookie' ? '; ' : ', ')
    // What no header can be is present all the same, and not absent.
    headers.set(name, SENDABLE.test(value) ? value : '?')
  }
  return headers
}

/** Of whichever library: Node has more than one. */
function isHeaders(given: GivenHeaders): given is Headers {
  return typeof given.get === 'function' && typeof given.has === 'function'
}

/** RFC 9110 §5.5. */
const SENDABLE = /^[\t\x20-\x7e\x80-\xff]*$/
