/** What production refuses and a local runtime does not (workerd `DEFAULT_MAX_PBKDF2_ITERATIONS`, issue 1346). */
const PRODUCTION_MAX_ITERATIONS = 100_000

/** Makes Web Crypto refuse what it refuses in production, for the rest of this test run. */
export function limitCryptoAsInProduction(): void {
  for (const method of ['deriveBits', 'deriveKey'] as const) {
    const unlimited = crypto.subtle[method] as (...args: unknown[]) => Promise<unknown>
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

/**
 * Computes each PBKDF2 once, for the rest of this test run: the same password, salt and count give the same bits, and to derive them
 * again proves nothing. A password that is checked, or hashed with another salt, for the first time costs what it costs.
 */
export function rememberDerivedBits(): void {
  const passwords = new WeakMap<CryptoKey, string>()
  const derived = new Map<string, Promise<ArrayBuffer>>()
  const { importKey, deriveBits } = crypto.subtle as unknown as Record<
    string,
    (...args: unknown[]) => Promise<unknown>
  >

  const remembering = async (...args: unknown[]) => {
    const key = await importKey?.apply(crypto.subtle, args)
    if (args[2] === 'PBKDF2') passwords.set(key as CryptoKey, hex(args[1] as BufferSource))
    return key
  }
  const deriving = async (...args: unknown[]) => {
    const [{ name, salt, iterations }, key, bits] = args as [Record<string, unknown>, CryptoKey, number]
    const password = passwords.get(key)
    if (name !== 'PBKDF2' || password === undefined) return deriveBits?.apply(crypto.subtle, args)
    const id = [password, hex(salt as BufferSource), iterations, bits].join()
    const known = derived.get(id) ?? (deriveBits?.apply(crypto.subtle, args) as Promise<ArrayBuffer>)
    derived.set(id, known)
    return (await known).slice(0)
  }
  Object.defineProperty(crypto.subtle, 'importKey', {
    value: remembering,
    configurable: true,
    writable: true,
  })
  Object.defineProperty(crypto.subtle, 'deriveBits', { value: deriving, configurable: true, writable: true })
}

function hex(source: BufferSource): string {
  const bytes = ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source)
  return bytes.toHex()
}
