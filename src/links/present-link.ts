import type { Clock } from '../clock'
import type { FoundLink, LinkStore } from './link-store'
import { hashSecretText, type TokenPurpose } from './one-time-token'

/** A link that is good, as somebody presents it. Not used up yet. */
export interface PresentedLink {
  readonly found: FoundLink
  readonly tokenHash: string
  /** When it was found good. */
  readonly now: number
}

/** What the token of a link is good for, or `null` if it is malformed or good for none of the purposes. @throws {StoreUnavailable} */
export async function presentLink(
  { links, clock }: { readonly links: LinkStore; readonly clock: Clock },
  token: string,
  purposes: readonly TokenPurpose[],
): Promise<PresentedLink | null> {
  const tokenHash = await hashSecretText(token)
  const now = clock()
  const found = tokenHash === null ? null : await links.find(tokenHash, purposes, now)
  return tokenHash === null || !found ? null : { found, tokenHash, now }
}
