/**
 * Sets how many bits of the SHA-256 of a password the list keeps. It has 5,998 entries, so it refuses one good password in 11,000 for
 * nothing, and is half as long as with the 32 bits that would make that one in 700,000.
 */
export const PREFIX_BITS = 26

/** The gaps between entries are about 2^13 wide (Rice coding: this many bits of a gap as they are, the rest in unary). */
export const GAP_BITS = 13

/** Returns the entry that a password would have, of its SHA-256. */
export function prefixOf(digest: Uint8Array<ArrayBuffer>): number {
  return new DataView(digest.buffer, digest.byteOffset).getUint32(0) >>> (32 - PREFIX_BITS)
}

/** Reads a list as tools/common-passwords.ts writes it: the entries, ascending. */
export function decodeList({ bits, count }: { readonly bits: string; readonly count: number }): Uint32Array {
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
