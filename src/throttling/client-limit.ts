import { reach } from '../outage'
import { clientBucket } from './client-bucket'

/**
 * Counts an attempt of a client and tells whether it may go on. Approximate, and for each Cloudflare location: the outer shield;
 * what is exact is counted for each account. Success does not take anything back.
 *
 * @throws {StoreUnavailable}
 */
export type ClientLimit = (address: string | null) => Promise<boolean>

export function createClientLimit(binding: RateLimit): ClientLimit {
  return async (address) => {
    const { success } = await reach('LOGIN_LIMIT', () => binding.limit({ key: clientBucket(address) }))
    return success
  }
}
