import type { MiddlewareHandler } from 'hono'
import { withFacts } from '../http/route-facts'
import type { GuardServices, SignedInEnv } from './auth-env'
import { CHANGE_OF_WAYS_IN, insufficient, isRecent, type RecentTerms } from './recent-proof'

/**
 * Lets a caller through who has proven who they are a moment ago. Behind `requirePrincipal`. The refusal says what to prove, as RFC 9470 §3
 * has it, in either mode.
 */
export function requireRecent(
  { clock }: Pick<GuardServices, 'clock'>,
  terms: RecentTerms = CHANGE_OF_WAYS_IN,
): MiddlewareHandler<SignedInEnv> {
  const check: MiddlewareHandler<SignedInEnv> = async (c, next) => {
    if (!isRecent(c.var.principal, clock(), terms)) throw insufficient(terms)
    await next()
  }
  return withFacts(check, { recent: true })
}
