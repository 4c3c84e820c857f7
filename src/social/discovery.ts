import * as oauth from 'oauth4webapi'
import { isLocal } from '../http/trustworthy-url'
import type { Clock } from '../runtime/clock'
import type { Egress } from './egress'
import { endpointOf, type Metadata } from './openid-provider'
import { ProviderUnavailable } from './provider'

/** Keys have their own cache. What else a provider changes, it announces. */
const FRESH_SECONDS = 60 * 60

/**
 * Reads the metadata of an issuer from its well-known path, at most once an hour in each isolate. It must name the very issuer that is
 * configured (OpenID Connect Discovery 1.0 §4.3), and endpoints at hosts that are.
 */
export function createDiscovery(
  issuer: string,
  origins: readonly string[],
  { egress, clock }: { readonly egress: Egress; readonly clock: Clock },
): () => Promise<Metadata> {
  let known: { readonly metadata: Metadata; readonly until: number } | null = null

  return async () => {
    if (known && clock() < known.until) return known.metadata
    const url = new URL(issuer)
    try {
      const response = await oauth.discoveryRequest(url, {
        [oauth.customFetch]: (to, { method, headers }) => egress(to, { method, headers }),
        [oauth.allowInsecureRequests]: isLocal(url),
      })
      const metadata = await oauth.processDiscoveryResponse(url, response)
      // guard: metadata of another issuer is not used
      if (metadata.issuer !== issuer) throw new ProviderUnavailable('metadata-of-another-issuer')
      for (const name of ['authorization_endpoint', 'token_endpoint', 'jwks_uri'] as const) {
        // guard: discovery names no host that is not configured
        if (!origins.includes(new URL(endpointOf(metadata, name)).origin))
          throw new ProviderUnavailable('host-not-configured')
      }
      known = { metadata, until: clock() + FRESH_SECONDS }
      return metadata
    } catch (error) {
      throw error instanceof ProviderUnavailable ? error : new ProviderUnavailable('metadata')
    }
  }
}
