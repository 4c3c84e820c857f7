import { encodeHex } from '../crypto/hex'
import type { Log } from '../runtime/log'
import { readAtMost } from '../runtime/read-at-most'

/** Returns whether a password is in a known breach. If nobody can say, it is not. */
export type IsBreached = (password: string) => Promise<boolean>

/** The range API of Have I Been Pwned (https://haveibeenpwned.com/API/v3#SearchingPwnedPasswordsByRange). */
const RANGE_URL = 'https://api.pwnedpasswords.com/range/'

/** Counts the hex digits of the SHA-1 that leave this service: each range has some 800 hashes, so they do not tell which one was looked up. */
const PREFIX_LENGTH = 5

/** The person waits for it. Have I Been Pwned answers from a cache near the caller, mostly in less than 100 ms. */
const PATIENCE_MS = 800

/** A padded range takes about 40 KiB. */
const RANGE_MAX_BYTES = 256 * 1024

/** A row of a range: the rest of a hash, and how often it was found. Padding has a count of 0. */
const ROW = /^([0-9A-F]{35}):(\d+)$/i

/**
 * Creates the check against Have I Been Pwned. The password stays here: five digits of its hash leave, and the answer is padded, so neither
 * the service nor its size tells which password was chosen.
 *
 * It fails open, because a breach service that is down must not stop people from registering. Each failure is logged, without digits.
 */
export function createBreachedPasswords(log: Log): IsBreached {
  return async (password) => {
    const hash = await sha1Hex(password)
    // guard: five digits of a hash leave the service
    const range = await fetchRange(hash.slice(0, PREFIX_LENGTH))
    if ('failure' in range) {
      log('breach-check-failed', { reason: range.failure })
      return false
    }
    return range.suffixes.has(hash.slice(PREFIX_LENGTH))
  }
}

type Range = { readonly suffixes: ReadonlySet<string> } | { readonly failure: string }

async function fetchRange(prefix: string): Promise<Range> {
  try {
    const response = await fetch(`${RANGE_URL}${prefix}`, {
      headers: { 'Add-Padding': 'true', 'User-Agent': 'janus' },
      signal: AbortSignal.timeout(PATIENCE_MS),
      // guard: no redirect takes a prefix elsewhere
      redirect: 'manual',
    })
    if (response.status !== 200) {
      await response.body?.cancel()
      return { failure: `HTTP ${response.status}` }
    }
    const bytes = await readAtMost(response.body, RANGE_MAX_BYTES)
    const suffixes = bytes && parseRange(new TextDecoder().decode(bytes))
    return suffixes ? { suffixes } : { failure: 'unexpected-answer' }
  } catch (error) {
    const late = error instanceof Error && error.name === 'TimeoutError'
    return { failure: late ? 'timeout' : 'unreachable' }
  }
}

/** Returns the rests of the hashes that were found in breaches, or `null` if a row is not one of a range. */
function parseRange(text: string): ReadonlySet<string> | null {
  const suffixes = new Set<string>()
  for (const line of text.trim().split(/\r?\n/)) {
    const [, suffix, count] = ROW.exec(line) ?? []
    if (suffix === undefined) return null
    // guard: a row of padding is no breach
    if (Number(count) > 0) suffixes.add(suffix.toUpperCase())
  }
  return suffixes
}

/** Returns the SHA-1 by which the ranges are indexed. It protects nothing here: the list of hashes is public. */
async function sha1Hex(password: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-1', new TextEncoder().encode(password))
  return encodeHex(new Uint8Array(digest)).toUpperCase()
}
