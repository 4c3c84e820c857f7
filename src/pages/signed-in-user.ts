import type { Context } from 'hono'
import type { User } from '../accounts/user'
import { authenticate } from '../authentication/authenticate'
import { readCredential } from '../authentication/credential'
import type { Services } from '../services'

/** Returns who is signed in on a page that is open to all, or `null` for nobody. The session is live. @throws {StoreUnavailable} */
export async function signedInUser(services: Services, c: Context): Promise<User | null> {
  const authentication = await authenticate(services, readCredential(c.req.raw.headers, services.cookies))
  if (authentication.outcome !== 'authenticated') return null
  const { sessionId } = authentication.principal
  return (await services.users.findWithSession(sessionId, services.clock()))?.user ?? null
}
