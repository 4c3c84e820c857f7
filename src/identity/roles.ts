/** The most that the roles of an account take, in bytes of JSON: the database stores no longer list (0013_roles.sql). */
export const ROLES_MAX_BYTES = 1024

/** Returns why an account cannot be given these roles, or `null` if it can. */
export function checkRoles(roles: readonly string[]): 'not-visible' | 'too-long' | null {
  const isVisible = (role: unknown) => typeof role === 'string' && role.trim() !== '' && !/\p{C}/u.test(role)
  if (!roles.every(isVisible)) return 'not-visible'
  return new TextEncoder().encode(JSON.stringify(roles)).length <= ROLES_MAX_BYTES ? null : 'too-long'
}
