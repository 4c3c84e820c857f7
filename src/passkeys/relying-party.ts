import { CHALLENGE_LIFETIME_SECONDS } from './challenge'
import type { Expected } from './client-data'
import type { OwnedPasskeys, Passkey } from './passkey-store'
import { OFFERED_ALGORITHMS } from './public-key'

/** For whom passkeys are made and where they are used. */
export interface RelyingParty {
  /** A domain: browsers offer a passkey on it and below it (WebAuthn L3 §5.1.2). */
  readonly id: string
  /** Names the service, as people are shown it. */
  readonly name: string
  /** The origins of the pages and apps that may use them. */
  readonly origins: readonly string[]
}

/** Returns what a response must be an answer to. A passkey proves two factors, so the person is always verified. */
export function expectedBy({ id, origins }: RelyingParty, challenge: string): Expected {
  return { challenge, origins, rpId: id, userVerification: 'required' }
}

/** Makes the options of a registration, for `PublicKeyCredential.parseCreationOptionsFromJSON`. */
export function creationOptions(
  { id, name }: RelyingParty,
  {
    challenge,
    user,
    owned,
  }: {
    readonly challenge: string
    readonly user: { readonly email: string; readonly name: string | null }
    readonly owned: OwnedPasskeys
  },
) {
  return {
    rp: { id, name },
    user: { id: owned.userHandle, name: user.email, displayName: user.name ?? user.email },
    challenge,
    pubKeyCredParams: OFFERED_ALGORITHMS.map((alg) => ({ type: 'public-key' as const, alg })),
    timeout: CHALLENGE_LIFETIME_SECONDS * 1000,
    // Without it a second registration would replace the first on the same device, and leave its row behind.
    excludeCredentials: owned.passkeys.map(describeCredential),
    authenticatorSelection: {
      residentKey: 'required' as const,
      requireResidentKey: true,
      userVerification: 'required' as const,
    },
    attestation: 'none' as const,
  }
}

/**
 * Makes the options of a use, for `PublicKeyCredential.parseRequestOptionsFromJSON`. They name no credentials unless the account is known, so
 * they say nothing of who has an account.
 */
export function requestOptions({ id }: RelyingParty, challenge: string, passkeys: readonly Passkey[] = []) {
  return {
    challenge,
    rpId: id,
    timeout: CHALLENGE_LIFETIME_SECONDS * 1000,
    allowCredentials: passkeys.map(describeCredential),
    userVerification: 'required' as const,
  }
}

function describeCredential({ credentialId, transports }: Passkey) {
  return { type: 'public-key' as const, id: credentialId, transports }
}
