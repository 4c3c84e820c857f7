import type { Clock } from '../runtime/clock'
import type { FoundLink, LinkStore } from './link-store'
import { hashSecretText, type TokenPurpose } from './one-time-token'

/** A link that is good, as somebody presents it. Not used up yet. */
export interface PresentedLink {
  readonly link: FoundLink
  readonly tokenHash: string
  /** SHA-256 of the secret that came along, if any did. */
  readonly bindingHash: string | null
  /** Says when it was found valid (seconds). */
  readonly now: number
}

/**
 * Returns what a link does, or `null` if it is malformed, or not valid for any of the purposes.
 *
 * @param binding The secret that came along, if any. @throws {StoreUnavailable}
 */
export async function findLink(
  { links, clock }: { readonly links: LinkStore; readonly clock: Clock },
  token: string,
  purposes: readonly TokenPurpose[],
  binding: string | null = null,
): Promise<PresentedLink | null> {
  const tokenHash = await hashSecretText(token)
  const now = clock()
  if (tokenHash === null) return null
  const bindingHash = binding === null ? null : await hashSecretText(binding)
  const link = await links.find({ tokenHash, bindingHash }, purposes, now)
  return link && { link, tokenHash, bindingHash, now }
}
