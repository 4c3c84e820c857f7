import type { ClosedTo } from '../../sessions/factor-policy'

/**
 * Returns the condition that settings take one factor of an account.
 *
 * @param account The expression for its id. The row is looked for only where there are roles that need two factors.
 */
export function takesOneFactor(account: 'users.id' | 'parent.user_id'): string {
  return `(:closed_to_all = 0 AND NOT EXISTS (
    SELECT 1 FROM json_each(:closed_roles) AS closed JOIN users AS owner ON owner.id = ${account}
     WHERE replace(owner.roles, '"' || (closed.value ->> 'role') || '"', '') <> owner.roles))`
}

/** Returns what {@link takesOneFactor} compares. */
export function closedValues({ everybody, roles }: ClosedTo) {
  return {
    closed_to_all: everybody ? 1 : 0,
    closed_roles: JSON.stringify(roles.map((role) => ({ role }))),
  }
}
