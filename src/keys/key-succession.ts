import type { StoredSigningKey } from './signing-key-store'

/** Sets how long an isolate goes on with the keys it loaded. Others may cache the key set for as long. */
export const KEY_SET_MAX_AGE_SECONDS = 300

/**
 * Sets how long a key is published before it signs: every isolate has loaded it by then (once the age above), and everyone who caches
 * the key set has fetched it (twice), with a minute to spare.
 */
export const PUBLISHED_BEFORE_SECONDS = 2 * KEY_SET_MAX_AGE_SECONDS + 60

/**
 * Returns the keys with which a token may be signed now, oldest first: the newest that has begun, and for as long as an isolate may not
 * have heard of it, its predecessor. Keys are oldest first.
 */
export function signingKeysAt<K extends StoredSigningKey>(keys: readonly K[], now: number): readonly K[] {
  const begun = keys.filter((key) => key.signsFrom <= now)
  return begun.filter((_, index) => now < endsSigningAt(begun, index))
}

/**
 * Returns the keys that belong in the key set: those to come, those that sign, and those whose last token may still be alive. Isolates
 * agree on that by the clock, so none needs to be told.
 */
export function publishedKeysAt<K extends StoredSigningKey>(
  keys: readonly K[],
  now: number,
  accessTokenLifetimeSeconds: number,
): readonly K[] {
  return keys.filter((_, index) => now < endsSigningAt(keys, index) + accessTokenLifetimeSeconds)
}

/** Returns when a key stops signing: when its successor begins, and for an isolate that loaded its keys just before the successor was added, so much later. */
function endsSigningAt(keys: readonly StoredSigningKey[], index: number): number {
  const successor = keys[index + 1]
  return successor ? successor.signsFrom + KEY_SET_MAX_AGE_SECONDS : Number.POSITIVE_INFINITY
}
