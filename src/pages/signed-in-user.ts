import type { Context } from 'hono'
import { authenticate } from '../guards/authenticate'
import { readCredential } from '../guards/credential'
import type { User } from '../identity/user'
import type { Services } from '../services'

/** Returns who is signed in on a page that is open to all, or `null` for nobody. The session is live. @throws {StoreUnavailable} */
export async function signedInUser(services: Services, c: Context): Promise<User | null> {
  const authentication = await authenticate(services, readCredential(c.req.raw.headers, services.cookies))
  if (authentication.outcome !== 'authenticated') return null
  const { sessionId } = authentication.principal
  return (await services.users.findWithSession(sessionId, services.clock()))?.user ?? null
}
