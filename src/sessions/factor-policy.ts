import type { AssuranceLevel, ProvenMethod } from './assurance'
import { isSecondFactor } from './assurance'

/** Of which accounts a second factor is required: of none, of every one, or of those that have one of the roles. */
export interface FactorPolicy {
  readonly secondFactor: 'optional' | 'required' | 'roles'
  readonly secondFactorRoles?: readonly string[] | undefined
}

/** Returns whether an account with these roles must have a second factor. */
export function requiresFactor(
  { secondFactor, secondFactorRoles = [] }: FactorPolicy,
  roles: readonly string[],
): boolean {
  // guard: a role that requires a second factor requires it beside other roles, too
  if (secondFactor === 'roles') return roles.some((role) => secondFactorRoles.includes(role))
  return secondFactor === 'required'
}

/** Returns whether a session may not act, because its account must have a second factor and the session has proven none. */
export function lacksFactor(
  policy: FactorPolicy,
  { roles, acr }: { readonly roles: readonly string[]; readonly acr: AssuranceLevel },
): boolean {
  return acr !== 'urn:janus:2fa' && requiresFactor(policy, roles)
}

/** For which accounts no session begins on one factor; the database asks the account as it is then. */
export interface ClosedTo {
  readonly everybody: boolean
  readonly roles: readonly string[]
}

/** Returns for whom a session that rests on these proofs may not begin. */
export function closedTo(
  { secondFactor, secondFactorRoles = [] }: FactorPolicy,
  methods: readonly ProvenMethod[],
): ClosedTo {
  const proven = methods.some(({ method }) => isSecondFactor(method))
  return {
    everybody: !proven && secondFactor === 'required',
    roles: !proven && secondFactor === 'roles' ? secondFactorRoles : [],
  }
}
