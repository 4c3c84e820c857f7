import { JWKSNoMatchingKey } from 'jose/errors'
import * as v from 'valibot'
import type { SigningKeys } from '../keys/signing-keys'
import type { Restores } from '../restores/restores'
import type { Clock } from '../runtime/clock'
import { InstantClaim } from '../tokens/claims-parser'
import { verifyJwt } from '../tokens/jwt'
import { userInfoOf } from './client-token'
import type { Resource } from './scopes'

/** An access token that Janus issued to a client, and that has not expired. Whether its grant is live, the store says. */
export interface ClientTokenClaims {
  readonly id: string
  readonly subject: string
  readonly clientId: string
  readonly scope: string
  readonly audience: string
  /** The grant; `null`: no person stands behind it. */
  readonly sessionId: string | null
  readonly issuedAt: number
  readonly expiresAt: number
}

/** Returns the claims of an access token of a client, or `null` for every other text. @throws {StoreUnavailable} */
export type CheckClientToken = (text: string) => Promise<ClientTokenClaims | null>

const Claims = v.object({
  sub: v.string(),
  client_id: v.string(),
  scope: v.string(),
  aud: v.string(),
  sid: v.optional(v.string()),
  jti: v.string(),
  iat: InstantClaim,
  exp: InstantClaim,
})

/** Creates the check of access tokens of clients: one verification each. */
export function createClientTokenCheck({
  keys,
  restores,
  issuer,
  resources,
  clock,
}: {
  readonly keys: SigningKeys
  readonly restores: Pick<Restores, 'lastAt'>
  readonly issuer: string
  readonly resources: readonly Resource[]
  readonly clock: Clock
}): CheckClientToken {
  const audience = [...resources.map(({ uri }) => uri), userInfoOf(issuer)]
  return async (text) => {
    const jwt = await verifyJwt(
      text,
      async ({ kid }) => {
        const key = typeof kid === 'string' ? await keys.verifier(kid) : null
        if (!key) throw new JWKSNoMatchingKey()
        return key
      },
      { algorithms: [keys.alg], issuer, audience, typ: 'at+jwt', requiredClaims: [], now: clock() },
    )
    const claims = jwt.ok ? v.safeParse(Claims, jwt.payload) : null
    if (!claims?.success) return null
    const { sub, client_id, scope, aud, sid, jti, iat, exp } = claims.output
    // guard: a token of a client issued before the database was put back is none
    if (iat <= (await restores.lastAt())) return null
    return {
      id: jti,
      subject: sub,
      clientId: client_id,
      scope,
      audience: aud,
      sessionId: sid ?? null,
      issuedAt: iat,
      expiresAt: exp,
    }
  }
}
