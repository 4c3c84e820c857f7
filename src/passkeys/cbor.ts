/** A value of the subset of CBOR (RFC 8949) that WebAuthn sends: no tags, no floats, no integers beyond 32 bits. */
export type CborValue =
  | number
  | string
  | boolean
  | null
  | Uint8Array<ArrayBuffer>
  | readonly CborValue[]
  | CborMap

/** Keys are integers or text. */
export type CborMap = ReadonlyMap<number | string, CborValue>

interface Decoded<T> {
  readonly value: T
  /** Says where the next item starts. */
  readonly end: number
}

/**
 * Decodes the item that starts at an offset, or returns `null` if it is not in the canonical form of CTAP2: definite and shortest
 * lengths, keys of a map in order and each once. So a value has one encoding, and two readers cannot see two values in it.
 */
export function decodeCbor(bytes: Uint8Array<ArrayBuffer>, start = 0): Decoded<CborValue> | null {
  return readItem(bytes, start, 0)
}

/** Decodes a map that is the whole input, or returns `null`. */
export function decodeCborMap(bytes: Uint8Array<ArrayBuffer>): CborMap | null {
  const decoded = decodeCbor(bytes)
  return decoded?.end === bytes.length && decoded.value instanceof Map ? decoded.value : null
}

/** CTAP2 nests at most four levels; the bound keeps hostile input from exhausting the stack. */
const MAX_DEPTH = 4

function readItem(bytes: Uint8Array<ArrayBuffer>, start: number, depth: number): Decoded<CborValue> | null {
  const head = readHead(bytes, start)
  // guard: CBOR nests as deep as authenticators do, and no deeper
  if (!head || depth > MAX_DEPTH) return null
  const { major, argument, end } = head
  switch (major) {
    case 0:
      return { value: argument, end }
    case 1:
      return { value: -1 - argument, end }
    case 2:
      return end + argument <= bytes.length
        ? { value: bytes.slice(end, end + argument), end: end + argument }
        : null
    case 3:
      return readText(bytes, end, argument)
    case 4:
      return readArray(bytes, end, argument, depth)
    case 5:
      return readMap(bytes, end, argument, depth)
    case 7:
      return SIMPLE.has(argument) ? { value: SIMPLE.get(argument) ?? null, end } : null
    default:
      return null
  }
}

const SIMPLE: ReadonlyMap<number, boolean | null> = new Map([
  [20, false],
  [21, true],
  [22, null],
])

/** Reads the major type and the argument, which must be as short as it can be (RFC 8949 §3, §4.2.1). */
function readHead(bytes: Uint8Array, at: number) {
  const first = bytes[at]
  if (first === undefined) return null
  const [major, info] = [first >> 5, first & 31]
  if (info < 24) return { major, argument: info, end: at + 1 }
  const size = { 24: 1, 25: 2, 26: 4 }[info]
  // An argument of eight bytes, a length that is not given, and the simple values and floats of major type 7 have no use here.
  if (size === undefined || major === 7 || at + 1 + size > bytes.length) return null
  let argument = 0
  for (const byte of bytes.subarray(at + 1, at + 1 + size)) argument = argument * 256 + byte
  const smallest = size === 1 ? 24 : 256 ** (size / 2)
  // guard: a number of CBOR has one encoding
  return argument >= smallest ? { major, argument, end: at + 1 + size } : null
}

function readText(bytes: Uint8Array, start: number, length: number): Decoded<string> | null {
  const end = start + length
  if (end > bytes.length) return null
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
    return { value: decoder.decode(bytes.subarray(start, end)), end }
  } catch {
    // `fatal` throws for bytes that are not UTF-8, and for nothing else.
    return null
  }
}

function readArray(bytes: Uint8Array<ArrayBuffer>, start: number, count: number, depth: number) {
  const value: CborValue[] = []
  let end = start
  while (value.length < count) {
    const item = readItem(bytes, end, depth + 1)
    if (!item) return null
    value.push(item.value)
    end = item.end
  }
  return { value, end }
}

function readMap(bytes: Uint8Array<ArrayBuffer>, start: number, count: number, depth: number) {
  const value = new Map<number | string, CborValue>()
  let end = start
  let previous: Uint8Array | null = null
  while (value.size < count) {
    const key = readItem(bytes, end, depth + 1)
    if (!key || (typeof key.value !== 'number' && typeof key.value !== 'string')) return null
    const encoded: Uint8Array = bytes.subarray(end, key.end)
    if (previous && !isAfter(encoded, previous)) return null
    const item = readItem(bytes, key.end, depth + 1)
    if (!item) return null
    value.set(key.value, item.value)
    previous = encoded
    end = item.end
  }
  return { value, end }
}

/** Orders encoded keys as CTAP2 does: by major type, then by length, then by bytes. A key is not after itself. */
function isAfter(key: Uint8Array, previous: Uint8Array): boolean {
  const major = ([first = 0]: Uint8Array) => first >> 5
  if (major(key) !== major(previous)) return major(key) > major(previous)
  if (key.length !== previous.length) return key.length > previous.length
  const at = key.findIndex((byte, index) => byte !== previous[index])
  // guard: a map of CBOR has each key once
  // guard: a map of CBOR has its keys in order
  return at !== -1 && (key[at] ?? 0) > (previous[at] ?? 0)
}
