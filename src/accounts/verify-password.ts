import type { Log } from '../log'
import type { PasswordHasher } from '../passwords/password-hash'
import type { UserCredentials } from './user'

export interface VerifyPasswordServices {
  readonly passwords: PasswordHasher
  readonly log: Log
}

/**
 * The hash that the password matched, if the account is there, enabled, and has one; `null` otherwise. Every refusal
 * costs one hash, so that none can be told from another by waiting.
 */
export async function verifyPassword(
  { passwords, log }: VerifyPasswordServices,
  found: UserCredentials | null,
  password: string,
): Promise<string | null> {
  if (!found || found.passwordHash === null) {
    await passwords.verifyNothing(password)
    return null
  }
  const verified = await passwords.verify(password, found.passwordHash)
  if (verified === 'unusable') log('password-hash-unusable', { user_id: found.user.id })
  return verified === 'match' && !found.disabled ? found.passwordHash : null
}
