/** The media types of bodies that Janus reads. */
export type ReadableType = 'json' | 'form'

const TYPES: ReadonlyMap<string, ReadableType> = new Map([
  ['application/json', 'json'],
  ['application/x-www-form-urlencoded', 'form'],
])

/** RFC 9110 §5.6.2 and §5.6.4. */
const TOKEN = "[!#$%&'*+.^_`|~\\dA-Za-z-]+"
const QUOTED = '"(?:[\\t !#-[\\]-~\\x80-\\xff]|\\\\[\\t -~\\x80-\\xff])*"'

/** RFC 9110 §5.6.6: there may be nothing between two semicolons. */
const PARAMETER = new RegExp(`[ \\t]*;[ \\t]*(?:(${TOKEN})=(${TOKEN}|${QUOTED}))?`, 'gy')

/**
 * Returns the type that a `Content-Type` header names, as RFC 9110 §8.3.1 compares types: in any case, with parameters. Returns
 * `null` for another type, for what does not follow the grammar, and for a `charset` that is not UTF-8 or is given twice.
 */
export function parseReadableType(header: string): ReadableType | null {
  const text = header.replace(/^[ \t]+|[ \t]+$/g, '')
  const [name = ''] = /^[^ \t;]*/.exec(text) ?? []
  const rest = text.slice(name.length)
  const parameters = [...rest.matchAll(PARAMETER)]
  // guard: a type that is not of the grammar is no type
  if (parameters.map(([parameter]) => parameter).join('') !== rest) return null
  const charsets = parameters.flatMap(([, key = '', value = '']) =>
    key.toLowerCase() === 'charset' ? [unquote(value).toLowerCase()] : [],
  )
  if (charsets.length > 1 || charsets.some((charset) => charset !== 'utf-8')) return null
  return TYPES.get(name.toLowerCase()) ?? null
}

function unquote(value: string): string {
  return value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value
}
