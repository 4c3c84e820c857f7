import type { EmailAddress } from '../identity/email-address'
import type { LinkStore } from '../links/link-store'
import { type MintedSecret, mintSecret } from '../links/one-time-token'
import type { RequestSource } from '../request-source/request-source'
import type { Clock } from '../runtime/clock'
import type { AccountKeys } from '../throttling/account-key'
import { sourcesOf } from '../throttling/source-limit'

export interface LinkServices {
  readonly links: LinkStore
  readonly accountKeys: AccountKeys
  readonly clock: Clock
}

/** Whoever asks for mail, known here or not. */
export interface MailAsker {
  readonly source: RequestSource
  /** Ids of the genuine device credentials that came along. */
  readonly deviceIds: readonly string[]
  /** The secret that only this browser or client will have. */
  readonly binding: MintedSecret
}

/** What there is to say about a request for mail: not whether there is an account. */
export type MailRequestOutcome =
  | { readonly outcome: 'accepted' }
  | { readonly outcome: 'throttled'; readonly retryAfterSeconds: number }

export function mailRequestOutcome(retryAfterSeconds: number | null): MailRequestOutcome {
  return retryAfterSeconds === null ? { outcome: 'accepted' } : { outcome: 'throttled', retryAfterSeconds }
}

/** What every request for a link to the account of an address is made of. */
export async function newLinkRequest(
  services: LinkServices,
  asker: Pick<MailAsker, 'source' | 'deviceIds'> & {
    readonly email: EmailAddress
    /** The session behind the request, if there is one. */
    readonly sessionId?: string | null
  },
) {
  return { ...(await newMailRequest(services, asker)), token: await mintSecret(), source: asker.source }
}

/** A request for mail to the owner of an address, and whose budget it is counted against. */
export async function newMailRequest(
  { accountKeys, clock }: Pick<LinkServices, 'accountKeys' | 'clock'>,
  { email, source, deviceIds, sessionId = null }: Parameters<typeof newLinkRequest>[1],
) {
  const { canonical: canonicalEmail } = email
  // No address has a blank, so none of these is the key of one.
  const keyOf = async (id: string) => [id, await accountKeys(`device ${id}`)] as const
  const deviceKeys = Object.fromEntries(await Promise.all(deviceIds.map(keyOf)))
  const session =
    sessionId === null ? null : { id: sessionId, key: await accountKeys(`session ${sessionId}`) }
  const sources = await sourcesOf(accountKeys, source)
  const asker = { of: 'anybody', deviceKeys, session, sources } as const
  return { canonicalEmail, accountKey: await accountKeys(canonicalEmail), asker, now: clock() }
}
