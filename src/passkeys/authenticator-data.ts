import { decodeCbor } from './cbor'

type Bytes = Uint8Array<ArrayBuffer>

/** Holds what an authenticator says and signs (WebAuthn L3 §6.1). */
export interface AuthenticatorData {
  /** SHA-256 of the id of the relying party that the authenticator acted for. */
  readonly rpIdHash: Bytes
  readonly userPresent: boolean
  readonly userVerified: boolean
  /** Says whether the passkey can be copied to other devices of its owner. It never changes. */
  readonly backupEligible: boolean
  /** Says whether it is copied now. */
  readonly backedUp: boolean
  readonly signCount: number
  /** The new passkey; `null` in an assertion. */
  readonly credential: AttestedCredential | null
}

interface AttestedCredential {
  /** Model of the authenticator, 16 bytes; zeros if it does not say. */
  readonly aaguid: Bytes
  readonly id: Bytes
  /** The public key as COSE. */
  readonly publicKey: Bytes
}

// Bits of the flags; bits 1 and 5 are reserved and may be set one day.
const FLAGS = { UP: 1, UV: 4, BE: 8, BS: 16, AT: 64, ED: 128 }

/** Takes authenticator data apart, or returns `null` if its parts do not make up the whole of it. */
export function parseAuthenticatorData(bytes: Bytes): AuthenticatorData | null {
  if (bytes.length < 37) return null
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const has = (flag: number) => (view.getUint8(32) & flag) !== 0
  const attested = has(FLAGS.AT) ? readCredential(bytes, view, 37) : { credential: null, end: 37 }
  if (!attested) return null
  const end = has(FLAGS.ED) ? endOfExtensions(bytes, attested.end) : attested.end
  // guard: nothing follows authenticator data
  if (end !== bytes.length) return null
  return {
    rpIdHash: bytes.slice(0, 32),
    userPresent: has(FLAGS.UP),
    userVerified: has(FLAGS.UV),
    backupEligible: has(FLAGS.BE),
    backedUp: has(FLAGS.BS),
    signCount: view.getUint32(33),
    credential: attested.credential,
  }
}

/** Reads attested credential data (WebAuthn L3 §6.5.1). */
function readCredential(bytes: Bytes, view: DataView, start: number) {
  const idStart = start + 18
  if (bytes.length < idStart) return null
  const idEnd = idStart + view.getUint16(start + 16)
  const end = decodeCbor(bytes, idEnd)?.end
  if (end === undefined) return null
  const credential: AttestedCredential = {
    aaguid: bytes.slice(start, start + 16),
    id: bytes.slice(idStart, idEnd),
    publicKey: bytes.slice(idEnd, end),
  }
  return { credential, end }
}

/** Extensions are a map. None is asked for, so what they say is ignored, which WebAuthn L3 §7.1 and §7.2 allow. */
function endOfExtensions(bytes: Bytes, start: number): number | null {
  const extensions = decodeCbor(bytes, start)
  return extensions?.value instanceof Map ? extensions.end : null
}
