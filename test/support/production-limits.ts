/** Lists the limits of production that a local runtime does not have (workerd `DEFAULT_MAX_PBKDF2_ITERATIONS`, issue 1346). */
const PRODUCTION_MAX_ITERATIONS = 100_000

/** Makes Web Crypto refuse what it refuses in production, and do all else as it does, for the rest of this test file. */
export function limitCryptoAsInProduction(): void {
  for (const method of ['deriveBits', 'deriveKey'] as const) {
    // That of the class, which nothing replaces: files may share the runtime, and so `crypto.subtle`.
    const unlimited = SubtleCrypto.prototype[method] as (...args: unknown[]) => Promise<unknown>
    const limited = async (...args: unknown[]) => {
      const { name, iterations } = args[0] as { name?: string; iterations?: number }
      if (name === 'PBKDF2' && (iterations ?? 0) > PRODUCTION_MAX_ITERATIONS) {
        throw new DOMException(
          `Pbkdf2 failed: iteration counts above ${PRODUCTION_MAX_ITERATIONS} are not supported (requested ${iterations}).`,
          'NotSupportedError',
        )
      }
      return unlimited.apply(crypto.subtle, args)
    }
    Object.defineProperty(crypto.subtle, method, { value: limited, configurable: true, writable: true })
  }
}

/** From here on, a test waits for PBKDF2. */
const COSTLY_ITERATIONS = 1_000

/**
 * Answers costly PBKDF2 calls with the bits of a single iteration, for the rest of this test file. They depend on the password, the
 * salt, the count and the length, and whoever records calls sees what was asked for. Only the time is not spent.
 *
 * A file whose subject is the hash itself calls `limitCryptoAsInProduction` to get the real one back.
 */
export function deriveCheaply(): void {
  const derive = crypto.subtle.deriveBits as (...args: unknown[]) => Promise<unknown>
  const cheaply = (...args: unknown[]) => {
    const [algorithm, ...rest] = args as [{ name: string; salt: BufferSource; iterations: number }]
    const isCostly = algorithm.name === 'PBKDF2' && algorithm.iterations >= COSTLY_ITERATIONS
    if (!isCostly) return derive.apply(crypto.subtle, args)
    const count = new TextEncoder().encode(String(algorithm.iterations))
    const salt = Uint8Array.of(...bytesOf(algorithm.salt), ...count)
    return derive.call(crypto.subtle, { ...algorithm, salt, iterations: 1 }, ...rest)
  }
  Object.defineProperty(crypto.subtle, 'deriveBits', { value: cheaply, configurable: true, writable: true })
}

function bytesOf(source: BufferSource): Uint8Array {
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source)
}
