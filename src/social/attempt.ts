import { encodeBase64url } from '../crypto/base64url'
import { createExpiringSeals, type Seals } from '../crypto/expiring-seals'
import type { Keyring } from '../crypto/keyring'
import { randomBytes } from '../crypto/random'
import type { Mode } from '../sessions/mode'

/** A sign-in that went to a provider. Everything that it is about travels in `state`, encrypted, so that beginning one stores nothing. */
export interface SocialAttempt {
  /** Its use is stored: each works once. */
  readonly id: string
  readonly provider: string
  readonly mode: Mode
  readonly nonce: string
  readonly verifier: string
  /** SHA-256 of the secret of the browser or client that began it. */
  readonly bindingHash: string
  readonly returnTo: string | null
  /** The session for whose account the identity is; `null`: to sign in. */
  readonly linksFor: { readonly userId: string; readonly sessionId: string } | null
  readonly expiresAt: number
}

/** An identity that was verified and belongs to no account yet: its owner signs in to the account once, and then it is theirs. */
export interface IdentityOffer {
  /** Its use is stored: each works once. */
  readonly id: string
  readonly provider: string
  readonly issuer: string
  readonly subject: string
  /** The address that the account must have, as the provider wrote it and in its canonical form. */
  readonly email: string
  readonly canonicalEmail: string
  /** Says where the person wanted to go; `null` if they did not say so. */
  readonly returnTo: string | null
  readonly expiresAt: number
}

/** Seals what a browser carries and must neither read nor change. */
export interface SocialSeals {
  readonly attempts: Seals<SocialAttempt>
  readonly offers: Seals<IdentityOffer>
  readonly names: Seals<StatedName>
}

/** A name that came beside the answer to an attempt. */
interface StatedName {
  readonly attemptId: string
  readonly name: string
  readonly expiresAt: number
}

/** Says how long a person may take at a provider, in seconds (OWASP ASVS 5.0 §10.2.1). */
export const ATTEMPT_SECONDS = 10 * 60

/** Says how long an identity waits for the account, in seconds: as long as the link that proves the address. */
export const OFFER_SECONDS = 24 * 60 * 60

/** More than the longest target makes of it. */
const SEALED_MAX_LENGTH = 6000

export function createSocialSeals({
  keyring,
  issuer,
}: {
  readonly keyring: Keyring
  readonly issuer: string
}): SocialSeals {
  const sealsOf = <T extends { readonly expiresAt: number }>(kind: 'attempt' | 'offer' | 'name') =>
    createExpiringSeals<T>({
      keyring,
      purpose: 'social-sign-in',
      // guard: an offer is no attempt, and that of another issuer none here
      name: JSON.stringify([issuer, kind]),
      maxLength: SEALED_MAX_LENGTH,
    })
  return { attempts: sealsOf('attempt'), offers: sealsOf('offer'), names: sealsOf('name') }
}

/** Returns what nobody can guess about an attempt: its id, its nonce and its verifier. */
export function newSecrets(): Pick<SocialAttempt, 'id' | 'nonce' | 'verifier'> {
  const [id, nonce, verifier] = [16, 32, 32].map((length) => encodeBase64url(randomBytes(length)))
  return { id: id ?? '', nonce: nonce ?? '', verifier: verifier ?? '' }
}
