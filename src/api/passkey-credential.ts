import * as v from 'valibot'
import { Problem } from '../http/problem'
import type { RelyingParty } from '../passkeys/relying-party'

/** The longest of them is an attestation object with certificates. */
const Encoded = v.pipe(v.string('Send a string.'), v.maxLength(16 * 1024, 'This is too long.'))
// guard: the id of a passkey is base64url: PostgreSQL takes no text with a NUL
const CredentialId = v.pipe(v.string('Send a string.'), v.regex(/^[\w-]{1,1364}$/, 'Send base64url.'))
const Transport = v.pipe(v.string('Send a string.'), v.regex(/^[a-z-]{1,32}$/, 'Send a name in lower case.'))

/**
 * Holds what `PublicKeyCredential.toJSON()` gives after a registration (WebAuthn L3 §5.1). Browsers send more members, and more as time goes on:
 * they are not looked at.
 */
export const RegisteredCredential = v.pipe(
  v.looseObject({
    id: CredentialId,
    response: v.looseObject({
      clientDataJSON: Encoded,
      attestationObject: Encoded,
      transports: v.optional(v.pipe(v.array(Transport), v.maxLength(16, 'These are too many.')), []),
    }),
  }),
  v.transform(({ id, response }) => ({
    response: { id, clientDataJson: response.clientDataJSON, attestationObject: response.attestationObject },
    transports: response.transports,
  })),
)

/** Holds what it gives after a use. */
export const UsedCredential = v.pipe(
  v.looseObject({
    id: CredentialId,
    response: v.looseObject({
      clientDataJSON: Encoded,
      authenticatorData: Encoded,
      signature: Encoded,
      userHandle: v.optional(v.nullable(Encoded), null),
    }),
  }),
  v.transform(({ id, response }) => ({
    id,
    clientDataJson: response.clientDataJSON,
    authenticatorData: response.authenticatorData,
    signature: response.signature,
    userHandle: response.userHandle,
  })),
)

/** Returns for whom passkeys are made. @throws {Problem} `not-found`, where there are none. */
export function passkeyParty({ relyingParty }: { readonly relyingParty: RelyingParty | null }): RelyingParty {
  if (!relyingParty) throw new Problem('not-found', { detail: 'This service has no passkeys.' })
  return relyingParty
}

/** Returns one answer for every response that is not accepted. The log says why. */
export function passkeyRefused(): Problem {
  const detail =
    'Ask for new options and try again: each challenge works once, for five minutes, where it was requested.'
  return new Problem('passkey-refused', { detail })
}
