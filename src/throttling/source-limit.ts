import type { Client } from '../client'
import type { AccountKeys } from './account-key'
import { clientBucket } from './client-bucket'

/**
 * What one source may spend, whichever accounts it is after: so many units at once, and then one each so many seconds. A failed attempt
 * at a password, a registration, and a request for mail are a unit each. Whatever succeeds at signing in costs nothing: an office
 * or a school is one source, too.
 */
const SOURCE_BURST = 30
export const SOURCE_INTERVAL_SECONDS = 2

/** How far ahead of its rate a source may be and still spend. */
export const SOURCE_ROOM_SECONDS = (SOURCE_BURST - 1) * SOURCE_INTERVAL_SECONDS

/** Returns the key of the budget of a request's source: no address is stored in clear. */
export function sourceKeyOf(accountKeys: AccountKeys, { address }: Client): Promise<string> {
  return accountKeys(clientBucket(address))
}

/** Returns how long a source has to wait until it may spend again, or `null` if it may now. */
export function sourceRetryAfterSeconds(spentUntil: number | null, now: number): number | null {
  const wait = (spentUntil ?? now) - now - SOURCE_ROOM_SECONDS
  return wait > 0 ? wait : null
}
