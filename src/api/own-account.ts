import type { MiddlewareHandler } from 'hono'
import * as v from 'valibot'
import type { SignedInEnv } from '../guards/auth-env'
import { Problem } from '../http/problem'
import { withFacts } from '../http/route-facts'
import { Text } from './fields'

/**
 * The field in which a body says whose account is meant. The pages of an account always send it: another tab may have signed in to
 * another account since, and the cookie is the browser's, not the tab's. Optional, because a client may know of only one account.
 */
export const ownAccount = { account_id: v.optional(Text) }

/** No interface, which the types of the package would have to import from here. */
type Sent = { readonly json: { readonly account_id?: string | undefined } }

/** Refuses a body that means another account than the caller's. Behind `requirePrincipal` and the body. */
export const sameAccount: MiddlewareHandler<SignedInEnv, string, { in: Sent; out: Sent }> = withFacts(
  async (c, next) => {
    refuseOtherAccount(c.var.principal.userId, c.req.valid('json').account_id)
    await next()
  },
  { ownAccount: true },
)

/** Refuses a form about another account. @throws {Problem} `account-mismatch`. */
export function refuseOtherAccount(userId: string, meant: string | undefined): void {
  // guard: a form about another account is refused
  if (meant === undefined || meant === userId) return
  const detail = 'Nothing was changed. Sign in to the account that account_id names, or leave account_id out.'
  throw new Problem('account-mismatch', { detail })
}
