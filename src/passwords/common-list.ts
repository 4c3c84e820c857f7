// This file imports nothing: tools/common-passwords.ts runs without a bundler.

/**
 * Sets how many bits of the SHA-256 of a password a list keeps. It has 3,000 entries, so it refuses one good password in 11,000 for
 * nothing, and is a third shorter than with the 32 bits that would make that one in a million.
 */
export const PREFIX_BITS = 25

/** The gaps between entries are about 2^13 wide (Rice coding: this many bits of a gap as they are, the rest in unary). */
export const GAP_BITS = 13

/** Tells long passwords from short ones, in characters: each kind has a list. The default of `PASSWORD_MIN_LENGTH`, so most services need one. */
export const LONG_PASSWORD = 15

/** A list as tools/common-passwords.ts writes it: the entries, ascending. */
export interface EncodedList {
  readonly bits: string
  readonly count: number
}

/** Returns whether a password is on a list, once it is NFC and in small letters. */
export type IsCommon = (folded: string) => Promise<boolean>

/** Makes what looks passwords up in a list. Source and selection: docs/dependencies.md. */
export function createCommonList(encoded: EncodedList): IsCommon {
  let decoded: Uint32Array | null = null
  return async (folded) => {
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(folded))
    // When it is first needed, for most starts never need it.
    decoded ??= decodeList(encoded)
    return includes(decoded, prefixOf(new Uint8Array(digest)))
  }
}

function includes(ascending: Uint32Array, entry: number): boolean {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ascending[middle] ?? 0) < entry) low = middle + 1
    else high = middle
  }
  return ascending[low] === entry
}

/** Returns the entry that a password would have, of its SHA-256. */
export function prefixOf(digest: Uint8Array<ArrayBuffer>): number {
  return new DataView(digest.buffer, digest.byteOffset).getUint32(0) >>> (32 - PREFIX_BITS)
}

export function decodeList({ bits, count }: EncodedList): Uint32Array {
  const bytes = Uint8Array.fromBase64(bits)
  const entries = new Uint32Array(count)
  let at = 0
  const bit = () => ((bytes[at >> 3] ?? 0) >> (7 - (at++ & 7))) & 1
  let entry = 0
  for (let index = 0; index < count; index++) {
    let gap = 0
    while (bit() === 1) gap++
    for (let left = GAP_BITS; left > 0; left--) gap = gap * 2 + bit()
    entry += gap
    entries[index] = entry
  }
  return entries
}
