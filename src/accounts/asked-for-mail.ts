import type { Client } from '../client'
import type { Clock } from '../clock'
import type { LinkStore } from '../links/link-store'
import { type MintedSecret, mintSecret } from '../links/one-time-token'
import type { AccountKeys } from '../throttling/account-key'
import type { EmailAddress } from './email-address'

export interface LinkServices {
  readonly links: LinkStore
  readonly accountKeys: AccountKeys
  readonly clock: Clock
}

/** Whoever asks for mail, known here or not. */
export interface MailAsker {
  readonly client: Client
  /** The secret that only this browser or client will have. */
  readonly binding: MintedSecret
}

/** What there is to say about a request for mail: not whether there is an account. */
export type AskedForMail =
  | { readonly outcome: 'accepted' }
  | { readonly outcome: 'throttled'; readonly retryAfterSeconds: number }

export function askedForMail(retryAfterSeconds: number | null): AskedForMail {
  return retryAfterSeconds === null ? { outcome: 'accepted' } : { outcome: 'throttled', retryAfterSeconds }
}

/** What every request for a link to the account of an address is made of. */
export async function newLinkRequest(
  { accountKeys, clock }: LinkServices,
  { email, client }: { readonly email: EmailAddress; readonly client: Client },
) {
  const { canonical: canonicalEmail } = email
  const accountKey = await accountKeys(canonicalEmail)
  return { canonicalEmail, accountKey, token: await mintSecret(), client, now: clock() }
}
