import type { Context } from 'hono'
import { optionalPrincipal } from '../guards/optional-principal'
import type { User } from '../identity/user'
import type { Services } from '../services'

/** Returns who is signed in on a page that is open to all, or `null` for nobody. The session is live. @throws {StoreUnavailable} */
export async function signedInUser(services: Services, c: Context): Promise<User | null> {
  const principal = await optionalPrincipal(services, c.req.raw.headers)
  return (
    principal && ((await services.users.findWithSession(principal.sessionId, services.clock()))?.user ?? null)
  )
}
