import { parseBase64url } from '../crypto/base64url'
import { sha256 } from '../crypto/sha256'
import { parseAuthenticatorData } from './authenticator-data'
import { type ClientDataRefusal, checkClientData, type Expected } from './client-data'
import { parsePublicKey } from './public-key'
import { checkFlags, type FlagsRefusal } from './verify-registration'

/** Holds what `PublicKeyCredential.toJSON()` says of the use of a passkey, as far as it is used; all base64url. */
export interface AssertionResponse {
  readonly id: string
  readonly clientDataJson: string
  readonly authenticatorData: string
  readonly signature: string
  /** `null`: the authenticator did not say whose passkey it is. */
  readonly userHandle: string | null
}

/** Holds what is stored of a passkey and needed to verify its use. */
export interface VerifiablePasskey {
  readonly credentialId: string
  readonly publicKey: string
  /** The handle of the account that it belongs to. */
  readonly userHandle: string
  readonly signCount: number
  readonly backupEligible: boolean
}

export interface Assertion {
  readonly userVerified: boolean
  readonly backedUp: boolean
  readonly signCount: number
  /**
   * `regressed`: the counter did not go up though it is in use, so there may be a copy of the key (WebAuthn L3 §6.1.1). Passkeys that are
   * kept on several devices do not count.
   */
  readonly counter: 'advanced' | 'unused' | 'regressed'
}

export type AssertionRefusal =
  | ClientDataRefusal
  | FlagsRefusal
  | 'encoding'
  | 'credential-id'
  | 'user-handle'
  | 'authenticator-data'
  | 'backup-eligibility'
  | 'public-key'
  | 'algorithm'
  | 'signature'

export type VerifiedAssertion =
  | { readonly ok: true; readonly assertion: Assertion }
  | { readonly ok: false; readonly refusal: AssertionRefusal }

interface ExpectedAssertion extends Expected {
  /** Says whether it is known whose passkey is requested. If not, the response must name its owner. */
  readonly isUserKnown: boolean
}

/** Longer than any signature or authenticator data is, in characters. */
const MAX_LENGTH = 4096

/**
 * Verifies the use of a passkey: every check of WebAuthn L3 §7.2, in its order. What follows from the counter is the caller's to decide.
 * Never throws: what cannot be read is refused.
 */
export async function verifyAssertion(
  response: AssertionResponse,
  passkey: VerifiablePasskey,
  expected: ExpectedAssertion,
): Promise<VerifiedAssertion> {
  const refuse = (refusal: AssertionRefusal) => ({ ok: false, refusal }) as const
  const { id, userHandle } = response
  if (id !== passkey.credentialId) return refuse('credential-id')
  // guard: a passkey belongs to whom it says
  const saysWhose = userHandle === null ? expected.isUserKnown : userHandle === passkey.userHandle
  if (!saysWhose) return refuse('user-handle')

  const [clientData, signature, authenticatorData] = decode(response)
  if (!clientData || !signature || !authenticatorData) return refuse('encoding')
  const clientDataRefusal = checkClientData(clientData, 'webauthn.get', expected)
  if (clientDataRefusal) return refuse(clientDataRefusal)

  const data = parseAuthenticatorData(authenticatorData)
  // Only a registration brings a new passkey along (WebAuthn L3 §6.1).
  // guard: an assertion brings no passkey along
  if (!data || data.credential) return refuse('authenticator-data')
  const flagsRefusal = await checkFlags(data, expected)
  if (flagsRefusal) return refuse(flagsRefusal)
  // guard: a passkey does not become one that can be copied
  if (data.backupEligible !== passkey.backupEligible) return refuse('backup-eligibility')

  const publicKey = parseBase64url(passkey.publicKey)
  const parsed = publicKey && (await parsePublicKey(publicKey))
  if (!parsed?.ok) return refuse(parsed?.refusal ?? 'public-key')
  const signed = new Uint8Array([...authenticatorData, ...(await sha256(clientData))])
  // guard: an assertion is signed by the key of the passkey
  if (!(await parsed.key.verify(signature, signed))) return refuse('signature')

  const { userVerified, backedUp, signCount } = data
  const counter = compareCounters(signCount, passkey.signCount)
  return { ok: true, assertion: { userVerified, backedUp, signCount, counter } }
}

function decode({ clientDataJson, signature, authenticatorData }: AssertionResponse) {
  return [clientDataJson, signature, authenticatorData].map((text) =>
    text.length <= 2 * MAX_LENGTH ? parseBase64url(text) : null,
  )
}

function compareCounters(presented: number, stored: number): Assertion['counter'] {
  if (presented === 0 && stored === 0) return 'unused'
  return presented > stored ? 'advanced' : 'regressed'
}
