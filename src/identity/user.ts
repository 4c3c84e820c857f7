import { encodeBase64url } from '../crypto/base64url'
import { randomBytes } from '../crypto/random'

/** An account. */
export interface User {
  /** 16 random bytes, base64url; never used again, not even after the account is deleted. */
  readonly id: string
  readonly email: string
  /** Says whether the owner verified the address, by using what was mailed there. */
  readonly emailVerified: boolean
  readonly name: string | null
  readonly roles: readonly string[]
  readonly createdAt: number
}

/** Describes what a sign-in is checked against. */
export interface UserCredentials {
  readonly user: User
  readonly canonicalEmail: string
  /** `null`: the account has no password. */
  readonly passwordHash: string | null
  readonly disabled: boolean
}

export function newUser(
  { email, emailVerified, name }: Pick<User, 'email' | 'emailVerified' | 'name'>,
  now: number,
): User {
  return { id: encodeBase64url(randomBytes(16)), email, emailVerified, name, roles: [], createdAt: now }
}
