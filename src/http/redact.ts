/**
 * Returns a function that takes out of a text what must not be logged: whatever the request sent in its body, query, cookies and
 * `Authorization`, in whole or in part, and everything that looks like a token, a hash or an address.
 *
 * @param body Its members, if it was parsed.
 */
export function redactFor(request: Request, body: object | undefined): (text: string) => string {
  const sent = [
    ...valuesIn(body),
    ...new URL(request.url).searchParams.values(),
    ...credentialsIn(request.headers),
  ]
  return (text) => redact(text, sent)
}

/** Works as {@link redactFor}, where only the headers of a request are known. */
export function redactForHeaders(headers: Headers): (text: string) => string {
  const sent = credentialsIn(headers)
  return (text) => redact(text, sent)
}

/** A message is no longer than it helps, and the work to redact it is bounded. */
const MESSAGE_MAX_LENGTH = 1000

/** A shorter part of what was sent occurs in messages by chance. */
const PART_LENGTH = 8

const REDACTED = '[redacted]'

/** Addresses, and the long runs of letters with a digit that secrets, hashes and ids are written in. */
const SECRET_LOOKING = /[^\s"'`<>]+@[^\s"'`<>]+|(?=[\w+/=-]*\d)[\w+/=-]{20,}/g

function redact(message: string, sent: readonly string[]): string {
  const text = message.slice(0, MESSAGE_MAX_LENGTH)
  const hidden = new Uint8Array(text.length)
  for (const { 0: secret, index } of text.matchAll(SECRET_LOOKING))
    hidden.fill(1, index, index + secret.length)
  for (let at = 0; at < text.length; at++) hidden.fill(1, at, at + lengthSent(text.slice(at), sent))
  let safe = ''
  for (let at = 0; at < text.length; at++) {
    if (!hidden[at]) safe += text[at]
    else if (!hidden[at - 1]) safe += REDACTED
  }
  return safe
}

/** Returns how much of the beginning of a text was sent: a whole value, or a part that is long enough to be recognised. */
function lengthSent(text: string, sent: readonly string[]): number {
  let longest = 0
  for (const value of sent) {
    if (value.length > longest && text.startsWith(value)) longest = value.length
    for (let length = Math.max(longest + 1, PART_LENGTH); length <= text.length; length++) {
      if (!value.includes(text.slice(0, length))) break
      longest = length
    }
  }
  return longest
}

/** Fields whose values are words of Janus's own. */
const OPEN_FIELDS: ReadonlySet<string> = new Set(['mode', 'refresh_in'])

function valuesIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return value === '' ? [] : [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, member]) => (OPEN_FIELDS.has(name) ? [] : valuesIn(member)))
}

function credentialsIn(headers: Headers): readonly string[] {
  const cookies = (headers.get('Cookie') ?? '').split(';').map((pair) => pair.replace(/^[^=]*=/, '').trim())
  const authorization = (headers.get('Authorization') ?? '').split(' ').slice(1)
  return [...cookies, ...authorization].filter((text) => text !== '')
}
