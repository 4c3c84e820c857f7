import type { Restores } from '../restores/restores'
import { StoreUnavailable } from '../runtime/outage'
import { decryptPrivateKey, generateKeyPair, importPublicKey } from './key-pair'
import { KEY_SET_MAX_AGE_SECONDS, publishedKeysAt, signingKeysAt } from './key-succession'
import type { PairAlg, StoredSigningKey } from './signing-key-store'
import type { Signer, SigningKeys } from './signing-keys'
import { type SweepKeysServices, sweepKeys } from './sweep-keys'

/** An unknown key id is looked up at most this often, so that made-up ids cannot load the store. */
const UNKNOWN_KID_COOLDOWN_SECONDS = 10

/** Sets how often an isolate tries to make the key that signs, before it is an error. */
const MOST_REPLACEMENTS = 3

/** Sets how long the old keys serve before the store is asked again, after it did not answer. */
const RELOAD_AGAIN_SECONDS = 10

export interface StoredKeysServices<Alg extends PairAlg> extends SweepKeysServices<Alg> {
  readonly restores: Restores
  /** Says whether the first key is made only when something is signed, and not when keys are listed. */
  readonly madeToSign?: boolean
}

/** Creates key pairs in a store, loaded and imported once for each isolate and again when they are old. */
export function createStoredSigningKeys<Alg extends PairAlg>(
  services: StoredKeysServices<Alg>,
): SigningKeys<Alg> {
  const {
    alg,
    store,
    keyring,
    restores,
    accessTokenLifetimeSeconds,
    madeToSign = false,
    clock,
    log,
  } = services

  // Set when a load is complete, never the promise of one: a request that is cancelled would leave others waiting.
  let loaded: LoadedKeys | null = null

  async function load(make = !madeToSign): Promise<readonly LoadedKey[]> {
    const now = clock()
    const restoredAt = await restores.lastAt()
    let keys = await importKeys(await store.list(alg))
    // Another isolate may add a key of this generation first, under a secret that this one does not have: then once more.
    for (let attempt = 0; make && attempt < MOST_REPLACEMENTS && !signerAt(keys, now); attempt++) {
      // There is nothing to sign with, so this one signs at once, unannounced.
      const generation = (keys.at(-1)?.generation ?? 0) + 1
      const added = await store.add(await generateKeyPair(keyring, { alg, generation, signsFrom: now }))
      const unusable = signingKeysAt(keys, now).at(-1)
      if (added && unusable) {
        log('signing-key-replaced', { kid: unusable.kid, reason: 'no configured secret decrypts it' })
      }
      keys = await importKeys(await store.list(alg))
    }
    loaded = { at: now, restoredAt, keys }
    return keys
  }

  function importKeys(stored: readonly StoredSigningKey[]): Promise<readonly LoadedKey[]> {
    return Promise.all(
      stored.map(async (key) => {
        const imported = loaded?.keys.find(({ kid }) => kid === key.kid)
        const [publicKey, signer] = imported
          ? [imported.publicKey, imported.signer]
          : await Promise.all([importPublicKey(key), decryptPrivateKey(key, keyring)])
        return { ...key, publicKey, signer }
      }),
    )
  }

  /** Returns the keys, at most `maxAgeSeconds` old unless the store is down and older ones are at hand. */
  async function keysAtMost(maxAgeSeconds: number): Promise<readonly LoadedKey[]> {
    // A database that was put back has other keys.
    const restoredAt = await restores.lastAt()
    // guard: signing keys loaded before the database was put back are loaded again
    if (loaded?.restoredAt === restoredAt && clock() - loaded.at < maxAgeSeconds) return loaded.keys
    try {
      return await load()
    } catch (error) {
      if (!(error instanceof StoreUnavailable) || !loaded) throw error
      log('signing-keys-not-reloaded', { store: error.store })
      loaded = { ...loaded, restoredAt, at: clock() - KEY_SET_MAX_AGE_SECONDS + RELOAD_AGAIN_SECONDS }
      return loaded.keys
    }
  }

  return {
    alg,

    async signer() {
      // The keys at hand may all have ended since they were loaded.
      const signer =
        signerAt(await keysAtMost(KEY_SET_MAX_AGE_SECONDS), clock()) ?? signerAt(await load(true), clock())
      if (!signer) throw new Error('There is no key to sign with, and none could be made')
      return signer
    },

    async verifier(kid) {
      const has = (keys: readonly LoadedKey[]) => keys.some((key) => key.kid === kid)
      let keys = await keysAtMost(KEY_SET_MAX_AGE_SECONDS)
      if (!has(keys)) keys = await keysAtMost(UNKNOWN_KID_COOLDOWN_SECONDS)
      const published = publishedKeysAt(keys, clock(), accessTokenLifetimeSeconds)
      return published.find((key) => key.kid === kid)?.publicKey ?? null
    },

    async keySet() {
      const keys = await keysAtMost(KEY_SET_MAX_AGE_SECONDS)
      return publishedKeysAt(keys, clock(), accessTokenLifetimeSeconds).map(({ publicJwk }) => publicJwk)
    },

    sweep: () => sweepKeys(services),
  }
}

interface LoadedKey extends StoredSigningKey {
  readonly publicKey: CryptoKey
  /** `null` if no configured secret decrypts it: then it only verifies. */
  readonly signer: CryptoKey | null
}

interface LoadedKeys {
  readonly at: number
  /** The last restore that was known when they were loaded. */
  readonly restoredAt: number
  readonly keys: readonly LoadedKey[]
}

/** Returns the newest key that signs now and that this isolate can decrypt. */
function signerAt(keys: readonly LoadedKey[], now: number): Signer | null {
  const usable = signingKeysAt(keys, now).findLast(({ signer }) => signer !== null)
  return usable?.signer ? { kid: usable.kid, key: usable.signer } : null
}
