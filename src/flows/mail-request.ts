import type { EmailAddress } from '../identity/email-address'
import type { LinkIssued, LinkStore, MailAttempt } from '../links/link-store'
import { type MintedSecret, mintSecret, type TokenPurpose } from '../links/one-time-token'
import type { RequestSource } from '../request-source/request-source'
import type { Clock } from '../runtime/clock'
import type { SendMail } from '../runtime/queued-mail'
import type { AccountKeys } from '../throttling/account-key'
import { sourcesOf } from '../throttling/source-limit'
import { REPEAT_SECONDS } from './repetition'

export interface LinkServices {
  readonly links: LinkStore
  readonly sendMail: SendMail
  readonly accountKeys: AccountKeys
  readonly clock: Clock
}

/** Whoever asks for mail, known here or not. */
export interface MailAsker {
  readonly source: RequestSource
  /** Ids of the genuine device credentials that came along. */
  readonly deviceIds: readonly string[]
  /** Holds what the client calls this attempt; `null`: it stands alone. */
  readonly attemptId: string | null
  /** The secret that only this browser or client will have. */
  readonly binding: MintedSecret
}

/** Describes what there is to say about a request for mail: not whether there is an account. */
export type MailRequestOutcome =
  | { readonly outcome: 'accepted' }
  | { readonly outcome: 'throttled'; readonly retryAfterSeconds: number }

/** Sends the mail of a request, and returns what may be said of it. */
export function sendLink(
  { sendMail }: Pick<LinkServices, 'sendMail'>,
  issued: LinkIssued,
): MailRequestOutcome {
  if (issued.outcome === 'throttled') return issued
  sendMail(issued.mailIds)
  return { outcome: 'accepted' }
}

/** Returns what every request for a link to the account of an address is made of. */
export async function newLinkRequest<Purpose extends TokenPurpose>(
  services: LinkServices,
  purpose: Purpose,
  asker: Pick<MailAsker, 'source' | 'deviceIds' | 'attemptId'> & {
    readonly email: EmailAddress
    /** The session behind the request, if there is one. */
    readonly sessionId?: string | null
    /** Says where the person wants to go, if the link leads there. */
    readonly returnTo?: string | null
  },
) {
  const { attemptId, email, source, returnTo = null } = asker
  const request = await newMailRequest(services, asker)
  const attempt = await mailAttempt(services, attemptId, [purpose, email.canonical, returnTo])
  return { ...request, purpose, attempt, token: await mintSecret(), source }
}

/**
 * Returns the attempt that a client has named; `null` if it has not. Whoever changes what they ask for makes another attempt.
 *
 * @param details Everything that makes the request what it is. The database stores an HMAC of it and of the name, which it never stores: nobody
 * can try passwords on it, not even with `AUTH_SECRET`.
 */
export async function mailAttempt(
  { accountKeys, clock }: Pick<LinkServices, 'accountKeys' | 'clock'>,
  attemptId: string | null,
  details: readonly (string | null)[],
): Promise<MailAttempt | null> {
  // guard: a second click on a form that sends mail sends nothing
  if (attemptId === null) return null
  // guard: an attempt is all that was asked for, too
  const key = await accountKeys(`attempt ${JSON.stringify([attemptId, ...details])}`)
  // guard: an attempt is repeated for seconds only
  return { key, repeatedSince: clock() - REPEAT_SECONDS }
}

/** Returns a request for mail to the owner of an address, and whose budget it is counted against. */
export async function newMailRequest(
  { accountKeys, clock }: Pick<LinkServices, 'accountKeys' | 'clock'>,
  {
    email,
    source,
    deviceIds,
    sessionId = null,
  }: Pick<MailAsker, 'source' | 'deviceIds'> & {
    readonly email: EmailAddress
    /** The session behind the request, if there is one. */
    readonly sessionId?: string | null
  },
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
