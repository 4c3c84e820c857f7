import type { GuardServices } from './auth-env'
import { type AuthenticateServices, authenticate } from './authenticate'
import { readCredential } from './credential'
import type { Principal } from './principal'

/**
 * Returns who is behind a request on a route that is open to all, or `null` for nobody. A credential that is not valid counts as none:
 * nobody need have one here.
 *
 * @throws {StoreUnavailable}
 */
export async function optionalPrincipal(
  services: AuthenticateServices & Pick<GuardServices, 'cookies'>,
  headers: Headers,
): Promise<Principal | null> {
  const authentication = await authenticate(services, readCredential(headers, services.cookies))
  return authentication.outcome === 'authenticated' ? authentication.principal : null
}
