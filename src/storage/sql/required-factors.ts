import type { ClosedTo } from '../../sessions/factor-policy'

/**
 * Returns the condition that settings take one factor of an account.
 *
 * @param roles The expression for its roles, which is evaluated only where there are roles that need two factors.
 */
export function takesOneFactor(roles: string): string {
  return `(:closed_to_all = 0 AND NOT EXISTS (
    SELECT 1 FROM json_each(:closed_roles) AS closed
     WHERE replace(${roles}, '"' || (closed.value ->> 'role') || '"', '') <> ${roles}))`
}

/** Returns what {@link takesOneFactor} compares. */
export function closedValues({ everybody, roles }: ClosedTo) {
  return {
    closed_to_all: everybody ? 1 : 0,
    closed_roles: JSON.stringify(roles.map((role) => ({ role }))),
  }
}
