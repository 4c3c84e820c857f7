import { encodeBase64url, parseBase64url } from '../crypto/base64url'
import { constantTimeEqual } from '../crypto/constant-time'
import { sha256 } from '../crypto/sha256'
import { type AuthenticatorData, parseAuthenticatorData } from './authenticator-data'
import { type CborMap, decodeCborMap } from './cbor'
import { type ClientDataRefusal, checkClientData, type Expected } from './client-data'
import { type PublicKey, parsePublicKey } from './public-key'

/** Holds what `PublicKeyCredential.toJSON()` says of a new passkey, as far as it is used; all base64url. */
export interface RegistrationResponse {
  readonly id: string
  readonly clientDataJson: string
  readonly attestationObject: string
}

/** A passkey as its authenticator made it. */
export interface NewPasskey {
  /** Base64url. */
  readonly credentialId: string
  /** The COSE key, base64url. */
  readonly publicKey: string
  readonly alg: number
  readonly signCount: number
  readonly userVerified: boolean
  readonly backupEligible: boolean
  readonly backedUp: boolean
  /** The model of the authenticator, lower-case hexadecimal; zeros if it does not say. */
  readonly aaguid: string
}

export type RegistrationRefusal =
  | ClientDataRefusal
  | FlagsRefusal
  | 'encoding'
  | 'attestation-object'
  | 'algorithm'
  | 'public-key'
  | 'attestation-statement'
  | 'credential-id'

export type VerifiedRegistration =
  | { readonly ok: true; readonly passkey: NewPasskey }
  | { readonly ok: false; readonly refusal: RegistrationRefusal }

/** An attestation statement may carry certificates; with the longest id and key, 4 KiB are more than any needs. */
const ATTESTATION_MAX_LENGTH = 16 * 1024

/**
 * Verifies the response to a registration: every check of WebAuthn L3 §7.1, in its order. Only the store can tell whether the credential
 * id is new. Never throws: what cannot be read is refused.
 */
export async function verifyRegistration(
  { id, clientDataJson, attestationObject }: RegistrationResponse,
  expected: Expected,
): Promise<VerifiedRegistration> {
  const refuse = (refusal: RegistrationRefusal) => ({ ok: false, refusal }) as const
  const clientData = parseBase64url(clientDataJson)
  const attestation =
    attestationObject.length <= ATTESTATION_MAX_LENGTH ? parseBase64url(attestationObject) : null
  if (!clientData || !attestation) return refuse('encoding')
  const clientDataRefusal = checkClientData(clientData, 'webauthn.create', expected)
  if (clientDataRefusal) return refuse(clientDataRefusal)

  const object = parseAttestationObject(attestation)
  const data = object && parseAuthenticatorData(object.authData)
  if (!object || !data?.credential) return refuse('attestation-object')
  const flagsRefusal = await checkFlags(data, expected)
  if (flagsRefusal) return refuse(flagsRefusal)
  const { credential } = data
  const parsed = await parsePublicKey(credential.publicKey)
  if (!parsed.ok) return refuse(parsed.refusal)
  const signed = new Uint8Array([...object.authData, ...(await sha256(clientData))])
  if (!(await isFitStatement(object, parsed.key, signed))) return refuse('attestation-statement')
  const credentialId = encodeBase64url(credential.id)
  // The id that the browser names is the one that the authenticator made.
  // guard: a registration names the id that its authenticator made
  // guard: the id of a passkey is as long as one
  if (!isCredentialIdLength(credential.id.length) || id !== credentialId) return refuse('credential-id')

  const { signCount, userVerified, backupEligible, backedUp } = data
  const passkey: NewPasskey = {
    credentialId,
    publicKey: encodeBase64url(credential.publicKey),
    alg: parsed.key.alg,
    signCount,
    userVerified,
    backupEligible,
    backedUp,
    aaguid: credential.aaguid.toHex(),
  }
  return { ok: true, passkey }
}

/** Returns `true` for the length of a credential id: at least 16 bytes (WebAuthn L3 §4) and at most 1,023 (§7.1). */
function isCredentialIdLength(length: number): boolean {
  return length >= 16 && length <= 1023
}

export type FlagsRefusal = 'rp-id' | 'user-presence' | 'user-verification' | 'backup-state'

/** Checks what both ceremonies ask of authenticator data: WebAuthn L3 §7.1 steps 14 to 17, §7.2 steps 15 to 18. */
export async function checkFlags(
  { rpIdHash, userPresent, userVerified, backupEligible, backedUp }: AuthenticatorData,
  { rpId, userVerification }: Expected,
): Promise<FlagsRefusal | null> {
  // guard: an authenticator acted for this relying party
  if (!constantTimeEqual(rpIdHash, await sha256(new TextEncoder().encode(rpId)))) return 'rp-id'
  // guard: somebody was present
  if (!userPresent) return 'user-presence'
  // guard: the person was verified where that is required
  if (!userVerified && userVerification === 'required') return 'user-verification'
  // guard: what is backed up can be backed up
  if (backedUp && !backupEligible) return 'backup-state'
  return null
}

interface AttestationObject {
  readonly fmt: string
  readonly attStmt: CborMap
  readonly authData: Uint8Array<ArrayBuffer>
}

/** Reads an attestation object (WebAuthn L3 §6.5), which has three members. */
function parseAttestationObject(bytes: Uint8Array<ArrayBuffer>): AttestationObject | null {
  const object = decodeCborMap(bytes)
  const [fmt, attStmt, authData] = ['fmt', 'attStmt', 'authData'].map((name) => object?.get(name))
  return object?.size === 3 &&
    typeof fmt === 'string' &&
    attStmt instanceof Map &&
    authData instanceof Uint8Array
    ? { fmt, attStmt, authData }
    : null
}

/** The registered formats that say something about the make of the device (RFC 8809). */
const MAKES = new Set(['packed', 'tpm', 'android-key', 'android-safetynet', 'fido-u2f', 'apple', 'compound'])

/**
 * Tells whether an attestation statement is what its format allows. `none` is asked for and is empty. A passkey that attests itself has
 * signed with its own key. A statement about the make of the device is not verified: nobody here trusts one make more than another, and
 * WebAuthn L3 §7.1 lets it count as none.
 */
async function isFitStatement(
  { fmt, attStmt }: AttestationObject,
  key: PublicKey,
  signed: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  if (fmt === 'none') return attStmt.size === 0
  if (fmt !== 'packed' || attStmt.has('x5c')) return MAKES.has(fmt)
  const signature = attStmt.get('sig')
  return (
    // guard: a passkey that attests itself has signed
    attStmt.get('alg') === key.alg && signature instanceof Uint8Array && (await key.verify(signature, signed))
  )
}
