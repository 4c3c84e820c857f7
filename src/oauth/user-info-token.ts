import * as v from 'valibot'
import type { SigningKeys } from '../keys/signing-keys'
import type { Restores } from '../restores/restores'
import type { Clock } from '../runtime/clock'
import { ACCESS_TOKEN_TYP } from '../tokens/check-access-token'
import { verifyJwt } from '../tokens/jwt'
import { userInfoOf } from './client-token'

/** Holds what an access token for UserInfo says. */
export interface UserInfoToken {
  readonly grantId: string
  readonly clientId: string
  readonly scope: string
}

/** Verifies access tokens whose audience is UserInfo. Returns `null` for every other. @throws {StoreUnavailable} */
export type CheckUserInfoToken = (text: string) => Promise<UserInfoToken | null>

const Claims = v.object({ sid: v.string(), client_id: v.string(), scope: v.string(), iat: v.number() })

export function createUserInfoTokenCheck({
  keys,
  restores,
  issuer,
  clock,
}: {
  readonly keys: SigningKeys
  readonly restores: Pick<Restores, 'lastAt'>
  readonly issuer: string
  readonly clock: Clock
}): CheckUserInfoToken {
  return async (text) => {
    const jwt = await verifyJwt(
      text,
      async ({ kid = '' }) => {
        const key = await keys.verifier(kid)
        if (key === null) throw new TypeError('No key of an access token')
        return key
      },
      {
        algorithms: [keys.alg],
        issuer,
        // guard: UserInfo takes tokens that are for UserInfo
        audience: userInfoOf(issuer),
        typ: ACCESS_TOKEN_TYP,
        requiredClaims: ['sid', 'client_id', 'scope', 'exp'],
        now: clock(),
      },
    )
    const claims = jwt.ok ? v.safeParse(Claims, jwt.payload) : null
    if (!claims?.success) return null
    const { sid, client_id, scope, iat } = claims.output
    // guard: a token for UserInfo issued before the database was put back is none
    if (iat <= (await restores.lastAt())) return null
    return { grantId: sid, clientId: client_id, scope }
  }
}
