/**
 * Returns whether two byte strings are equal, in a time that does not depend on where they differ.
 *
 * Unequal lengths are unequal: `crypto.subtle.timingSafeEqual` throws on them, and what is compared here has a
 * public length (a hash or a MAC), so nothing is told by answering at once.
 */
export function constantTimeEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && crypto.subtle.timingSafeEqual(a, b)
}
