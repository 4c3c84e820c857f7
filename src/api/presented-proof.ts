import type { Context } from 'hono'
import type { NotRecent, PresentedProof } from '../flows/own-proof'
import type { NoPassword, RefusedAttempt } from '../flows/sign-in/attempt-password'
import type { SignedInEnv } from '../guards/auth-env'
import { insufficient, isRecent } from '../guards/recent-proof'
import type { Problem } from '../http/problem'
import type { Clock } from '../runtime/clock'
import { attemptRefused } from './sign-in/answer-sign-in'

/** Returns what a request proves that changes its own account: by the password in its body, or by its session. */
export function presentedProof(
  c: Context<SignedInEnv>,
  { clock }: { readonly clock: Clock },
  password: string | undefined,
): PresentedProof {
  return { password: password ?? null, recent: isRecent(c.var.principal, clock()) }
}

/** Returns the refusal of somebody who has not proven enough. */
export function ownerRefused(refused: RefusedAttempt | NoPassword | NotRecent): Problem {
  return refused.outcome === 'not-recent' ? insufficient() : attemptRefused(refused)
}
