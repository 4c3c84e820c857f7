import { encodeBase64url } from '../crypto/base64url'
import { type CborMap, decodeCborMap } from './cbor'
import { parseEcdsaSignature } from './ecdsa-signature'

/** The public key of a passkey. */
export interface PublicKey {
  /** Its COSE algorithm, one of {@link OFFERED_ALGORITHMS}. */
  readonly alg: number
  /** Tells whether the private key made this signature over these bytes. */
  readonly verify: (signature: Bytes, signed: Bytes) => Promise<boolean>
}

export type ParsedPublicKey =
  | { readonly ok: true; readonly key: PublicKey }
  | { readonly ok: false; readonly refusal: 'algorithm' | 'public-key' }

type Bytes = Uint8Array<ArrayBuffer>

interface Algorithm {
  readonly jwk: { readonly kty: string; readonly crv?: string }
  readonly parameters: { readonly name: string; readonly namedCurve?: string; readonly hash?: string }
  /** The members that have one value: COSE's type of the key (1), its algorithm (3), its curve (-1 of an elliptic curve). */
  readonly fixed: readonly (readonly [label: number, value: number])[]
  /** The members of bytes, each with its name in a JWK and its length. */
  readonly bytes: readonly (readonly [
    label: number,
    member: 'x' | 'y' | 'n' | 'e',
    min: number,
    max: number,
  ])[]
  /** Gives a signature the form that Web Crypto takes, or `null` if it is not of WebAuthn's form (L3 §6.5.5). */
  readonly signatureOf: (signature: Bytes) => Bytes | null
}

/** Web Crypto does 4,096 bits; RSA below 2,048 is not safe (NIST SP 800-131A). */
const [RSA_MIN_BYTES, RSA_MAX_BYTES] = [256, 512]

/** Keys of COSE (RFC 9052 §7, RFC 9053 §2, RFC 8230 §4) by algorithm, in the order in which they are offered. */
const ALGORITHMS: ReadonlyMap<number, Algorithm> = new Map<number, Algorithm>([
  [
    -8,
    {
      jwk: { kty: 'OKP', crv: 'Ed25519' },
      parameters: { name: 'Ed25519' },
      fixed: [
        [1, 1],
        [3, -8],
        [-1, 6],
      ],
      bytes: [[-2, 'x', 32, 32]],
      signatureOf: (signature) => (signature.length === 64 ? signature : null),
    },
  ],
  [
    -7,
    {
      jwk: { kty: 'EC', crv: 'P-256' },
      parameters: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
      fixed: [
        [1, 2],
        [3, -7],
        [-1, 1],
      ],
      bytes: [
        [-2, 'x', 32, 32],
        [-3, 'y', 32, 32],
      ],
      signatureOf: parseEcdsaSignature,
    },
  ],
  [
    -257,
    {
      jwk: { kty: 'RSA' },
      parameters: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
      fixed: [
        [1, 3],
        [3, -257],
      ],
      bytes: [
        [-1, 'n', RSA_MIN_BYTES, RSA_MAX_BYTES],
        [-2, 'e', 3, 3],
      ],
      signatureOf: (signature) => (signature.length <= RSA_MAX_BYTES ? signature : null),
    },
  ],
])

/** The algorithms that a registration offers, the best first. Authenticators that know none of them are not made any more. */
export const OFFERED_ALGORITHMS: readonly number[] = [...ALGORITHMS.keys()]

/** Reads a COSE key that is the whole input. */
export async function parsePublicKey(cose: Bytes): Promise<ParsedPublicKey> {
  const members = decodeCborMap(cose)
  const alg = members?.get(3)
  if (!members || typeof alg !== 'number') return { ok: false, refusal: 'public-key' }
  const algorithm = ALGORITHMS.get(alg)
  if (!algorithm) return { ok: false, refusal: 'algorithm' }
  const key = await importKey(members, algorithm)
  if (!key) return { ok: false, refusal: 'public-key' }
  const verify: PublicKey['verify'] = async (signature, signed) => {
    const raw = algorithm.signatureOf(signature)
    return raw !== null && crypto.subtle.verify(algorithm.parameters, key, raw, signed)
  }
  return { ok: true, key: { alg, verify } }
}

async function importKey(members: CborMap, { jwk, parameters, fixed, bytes }: Algorithm) {
  // The members of its type and no others (WebAuthn L3 §6.5.1.1).
  // guard: a COSE key has no member more than its type needs
  if (members.size !== fixed.length + bytes.length) return null
  // guard: a COSE key is of the type, the algorithm and the curve that it is read as
  if (!fixed.every(([label, value]) => members.get(label) === value)) return null
  const values: Record<string, string> = {}
  for (const [label, member, min, max] of bytes) {
    const value = members.get(label)
    if (!(value instanceof Uint8Array) || value.length < min || value.length > max) return null
    // A number of variable length has no second spelling with zeros in front.
    if (min < max && value[0] === 0) return null
    values[member] = encodeBase64url(value)
  }
  // 65,537, which every authenticator uses: other exponents are slow, or weak.
  // guard: an RSA key of a passkey has the exponent of all
  if (values.e !== undefined && values.e !== 'AQAB') return null
  try {
    return await crypto.subtle.importKey('jwk', { ...jwk, ...values }, parameters, false, ['verify'])
  } catch {
    // Web Crypto throws for a point that is not on its curve, and all else about the key is checked above.
    return null
  }
}
