import { parseBase64url } from '../crypto/base64url'

/** Says what a response must be an answer to. */
export interface Expected {
  /** The challenge of the ceremony, as the options carried it. */
  readonly challenge: string
  /** The origins that may use the passkeys, as browsers and apps spell them. */
  readonly origins: readonly string[]
  readonly rpId: string
  readonly userVerification: 'required' | 'preferred'
}

/** The ceremony that a browser took part in. */
export type Ceremony = 'webauthn.create' | 'webauthn.get'

export type ClientDataRefusal =
  | 'client-data'
  | 'type'
  | 'challenge'
  | 'origin'
  | 'cross-origin'
  | 'top-origin'

/** Browsers write a few hundred bytes; a client may add members (WebAuthn L3 §5.8.1). */
const MAX_BYTES = 4096

/**
 * Checks what the browser says about the ceremony, in the order of WebAuthn L3 §7.1 (steps 5 to 11) and §7.2 (steps 8 to 14); `null`: it
 * is what was expected.
 */
export function checkClientData(
  bytes: Uint8Array,
  type: Ceremony,
  { challenge, origins }: Expected,
): ClientDataRefusal | null {
  const data = parseClientData(bytes)
  if (!data) return 'client-data'
  // guard: a response of one ceremony is worth nothing in the other
  if (data.type !== type) return 'type'
  // guard: a passkey answers the challenge of this ceremony
  if (data.challenge !== challenge) return 'challenge'
  // guard: a passkey is used on an origin that is listed
  if (typeof data.origin !== 'string' || !origins.includes(data.origin)) return 'origin'
  // Nobody is asked for a passkey inside a frame of another site.
  // guard: no passkey is asked for inside a frame of another site
  if (data.crossOrigin !== undefined && data.crossOrigin !== false) return 'cross-origin'
  if (data.topOrigin !== undefined) return 'top-origin'
  return null
}

/** Returns the challenge that client data, base64url, answers, or `null` if there is none to find. */
export function presentedChallenge(clientDataJson: string): string | null {
  const bytes = parseBase64url(clientDataJson)
  const challenge = bytes && parseClientData(bytes)?.challenge
  return typeof challenge === 'string' ? challenge : null
}

function parseClientData(bytes: Uint8Array): Readonly<Record<string, unknown>> | null {
  if (bytes.length > MAX_BYTES) return null
  try {
    const data: unknown = JSON.parse(
      new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes),
    )
    return typeof data === 'object' && data !== null ? { ...data } : null
  } catch {
    // What is not UTF-8, or not JSON, throws; nothing else does.
    return null
  }
}
