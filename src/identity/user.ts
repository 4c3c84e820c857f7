import { encodeBase64url } from '../crypto/base64url'
import { randomBytes } from '../crypto/random'
import type { Sealed } from '../crypto/sealing'

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
  /** `null`: it has set up none. A password or what is mailed is enough to sign in, unless settings require more. */
  readonly secondFactor: SecondFactor | null
  /** Says whether it has passkeys. They count as second factor where settings require one. */
  readonly hasPasskeys: boolean
}

/** The second factor of an account, as far as a sign-in needs it. */
export interface SecondFactor {
  /** Says when it was last set up (seconds); `null`: there are only passkeys, and settings require a second factor. */
  readonly since: number | null
  /** The sealed seed of its authenticator app; `null`: it has another factor. */
  readonly totp: Sealed | null
  /** Says whether it has passkeys, each of which is a second factor, too. */
  readonly passkeys: boolean
}

export function newUser(
  { email, emailVerified, name }: Pick<User, 'email' | 'emailVerified' | 'name'>,
  now: number,
): User {
  return { id: encodeBase64url(randomBytes(16)), email, emailVerified, name, roles: [], createdAt: now }
}
