import type { Client } from '../client'
import type { MintedSecret } from '../links/one-time-token'

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
