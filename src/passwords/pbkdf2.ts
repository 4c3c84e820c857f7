/** Workers refuse more in one call in production; a local run does not (workerd `DEFAULT_MAX_PBKDF2_ITERATIONS`). */
export const PBKDF2_MAX_ITERATIONS = 100_000

/**
 * Computes PBKDF2-HMAC-SHA-256 (RFC 8018 §5.2) in one call of the platform.
 *
 * @throws {RangeError} Above 100,000 iterations, on every machine, so that a local test cannot pass what production refuses.
 */
export async function pbkdf2Sha256(
  password: BufferSource,
  salt: BufferSource,
  iterations: number,
  lengthBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  if (iterations > PBKDF2_MAX_ITERATIONS) throw new RangeError('PBKDF2 above 100,000 iterations a call')
  const key = await crypto.subtle.importKey('raw', password, 'PBKDF2', false, ['deriveBits'])
  const parameters = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations }
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, key, lengthBytes * 8))
}
