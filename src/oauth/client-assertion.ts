import { decodeJwt, decodeProtectedHeader, importJWK, jwtVerify } from 'jose'
import { hashText } from '../crypto/sha256'
import type { Clock } from '../runtime/clock'
import { JWT_MAX_LENGTH } from '../tokens/jwt'
import { type ClientProof, isClientId } from './client'
import type { ClientDocuments } from './client-documents'
import { algorithmOf } from './client-keys'
import type { MachineStore, ProvingKeys } from './machine'

/** RFC 7523 §2.2. */
export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** Limits how long an assertion may last, in seconds: so long its `jti` is kept. */
const ASSERTION_SECONDS = 5 * 60

export interface AssertionServices {
  readonly machines: MachineStore
  /** `null`: no app describes itself by a document here. */
  readonly clientDocuments: ClientDocuments | null
  readonly issuer: string
  readonly clock: Clock
}

/**
 * Returns the proof of a client that signs assertions (`private_key_jwt`), or `null` for every assertion that does not hold. Two trips to the
 * store: its keys, and its `jti`, which works once.
 *
 * @throws {StoreUnavailable}
 */
export async function verifyAssertion(
  services: AssertionServices,
  assertion: string,
): Promise<ClientProof | null> {
  const { machines, issuer, clock } = services
  const named = readNames(assertion)
  const client = named && (await currentKeys(services, named.clientId))
  const key = client?.keys.find(({ kid }) => kid === named?.kid)
  const alg = key && algorithmOf(key)
  if (!named || !client || !key || alg === undefined) return null
  const verifying = await importJWK(key, alg).catch(() => null)
  if (verifying === null) return null
  const now = clock()
  // The key says how it signs, and not the assertion.
  // guard: an assertion is signed by a key of its client
  const verified = await jwtVerify(assertion, verifying, {
    algorithms: [alg],
    issuer: named.clientId,
    subject: named.clientId,
    requiredClaims: ['exp', 'jti', 'aud'],
    currentDate: new Date(now * 1000),
  }).catch(() => null)
  const { aud, exp = 0, jti } = verified?.payload ?? {}
  // guard: an assertion is for this issuer alone
  if (aud !== issuer) return null
  // guard: an assertion lasts five minutes at most
  if (exp > now + ASSERTION_SECONDS) return null
  if (typeof jti !== 'string' || jti === '' || jti.length > 256) return null
  const id = (await hashText(`assertion\n${named.clientId}\n${jti}`)).slice(0, 22)
  // An instant may have fractions (RFC 7519 §2), which no database here keeps.
  // guard: an assertion works once
  if (!(await machines.useAssertion({ id, expiresAt: Math.ceil(exp) }))) return null
  return { clientId: named.clientId, secretHash: client.secretHash }
}

/** Returns the keys of a client as they are now. Those of a document are fetched again with it, and while they cannot be had, the last ones count for a day. */
async function currentKeys(
  { machines, clientDocuments, clock }: AssertionServices,
  clientId: string,
): Promise<ProvingKeys | null> {
  const known = await machines.findKeys(clientId)
  // A client that is not known, or has no document, leads to no fetch.
  if (known === null || known.freshUntil === null) return known
  // guard: where no documents are taken, no app proves itself by one
  if (clientDocuments === null) return null
  if (clock() >= known.freshUntil) {
    const read = await clientDocuments.read(clientId, true)
    // guard: keys that their owner has taken away prove nothing
    if (read.outcome === 'refused') return null
    if (read.outcome === 'read') return machines.findKeys(clientId)
  }
  // guard: keys that could not be read again for a day prove nothing
  return clock() < known.countsUntil ? known : null
}

/** Reads whose an assertion says it is. Nothing of it is proven yet. */
function readNames(assertion: string): { readonly clientId: string; readonly kid: string } | null {
  if (assertion.length > JWT_MAX_LENGTH) return null
  try {
    const { kid } = decodeProtectedHeader(assertion)
    const { sub: clientId = '' } = decodeJwt(assertion)
    // Whatever JSON has may stand there: nothing of it is checked.
    // guard: the client of an assertion is a text
    const isNamed = typeof clientId === 'string' && isClientId(clientId)
    return isNamed && kid !== undefined ? { clientId, kid } : null
  } catch {
    return null
  }
}
