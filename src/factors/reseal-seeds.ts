import type { Keyring } from '../crypto/keyring'
import type { Log } from '../runtime/log'
import type { SecondFactorStore, TotpSeeds } from './second-factor'

/** Bounds the seeds that one run seals anew. */
const STEP = 50

/**
 * Seals seeds under the newest secret that are sealed under an older one, so that the older one can be removed from `AUTH_SECRET` once no
 * run finds any. A seed that no configured secret opens stays as it is, and is logged.
 *
 * @throws {StoreUnavailable}
 */
export async function resealTotpSeeds({
  secondFactors,
  totpSeeds,
  keyring,
  log,
}: {
  readonly secondFactors: SecondFactorStore
  readonly totpSeeds: TotpSeeds
  readonly keyring: Keyring
  readonly log: Log
}): Promise<void> {
  const { secretId } = await keyring.newest('totp-seed')
  for (const { userId, sealed } of await secondFactors.findSealedBefore(secretId, STEP)) {
    const seed = await totpSeeds.open(userId, sealed)
    if (seed) await secondFactors.reseal(userId, sealed, await totpSeeds.seal(userId, seed))
    else log('totp-seed-unreadable', { user_id: userId })
  }
}
