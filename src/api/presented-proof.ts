import type { Context } from 'hono'
import type { NotRecent, PasswordMissing, PresentedProof } from '../flows/own-proof'
import type { NoPassword, RefusedAttempt } from '../flows/sign-in/attempt-password'
import type { SignedInEnv } from '../guards/auth-env'
import { insufficient, isRecent } from '../guards/recent-proof'
import { missingField } from '../http/body'
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

/**
 * Returns the refusal of somebody who has not proven enough.
 *
 * @param field In which the body has the password.
 */
export function ownerRefused(
  refused: RefusedAttempt | NoPassword | PasswordMissing | NotRecent,
  field = 'password',
): Problem {
  if (refused.outcome === 'password-missing') return missingField(field)
  return refused.outcome === 'not-recent' ? insufficient() : attemptRefused(refused)
}
