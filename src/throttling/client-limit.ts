import { reach } from '../runtime/outage'

/**
 * Counts a request of a client and tells whether it may go on. Approximate, and for each Cloudflare location: the outer shield, before
 * anything is read. What is exact is counted in D1: for each account, device and session, and what a source does that fails.
 *
 * @throws {StoreUnavailable}
 */
export type ClientLimit = (key: string) => Promise<boolean>

/** Describes what Janus uses of a rate limit of Workers: the published types name no global of theirs. */
interface RateLimitBinding {
  limit(options: { readonly key: string }): Promise<{ readonly success: boolean }>
}

export function createClientLimit(binding: RateLimitBinding): ClientLimit {
  return async (key) => {
    const { success } = await reach('LOGIN_LIMIT', () => binding.limit({ key }))
    return success
  }
}
