import type { OpenIdStore } from '../../oauth/openid-store'
import { type PersonClaims, personClaims } from '../../oauth/person-claims'
import { includesScope, OPENID } from '../../oauth/scopes'
import type { CheckUserInfoToken } from '../../oauth/user-info-token'
import type { Clock } from '../../runtime/clock'
import { assuranceOf } from '../../sessions/assurance'
import { type FactorPolicy, lacksFactor } from '../../sessions/factor-policy'

export interface UserInfoServices {
  readonly openId: OpenIdStore
  readonly checkUserInfoToken: CheckUserInfoToken
  readonly factorPolicy: FactorPolicy
  readonly clock: Clock
}

export type UserInfo =
  | { readonly outcome: 'told'; readonly claims: PersonClaims & { readonly sub: string } }
  | { readonly outcome: 'invalid-token' | 'insufficient-scope' }

/** Tells a client of the person whose grant it has, as they are now: one trip to the store. @throws {StoreUnavailable} */
export async function readUserInfo(
  { openId, checkUserInfoToken, factorPolicy, clock }: UserInfoServices,
  text: string,
): Promise<UserInfo> {
  const token = await checkUserInfoToken(text)
  if (token === null) return { outcome: 'invalid-token' }
  // guard: UserInfo takes a token with openid
  if (!includesScope(token.scope, OPENID)) return { outcome: 'insufficient-scope' }
  const person = await openId.findPerson({ id: token.grantId, clientId: token.clientId, now: clock() })
  if (person === null) return { outcome: 'invalid-token' }
  const { subject, roles, methods } = person
  // guard: a grant of one factor tells nothing of an account that must have two
  if (lacksFactor(factorPolicy, { roles, ...assuranceOf(methods) })) return { outcome: 'invalid-token' }
  return { outcome: 'told', claims: { sub: subject, ...personClaims(person, token.scope) } }
}
