import { includesScope, PERSON_SCOPES } from './scopes'

/** The claims about a person that clients can be told (OpenID Connect Core §5.1). There are no others. */
export interface PersonClaims {
  readonly name?: string
  readonly email?: string
  readonly email_verified?: boolean
}

export type PersonClaim = keyof PersonClaims

/** Holds what is known of a person, as it is now. */
export interface Person {
  readonly name: string | null
  readonly email: string
  readonly emailVerified: boolean
}

/** The scopes that ask for claims about a person, and which (OpenID Connect Core §5.4). */
const CLAIMS_OF_SCOPE: Readonly<Record<(typeof PERSON_SCOPES)[number], readonly PersonClaim[]>> = {
  profile: ['name'],
  email: ['email', 'email_verified'],
}

export const PERSON_CLAIMS: readonly PersonClaim[] = Object.values(CLAIMS_OF_SCOPE).flat()

/** Returns the scope that a claim takes. */
export function scopeOfClaim(claim: PersonClaim): string {
  return PERSON_SCOPES.find((scope) => CLAIMS_OF_SCOPE[scope].includes(claim)) ?? ''
}

/**
 * Returns what a scope says of a person. What is not known is left out (OpenID Connect Core §5.3.2).
 *
 * @param only Those of them that are wanted; all by default.
 */
export function personClaims(
  { name, email, emailVerified }: Person,
  scope: string,
  only: readonly string[] = PERSON_CLAIMS,
): PersonClaims {
  // guard: a client is told no more of a person than its scope says
  const told = PERSON_CLAIMS.filter(
    (claim) => includesScope(scope, scopeOfClaim(claim)) && only.includes(claim),
  )
  const known = { name, email, email_verified: emailVerified }
  return Object.fromEntries(told.flatMap((claim) => (known[claim] === null ? [] : [[claim, known[claim]]])))
}
