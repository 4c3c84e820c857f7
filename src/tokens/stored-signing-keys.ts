import type { JWK } from 'jose'
import type { Clock } from '../clock'
import type { Keyring } from '../crypto/keyring'
import type { Log } from '../log'
import { StoreUnavailable } from '../outage'
import { decryptPrivateKey, generateKeyPair, importPublicKey } from './key-pair'
import type { PairAlg, SigningKeyStore, StoredSigningKey } from './signing-key-store'
import type { Signer, SigningKeys } from './signing-keys'

/** How long an isolate goes on with the keys it loaded. The key set is cached by others for as long. */
export const KEY_SET_MAX_AGE_SECONDS = 300

/** An unknown key id is looked up at most this often, so that made-up ids cannot load the store. */
const UNKNOWN_KID_COOLDOWN_SECONDS = 10

/** Key pairs in a store, loaded and imported once for each isolate and again when they are old. */
export function createStoredSigningKeys(services: {
  readonly alg: PairAlg
  readonly store: SigningKeyStore
  readonly keyring: Keyring
  readonly accessTokenLifetimeSeconds: number
  readonly clock: Clock
  readonly log: Log
}): SigningKeys {
  const { alg, store, keyring, accessTokenLifetimeSeconds, clock, log } = services

  // Set when a load is complete, never the promise of one: a request that is cancelled would leave others waiting.
  let loaded: LoadedKeys | null = null

  async function load(): Promise<LoadedKeys> {
    const now = clock()
    const list = () => store.list(alg, now - accessTokenLifetimeSeconds)
    let stored = await list()
    let signer = await findSigner(stored)
    if (!signer) {
      const current = stored.find(isCurrent)
      if (current)
        log('signing-key-replaced', { kid: current.kid, reason: 'no configured secret decrypts it' })
      await store.add(await generateKeyPair(alg, keyring, now), { replaces: current?.kid ?? null, now })
      stored = await list()
      signer = await findSigner(stored)
      if (!signer) throw new Error('The signing key that was just made cannot be used')
    }
    const keys = await Promise.all(
      stored.map(
        async (key): Promise<[string, VerificationKey]> => [
          key.kid,
          { key: loaded?.keys.get(key.kid)?.key ?? (await importPublicKey(key)), stored: key },
        ],
      ),
    )
    loaded = { at: now, signer, keys: new Map(keys) }
    return loaded
  }

  async function findSigner(stored: readonly StoredSigningKey[]): Promise<Signer | null> {
    const current = stored.find(isCurrent)
    if (!current) return null
    if (loaded?.signer.kid === current.kid) return loaded.signer
    const key = await decryptPrivateKey(current, keyring)
    return key && { kid: current.kid, key }
  }

  /** The keys, at most `maxAgeSeconds` old unless the store is down and older ones are at hand. */
  async function keysAtMost(maxAgeSeconds: number): Promise<LoadedKeys> {
    if (loaded && clock() - loaded.at < maxAgeSeconds) return loaded
    try {
      return await load()
    } catch (error) {
      if (!(error instanceof StoreUnavailable) || !loaded) throw error
      log('signing-keys-not-reloaded', { store: error.store })
      return loaded
    }
  }

  function stillVerifies({ stored }: VerificationKey): boolean {
    return stored.retiredAt === null || clock() < stored.retiredAt + accessTokenLifetimeSeconds
  }

  return {
    alg,

    async signer() {
      return (await keysAtMost(KEY_SET_MAX_AGE_SECONDS)).signer
    },

    async verifier(kid) {
      let keys = await keysAtMost(KEY_SET_MAX_AGE_SECONDS)
      if (!keys.keys.has(kid)) keys = await keysAtMost(UNKNOWN_KID_COOLDOWN_SECONDS)
      const found = keys.keys.get(kid)
      return found && stillVerifies(found) ? found.key : null
    },

    async keySet(): Promise<readonly JWK[]> {
      const { keys } = await keysAtMost(KEY_SET_MAX_AGE_SECONDS)
      return [...keys.values()].filter(stillVerifies).map(({ stored }) => stored.publicJwk)
    },
  }
}

interface VerificationKey {
  readonly key: CryptoKey
  readonly stored: StoredSigningKey
}

interface LoadedKeys {
  readonly at: number
  readonly signer: Signer
  readonly keys: ReadonlyMap<string, VerificationKey>
}

function isCurrent(key: StoredSigningKey): boolean {
  return key.retiredAt === null
}
