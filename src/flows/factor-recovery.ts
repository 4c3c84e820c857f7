import type { FactorRecoveryStore } from '../factors/factor-recovery'
import { parsePendingHandle } from '../factors/pending-sign-in'
import { hashSecretText, mintSecret } from '../links/one-time-token'
import type { RequestSource } from '../request-source/request-source'
import type { Clock } from '../runtime/clock'
import type { Log } from '../runtime/log'
import type { SendMail } from '../runtime/queued-mail'
import type { Mode } from '../sessions/mode'

export interface RecoveryServices {
  readonly factorRecoveries: FactorRecoveryStore
  /** Says how long every factor stays after the request; `null`: only an operator removes them. */
  readonly recoverySeconds: number | null
}

export type RecoveryRequest =
  | { readonly outcome: 'started'; readonly dueAt: number }
  | { readonly outcome: 'mailbox-not-proven' | 'sign-in-expired' }

/**
 * Starts the recovery of an account whose owner has lost every second factor, in a sign-in that was begun by a mailed link. The factors stay
 * until the delay is over, and any sign-in with one of them ends the recovery (docs/explain/decisions/0096). @throws {StoreUnavailable}
 */
export async function startRecovery(
  {
    factorRecoveries,
    recoverySeconds,
    sendMail,
    clock,
  }: RecoveryServices & { readonly sendMail: SendMail; readonly clock: Clock },
  {
    handle,
    mode,
    source,
  }: { readonly handle: string | null; readonly mode: Mode; readonly source: RequestSource },
): Promise<RecoveryRequest> {
  const pending = handle === null ? null : await parsePendingHandle(handle)
  if (!pending || recoverySeconds === null) return { outcome: 'sign-in-expired' }
  const now = clock()
  const cancel = await mintSecret()
  const dueAt = now + recoverySeconds
  const started = await factorRecoveries.start({ ...pending, mode, cancel, dueAt, source, now })
  if (started.outcome === 'over') return { outcome: 'sign-in-expired' }
  if (started.outcome !== 'started') return started
  sendMail(started.mailIds)
  return { outcome: 'started', dueAt: started.dueAt }
}

/** Cancels a recovery by the link of its mail; `false` if there is none. @throws {StoreUnavailable} */
export async function cancelRecovery(
  { factorRecoveries, clock }: Pick<RecoveryServices, 'factorRecoveries'> & { readonly clock: Clock },
  token: string,
  source: RequestSource,
): Promise<boolean> {
  const hash = await hashSecretText(token)
  return hash !== null && factorRecoveries.cancel(hash, source, clock())
}

/** Bounds the recoveries that one run of the sweep completes. */
const COMPLETED_AT_ONCE = 50

/** Completes the recoveries whose delay is over. @throws {StoreUnavailable} */
export async function completeRecoveries({
  factorRecoveries,
  clock,
  log,
}: Pick<RecoveryServices, 'factorRecoveries'> & {
  readonly clock: Clock
  readonly log: Log
}): Promise<void> {
  const now = clock()
  for (const due of await factorRecoveries.listDue(now, COMPLETED_AT_ONCE)) {
    // The mail leaves with the same sweep, or the next one.
    await factorRecoveries.complete(due, now)
    log('second-factor-recovered', { user_id: due.userId })
  }
}
