import type { Keyring } from '../crypto/keyring'
import type { Clock } from '../runtime/clock'
import type { Log } from '../runtime/log'
import { generateKeyPair } from './key-pair'
import { PUBLISHED_BEFORE_SECONDS, publishedKeysAt } from './key-succession'
import type { PairAlg, SigningKeyStore, StoredSigningKey } from './signing-key-store'

export interface SweepKeysServices<Alg extends PairAlg = PairAlg> {
  readonly alg: Alg
  readonly store: SigningKeyStore
  readonly keyring: Keyring
  /** 0: never by age. */
  readonly keyRotationDays: number
  readonly accessTokenLifetimeSeconds: number
  readonly clock: Clock
  readonly log: Log
}

const DAY_SECONDS = 24 * 60 * 60

/**
 * Publishes a successor to the signing key when it is time for one, and forgets keys whose last token has ended.
 *
 * It is time when an operator asked for it, when the key has signed for `keyRotationDays` (0: never by itself), or when an older
 * secret encrypts it: then it has to go before that secret does. @throws {StoreUnavailable}
 */
export async function sweepKeys(services: SweepKeysServices): Promise<void> {
  const { alg, store, keyring, keyRotationDays, accessTokenLifetimeSeconds, clock, log } = services
  const now = clock()
  const keys = await store.list(alg)

  const published = publishedKeysAt(keys, now, accessTokenLifetimeSeconds)
  const [oldest] = published
  if (oldest && published.length < keys.length) await store.deleteBefore(alg, oldest.generation)

  const newest = keys.at(-1)
  // Before the first token there is no key, and beside one that waits for its time there is no need for another.
  if (!newest || newest.signsFrom > now) return
  const reason = reasonToRotate(newest, {
    now,
    keyRotationDays,
    olderSecretIds: await olderSecretIds(keyring),
  })
  if (!reason) return
  // guard: a key is published before it signs
  const signsFrom = now + PUBLISHED_BEFORE_SECONDS
  const successor = await generateKeyPair(keyring, { alg, generation: newest.generation + 1, signsFrom })
  const added = await store.add(successor)
  if (added) log('signing-key-published', { kid: successor.kid, signs_from: signsFrom, reason })
}

function reasonToRotate(
  key: StoredSigningKey,
  {
    now,
    keyRotationDays,
    olderSecretIds,
  }: { now: number; keyRotationDays: number; olderSecretIds: readonly string[] },
): string | null {
  if (key.rotationRequested) return 'requested'
  if (olderSecretIds.includes(key.encryptedWith)) return 'encrypted-with-an-older-secret'
  return keyRotationDays > 0 && now >= key.signsFrom + keyRotationDays * DAY_SECONDS ? 'age' : null
}

/** Returns the ids of older secrets, but not of every other secret, because one that is unknown here may be the newer one of a deployment that is under way. */
async function olderSecretIds(keyring: Keyring): Promise<readonly string[]> {
  const [, ...older] = await keyring.all('signing-key-encryption')
  return older.map(({ secretId }) => secretId)
}
