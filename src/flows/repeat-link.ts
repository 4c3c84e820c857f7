import type { AuditEventName } from '../audit/audit-event'
import type { LinkStore, SpentLink } from '../links/link-store'
import { hashSecretText, matchesSecret, type TokenPurpose } from '../links/one-time-token'
import type { RequestSource } from '../request-source/request-source'
import { REPEAT_SECONDS } from './repetition'
import { type AttemptServices, attemptPassword } from './sign-in/attempt-password'

/** A link that is not valid, and what whoever presents it has besides. */
export interface LinkRepetition {
  readonly token: string
  readonly purposes: readonly TokenPurpose[]
  /** The secret of the browser or client that asked for the link, if it came along. */
  readonly binding: string | null
  /** The password that the use would set, if any. */
  readonly newPassword: string | null
  /** A wrong password is recorded under this name. */
  readonly event: AuditEventName
  readonly source: RequestSource
  /** Ids of the genuine device credentials that came along. */
  readonly deviceIds: readonly string[]
}

/**
 * Returns what a link did that was used seconds ago, to whoever proves to be the one who used it; otherwise `null`. Does nothing again.
 *
 * Proves it: the secret that the link was used with, and the password that was set. What came along must be right, and one must have. A
 * password is an attempt, and counted as one: a used link is no way to try passwords.
 *
 * @throws {StoreUnavailable}
 */
export async function findRepeatedUse(
  services: AttemptServices & { readonly links: LinkStore },
  { token, purposes, binding, newPassword, event, source, deviceIds }: LinkRepetition,
): Promise<SpentLink | null> {
  const { links, attempts, clock } = services
  if (binding === null && newPassword === null) return null
  const tokenHash = await hashSecretText(token)
  const spent = tokenHash === null ? null : await links.findSpent(tokenHash, clock() - REPEAT_SECONDS)
  if (!spent || !purposes.includes(spent.purpose)) return null
  const { bindingHash, account } = spent
  // guard: a used link gets the first outcome only in its own browser
  if (bindingHash !== null && !(await matchesSecret(binding, bindingHash))) return null
  // guard: a used link alone proves nothing
  // guard: a used link gets the first outcome only with the password that was set
  if (newPassword === null) return bindingHash === null ? null : spent

  const { canonicalEmail } = account
  const attempt = { canonicalEmail, password: newPassword, event, source, deviceIds, session: null } as const
  const attempted = await attemptPassword(services, attempt)
  if (attempted.outcome !== 'proven') return null
  await attempts.takeBack(attempted.proof.reserved, { usedLink: spent.tokenHash })
  return spent
}
