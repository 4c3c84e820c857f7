import { createHash, createHmac, KeyObject, sign, timingSafeEqual, verify, type webcrypto } from 'node:crypto'

/** The most bytes that are hashed where they are asked: some ten microseconds. */
const SHORT_BYTES = 4096

type Subtle = webcrypto.SubtleCrypto

/** Lists what of Web Crypto is replaced. */
type ShortCrypto = Pick<Subtle, 'digest' | 'sign' | 'verify' | 'importKey' | 'deriveKey'>

type Algorithm = Parameters<Subtle['sign']>[0]
type Kind = 'HMAC' | 'ES256'

/** A key as Node's own functions take it, and what it was made for. */
interface ShortKey {
  readonly kind: Kind
  readonly object: KeyObject
  readonly usages: readonly webcrypto.KeyUsage[]
}

/**
 * Computes short SHA-256, HMAC-SHA-256 and ES256 in the thread that asks, and passes everything else on.
 *
 * Node sends each operation of Web Crypto to another thread. That takes 40 µs for 2 µs of SHA-256 and twice as long as a signature by ES256,
 * and requests that came together come back one by one, each to a commit of its own (docs/explain/decisions/0109).
 *
 * Results and refusals are those of Web Crypto: what is not exactly what is computed here goes there.
 *
 * @param subtle Web Crypto as Node has it.
 */
export function createShortCrypto(subtle: ShortCrypto): ShortCrypto {
  const keys = new WeakMap<webcrypto.CryptoKey, ShortKey>()

  /**
   * Makes a key, and keeps what Node's own functions take beside it. From a key that nobody may read comes none, so it is made a second time,
   * at once: the caller may change the bytes as soon as this has returned.
   */
  async function make(
    algorithm: Parameters<Subtle['importKey']>[2],
    take: (readable: boolean) => Promise<webcrypto.CryptoKey>,
    extractable: boolean,
  ): Promise<webcrypto.CryptoKey> {
    const name = typeof algorithm === 'string' ? algorithm : algorithm.name
    if (name !== 'HMAC' && name !== 'ECDSA') return take(extractable)
    // A JWK may say that nobody may read it (`ext`). Then there is no second one, and Web Crypto uses the first.
    const [key, readable] = await Promise.all([take(extractable), take(true).catch(() => null)])
    const kind = readable && kindOfKey(key)
    if (kind) keys.set(key, { kind, object: KeyObject.from(readable), usages: key.usages })
    return key
  }

  /** Returns what is kept beside a key that may do what is asked. `null`: Web Crypto does it, or refuses. */
  function find(algorithm: Algorithm, key: webcrypto.CryptoKey, usage: webcrypto.KeyUsage): ShortKey | null {
    const kept = keys.get(key)
    // guard: a key does what it was made for
    if (!kept?.usages.includes(usage)) return null
    return kept.kind === kindAsked(algorithm) ? kept : null
  }

  return {
    digest: async (algorithm, data) =>
      algorithm === 'SHA-256' && isShort(data)
        ? bufferOf(createHash('sha256').update(bytesOf(data)).digest())
        : subtle.digest(algorithm, data),

    sign: async (algorithm, key, data) => {
      const found = isShort(data) ? find(algorithm, key, 'sign') : null
      if (found === null) return subtle.sign(algorithm, key, data)
      const bytes = bytesOf(data)
      return bufferOf(
        found.kind === 'HMAC' ? mac(found.object, bytes) : sign('sha256', bytes, es256(found.object)),
      )
    },

    verify: async (algorithm, key, signature, data) => {
      const found = isShort(data) && isShort(signature) ? find(algorithm, key, 'verify') : null
      if (found === null) return subtle.verify(algorithm, key, signature, data)
      const [bytes, given] = [bytesOf(data), bytesOf(signature)]
      if (found.kind === 'ES256') return verify('sha256', bytes, es256(found.object), given)
      const expected = mac(found.object, bytes)
      // guard: a MAC is as long as it has to be
      return given.byteLength === expected.byteLength && timingSafeEqual(given, expected)
    },

    // Its overloads differ in what a key is written in, which is passed on as it is.
    importKey: (async (...[format, data, algorithm, extractable, usages]: Parameters<Subtle['importKey']>) =>
      make(
        algorithm,
        (readable) => subtle.importKey(format, data, algorithm, readable, usages),
        extractable,
      )) as Subtle['importKey'],

    deriveKey: async (algorithm, base, derived, extractable, usages) =>
      make(
        derived as Parameters<Subtle['importKey']>[2],
        (readable) => subtle.deriveKey(algorithm, base, derived, readable, usages),
        extractable,
      ),
  }
}

function kindOfKey({ algorithm }: webcrypto.CryptoKey): Kind | null {
  const { name, hash, namedCurve } = algorithm as Partial<
    webcrypto.HmacKeyAlgorithm & webcrypto.EcKeyAlgorithm
  >
  if (name === 'HMAC') return hash?.name === 'SHA-256' ? 'HMAC' : null
  return name === 'ECDSA' && namedCurve === 'P-256' ? 'ES256' : null
}

function kindAsked(algorithm: Algorithm): Kind | null {
  const { name, hash } = (
    typeof algorithm === 'string' ? { name: algorithm } : algorithm
  ) as Partial<webcrypto.EcdsaParams>
  if (name === 'HMAC') return 'HMAC'
  return name === 'ECDSA' && hash === 'SHA-256' ? 'ES256' : null
}

function mac(key: KeyObject, bytes: Uint8Array): Buffer {
  return createHmac('sha256', key).update(bytes).digest()
}

/** Says that a signature is two numbers, as in JOSE and Web Crypto, and no DER (RFC 7518 §3.4). */
function es256(key: KeyObject) {
  return { key, dsaEncoding: 'ieee-p1363' } as const
}

function isShort(data: unknown): data is webcrypto.BufferSource {
  return (data instanceof ArrayBuffer || ArrayBuffer.isView(data)) && data.byteLength <= SHORT_BYTES
}

function bytesOf(data: webcrypto.BufferSource): Uint8Array {
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data)
}

/** Copies: a Buffer may lie in memory that others share. */
function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer
}
