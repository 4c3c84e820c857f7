import type { Context } from 'hono'
import { Problem } from '../../http/problem'
import { requestIdOf } from '../../request-source/request-id'
import type { Services, SocialPart } from '../../services'
import { type Provider, ProviderUnavailable } from '../../social/provider'

/** Returns a provider that is configured. @throws {Problem} `not-found`. */
export function providerNamed({ providers }: SocialPart, name: string): Provider {
  const provider = providers.find((each) => each.name === name)
  if (!provider) throw new Problem('not-found')
  return provider
}

/** Returns where a provider sends a browser back, byte for byte as it is registered there. */
export function redirectUriOf({ config }: Pick<Services, 'config'>, provider: string): string {
  return `${config.issuer}/login/social/${provider}/callback`
}

/** Returns what a provider says. @throws {Problem} `provider-unavailable`. */
export async function orUnavailable<T>(
  c: Context,
  { log }: Pick<Services, 'log'>,
  provider: Provider,
  ask: () => Promise<T>,
): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (!(error instanceof ProviderUnavailable)) throw error
    log('provider-unavailable', { request_id: requestIdOf(c), provider: provider.name, reason: error.reason })
    throw new Problem('provider-unavailable')
  }
}
