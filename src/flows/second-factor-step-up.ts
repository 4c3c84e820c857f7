import { hashRecoveryCode } from '../factors/recovery-code'
import type { SecondFactorStore, TotpSeeds } from '../factors/second-factor'
import { findStep } from '../factors/totp'
import type { RequestSource } from '../request-source/request-source'
import type { TypedFactor } from './sign-in/second-factor'
import type { OwnSession } from './sign-out'
import { type ProvenAgain, renewSession, type StepUp, type StepUpServices } from './step-up'

type FactorStepUp =
  | StepUp
  | { readonly outcome: 'no-second-factor' }
  | { readonly outcome: 'invalid-code' }
  | { readonly outcome: 'throttled'; readonly retryAfterSeconds: number }

/**
 * Proves again who one is, by a code of the authenticator app or a recovery code. The try counts against the same budget of the account as
 * those of a sign-in. @throws {StoreUnavailable}
 */
export async function stepUpByFactor(
  services: StepUpServices & { readonly secondFactors: SecondFactorStore; readonly totpSeeds: TotpSeeds },
  own: OwnSession,
  { typed, source }: { readonly typed: TypedFactor; readonly source: RequestSource },
): Promise<FactorStepUp> {
  const { users, secondFactors, totpSeeds, clock } = services
  const now = clock()
  const account = await users.findWithSession(own.sessionId, now)
  if (!account) return { outcome: 'session-ended' }
  const { secondFactor } = account
  if (!secondFactor) return { outcome: 'no-second-factor' }
  let factor: Parameters<SecondFactorStore['renewSession']>[0]['factor']
  if (typed.kind === 'recovery-code')
    factor = { method: 'recovery', codeHash: await hashRecoveryCode(typed.code) }
  else {
    const seed = secondFactor.totp && (await totpSeeds.open(own.userId, secondFactor.totp))
    factor = { method: 'totp', step: seed && (await findStep(seed, typed.code, now)) }
  }
  let refusal: FactorStepUp = { outcome: 'session-ended' }
  const proven: ProvenAgain = {
    proof: { method: factor.method, at: now },
    async renew(renewal) {
      const renewed = await secondFactors.renewSession({ ...renewal, factor })
      if (renewed.outcome === 'renewed') return renewed
      if (renewed.outcome === 'wrong-code') {
        services.sendMail(renewed.mailIds)
        refusal = { outcome: 'invalid-code' }
      } else refusal = renewed
      return null
    },
  }
  const stepUp = await renewSession(services, own, account, proven, source)
  return stepUp.outcome === 'renewed' ? stepUp : refusal
}
