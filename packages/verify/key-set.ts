import { importJWK, type JWK } from 'jose'
import type { Clock } from '../../src/runtime/clock.ts'
import { type Reporter, reasonOf } from './reporter.ts'

/** A key of the issuer that verifies, and the algorithm it is for. */
export interface VerifyingKey {
  readonly alg: string
  readonly key: CryptoKey
}

/** The published keys of an issuer, as this process knows them. */
export interface RemoteKeySet {
  /** Returns the key of an id, or `null` if the issuer has none. @throws {KeySetUnavailable} */
  find(kid: string): Promise<VerifyingKey | null>
}

/** No keys could be had, or none young enough. */
export class KeySetUnavailable extends Error {
  override readonly name = 'KeySetUnavailable'
}

/** Sets how old the keys may be while the issuer answers: as long as it lets them be cached. */
const MAX_AGE_SECONDS = 300

/** Sets how old they may be while it does not. A key that was retired meanwhile is accepted no longer than this. */
const MAX_AGE_IN_OUTAGE_SECONDS = 24 * 3600

/** An unknown key id asks again at most this often, so that made-up ones cannot load the issuer. */
const COOL_DOWN_SECONDS = 10

/** The same where there are no keys at all yet, and nobody can be let in. */
const FIRST_COOL_DOWN_SECONDS = 1

/** Longer than this is as good as down. */
const PATIENCE_MS = 3000

/** Only signatures that a stranger can check. `HS256` has no published key. */
export const PUBLIC_KEY_ALGORITHMS: readonly string[] = ['ES256', 'EdDSA']

/**
 * Creates the key set of `<issuer>/.well-known/jwks.json` (RFC 7517 §5), fetched when it is first needed and kept. It is fetched again when it is old
 * and when a key id is not in it; a fetch that fails leaves the keys there are.
 *
 * @param fetch Asks the issuer: the global one, or that of a service binding.
 */
export function createRemoteKeySet({
  issuer,
  fetch,
  clock,
  reporter,
}: {
  readonly issuer: string
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  readonly clock: Clock
  readonly reporter: Reporter
}): RemoteKeySet {
  const url = `${issuer}/.well-known/jwks.json`
  let loaded: { readonly at: number; readonly keys: ReadonlyMap<string, VerifyingKey> } | null = null
  let askedAt = Number.NEGATIVE_INFINITY
  let asking: Promise<void> | null = null

  /** Returns whether an instant is younger than a span. A clock may be put back, so the age of a future instant is unknown. */
  function isYounger(at: number, seconds: number): boolean {
    const age = clock() - at
    // guard: a key set of the future is of no known age
    return age >= 0 && age < seconds
  }

  async function ask(): Promise<void> {
    const response = await fetch(url, {
      headers: { Accept: 'application/json' },
      redirect: 'manual',
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
    if (response.status !== 200) throw new KeySetUnavailable(`the answer was ${response.status}`)
    const type = response.headers.get('Content-Type') ?? 'no content type'
    const document: unknown = await response.json().catch(() => null)
    if (!isKeySet(document)) throw new KeySetUnavailable(`the answer, ${type}, is no key set`)
    loaded = { at: clock(), keys: await importKeys(document) }
    reporter.recovered()
  }

  function reportFailure(error: unknown): void {
    const why = error instanceof KeySetUnavailable ? error.message : reasonOf(error)
    reporter.report(
      `no keys from ${url}: ${why}. Without keys every token is refused (503). Check that issuer is the ISSUER of Janus, byte for byte, and that this service reaches it.`,
    )
  }

  /** Brings the keys up to date if that is possible: one request for all that ask at once, and none in the cool-down. */
  async function renew(): Promise<void> {
    if (asking === null) {
      // guard: made-up key ids do not load the issuer
      if (isYounger(askedAt, loaded ? COOL_DOWN_SECONDS : FIRST_COOL_DOWN_SECONDS)) return
      askedAt = clock()
      asking = ask().catch(reportFailure)
    }
    const mine = asking
    // On Workers the request that asked may be cancelled, and its promise with it: nobody waits for it longer than it may take.
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, PATIENCE_MS)
    }).then(() => reportFailure(new KeySetUnavailable('there was no answer in time')))
    await Promise.race([mine, late])
    clearTimeout(timer)
    if (asking === mine) asking = null
  }

  return {
    async find(kid) {
      const fresh = loaded !== null && isYounger(loaded.at, MAX_AGE_SECONDS)
      if (!fresh || !loaded?.keys.has(kid)) await renew()
      // guard: keys do not serve for ever without their issuer
      if (loaded === null || clock() - loaded.at >= MAX_AGE_IN_OUTAGE_SECONDS) {
        throw new KeySetUnavailable('The key set of the issuer cannot be had')
      }
      return loaded.keys.get(kid) ?? null
    },
  }
}

interface KeySet {
  readonly keys: readonly JWK[]
}

function isKeySet(document: unknown): document is KeySet {
  return (
    typeof document === 'object' && document !== null && 'keys' in document && Array.isArray(document.keys)
  )
}

/** Keys of other kinds are none of ours, and one that is spoilt spoils no other. */
async function importKeys(document: KeySet): Promise<ReadonlyMap<string, VerifyingKey>> {
  const keys = new Map<string, VerifyingKey>()
  for (const jwk of document.keys) {
    const { kid, alg } = jwk
    if (kid === undefined || alg === undefined || !PUBLIC_KEY_ALGORITHMS.includes(alg)) continue
    const key = await importJWK(jwk, alg).catch(() => null)
    if (key !== null && !(key instanceof Uint8Array)) keys.set(kid, { alg, key })
  }
  return keys
}
