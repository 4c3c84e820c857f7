// An authenticator in software: makes passkeys and uses them as a browser would, and bends what it says where a test asks for that.
import { encodeBase64url, parseBase64url } from '../../src/crypto/base64url'
import { sha256 } from '../../src/crypto/sha256'

type Bytes = Uint8Array<ArrayBuffer>

/** A value that {@link encodeCbor} encodes. */
type Encodable =
  | number
  | string
  | boolean
  | null
  | Bytes
  | readonly Encodable[]
  | ReadonlyMap<number | string, Encodable>

/** Encodes a value as CBOR, keys in the order in which they are given. */
export function encodeCbor(value: Encodable): Bytes {
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value)
  if (typeof value === 'boolean') return head(7, value ? 21 : 20)
  if (value === null) return head(7, 22)
  if (typeof value === 'string') {
    const bytes = new TextEncoder().encode(value)
    return join(head(3, bytes.length), bytes)
  }
  if (value instanceof Uint8Array) return join(head(2, value.length), value)
  if (value instanceof Map) {
    return join(
      head(5, value.size),
      ...[...value].flatMap(([key, item]) => [encodeCbor(key), encodeCbor(item)]),
    )
  }
  const items = value as readonly Encodable[]
  return join(head(4, items.length), ...items.map(encodeCbor))
}

function head(major: number, argument: number): Bytes {
  const first = major << 5
  if (argument < 24) return Uint8Array.of(first | argument)
  if (argument < 256) return Uint8Array.of(first | 24, argument)
  if (argument < 65_536) return Uint8Array.of(first | 25, argument >> 8, argument & 255)
  return Uint8Array.of(
    first | 26,
    argument >>> 24,
    (argument >> 16) & 255,
    (argument >> 8) & 255,
    argument & 255,
  )
}

export function join(...parts: readonly Uint8Array[]): Bytes {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

export type Alg = -7 | -8 | -257

const KEY_PARAMETERS = {
  [-7]: { name: 'ECDSA', namedCurve: 'P-256' },
  [-8]: { name: 'Ed25519' },
  [-257]: {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength: 2048,
    publicExponent: Uint8Array.of(1, 0, 1),
  },
} as const

async function coseOf(alg: Alg, key: CryptoKey): Promise<ReadonlyMap<number, Encodable>> {
  const jwk = (await crypto.subtle.exportKey('jwk', key)) as JsonWebKey
  const bytes = (text: string | undefined) => parseBase64url(text ?? '') ?? new Uint8Array()
  if (alg === -7)
    return new Map<number, Encodable>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, bytes(jwk.x)],
      [-3, bytes(jwk.y)],
    ])
  if (alg === -8)
    return new Map<number, Encodable>([
      [1, 1],
      [3, -8],
      [-1, 6],
      [-2, bytes(jwk.x)],
    ])
  return new Map<number, Encodable>([
    [1, 3],
    [3, -257],
    [-1, bytes(jwk.n)],
    [-2, bytes(jwk.e)],
  ])
}

/** Writes a raw ECDSA signature as DER. */
export function derOf(raw: Uint8Array): Bytes {
  const integer = (bytes: Uint8Array) => {
    const start = bytes.findIndex((byte) => byte !== 0)
    const digits = bytes.slice(start === -1 ? bytes.length - 1 : start)
    const positive = (digits[0] ?? 0) >= 0x80 ? join(Uint8Array.of(0), digits) : digits
    return join(Uint8Array.of(2, positive.length), positive)
  }
  const body = join(integer(raw.slice(0, 32)), integer(raw.slice(32)))
  return join(Uint8Array.of(0x30, body.length), body)
}

/** Holds the changes that a test makes to what the authenticator and the browser say. */
export interface Bent {
  readonly rpId?: string
  readonly clientData?: Readonly<Record<string, unknown>>
  /** The whole client data, byte for byte. */
  readonly clientDataBytes?: Bytes
  readonly flags?: number
  readonly signCount?: number
  readonly credentialId?: Bytes
  readonly aaguid?: Bytes
  /** Behind the authenticator data, signed with it. */
  readonly trailing?: Bytes
  readonly cose?: (cose: ReadonlyMap<number, Encodable>) => Encodable
  readonly attestation?: { readonly fmt: string; readonly attStmt: Encodable }
  readonly attestationObject?: (object: ReadonlyMap<string, Encodable>) => Encodable
  readonly signature?: (signature: Bytes) => Bytes
  readonly userHandle?: string | null
}

const UP_UV_BE_BS = 0x1d
const AT = 0x40

interface CeremonyInput {
  readonly challenge: string
  readonly origin: string
  readonly rpId: string
}

/** Registers a passkey. `credential` is what the browser's `toJSON()` gives. */
export async function createPasskey(
  input: CeremonyInput & { readonly userHandle: string; readonly alg?: Alg; readonly selfAttested?: boolean },
  bent: Bent = {},
) {
  const alg = input.alg ?? -7
  const keys = (await crypto.subtle.generateKey(KEY_PARAMETERS[alg], true, [
    'sign',
    'verify',
  ])) as CryptoKeyPair
  const cose = await coseOf(alg, keys.publicKey)
  const id = bent.credentialId ?? crypto.getRandomValues(new Uint8Array(32))
  const clientData = clientDataOf('webauthn.create', input, bent)
  const authData = join(
    await fixedPart(input, { ...bent, flags: bent.flags ?? UP_UV_BE_BS | AT }),
    bent.aaguid ?? new Uint8Array(16),
    Uint8Array.of(id.length >> 8, id.length & 255),
    id,
    encodeCbor(bent.cose ? bent.cose(cose) : cose),
    bent.trailing ?? new Uint8Array(),
  )
  const sign = signer(alg, keys.privateKey)
  const signature = await sign(join(authData, await sha256(clientData)))
  const own = input.selfAttested
    ? {
        fmt: 'packed',
        attStmt: new Map<string, Encodable>([
          ['alg', alg],
          ['sig', signature],
        ]),
      }
    : { fmt: 'none', attStmt: new Map() }
  const { fmt, attStmt } = bent.attestation ?? own
  const object = new Map<string, Encodable>([
    ['fmt', fmt],
    ['attStmt', attStmt],
    ['authData', authData],
  ])
  const attestationObject = encodeCbor(bent.attestationObject ? bent.attestationObject(object) : object)
  const passkey = {
    id: encodeBase64url(id),
    alg,
    sign,
    userHandle: input.userHandle,
    signCount: bent.signCount ?? 0,
  }
  const credential = {
    id: passkey.id,
    rawId: passkey.id,
    type: 'public-key' as const,
    authenticatorAttachment: 'platform' as const,
    clientExtensionResults: {},
    response: {
      clientDataJSON: encodeBase64url(clientData),
      attestationObject: encodeBase64url(attestationObject),
      transports: ['internal', 'hybrid'] as const,
    },
  }
  return { passkey, credential, publicKey: encodeCbor(cose) }
}

export type SoftPasskey = Awaited<ReturnType<typeof createPasskey>>['passkey']

/** Uses a passkey. The result is what the browser's `toJSON()` gives. */
export async function usePasskey(passkey: SoftPasskey, input: CeremonyInput, bent: Bent = {}) {
  const clientData = clientDataOf('webauthn.get', input, bent)
  const fixed = await fixedPart(input, { ...bent, flags: bent.flags ?? UP_UV_BE_BS })
  const authenticatorData = join(fixed, bent.trailing ?? new Uint8Array())
  const signature = await passkey.sign(join(authenticatorData, await sha256(clientData)))
  const userHandle = bent.userHandle === undefined ? passkey.userHandle : bent.userHandle
  return {
    id: passkey.id,
    rawId: passkey.id,
    type: 'public-key' as const,
    authenticatorAttachment: 'platform' as const,
    clientExtensionResults: {},
    response: {
      clientDataJSON: encodeBase64url(clientData),
      authenticatorData: encodeBase64url(authenticatorData),
      signature: encodeBase64url(bent.signature ? bent.signature(signature) : signature),
      ...(userHandle === null ? {} : { userHandle }),
    },
  }
}

function signer(alg: Alg, key: CryptoKey) {
  return async (bytes: Bytes): Promise<Bytes> => {
    const parameters = alg === -7 ? { name: 'ECDSA', hash: 'SHA-256' } : KEY_PARAMETERS[alg]
    const raw = new Uint8Array(await crypto.subtle.sign(parameters, key, bytes))
    return alg === -7 ? derOf(raw) : raw
  }
}

function clientDataOf(type: string, { challenge, origin }: CeremonyInput, bent: Bent): Bytes {
  const data = { type, challenge, origin, crossOrigin: false, ...bent.clientData }
  return bent.clientDataBytes ?? new Uint8Array(new TextEncoder().encode(JSON.stringify(data)))
}

async function fixedPart({ rpId }: CeremonyInput, bent: Bent): Promise<Bytes> {
  const counter = new DataView(new ArrayBuffer(4))
  counter.setUint32(0, bent.signCount ?? 0)
  return join(
    await sha256(new TextEncoder().encode(bent.rpId ?? rpId)),
    Uint8Array.of(bent.flags ?? 0),
    new Uint8Array(counter.buffer),
  )
}
