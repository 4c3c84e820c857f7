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
