import type { Source, SourceThrottled } from '../throttling/source-limit'
import type { AppMetadata } from './app-metadata'
import type { Client } from './client'
import type { ClientKey } from './client-keys'

/**
 * Stores apps that no operator registered: those that describe themselves at a URL, and those that register themselves. Every method throws
 * {@link StoreUnavailable} when the store cannot be reached.
 */
export interface SelfRegisteredStore {
  /** Counts a fetch from an origin, unless there were too many in the last minute. */
  mayFetch(place: string, now: number): Promise<boolean>
  /** Stores what a document says, in place of what it said before. */
  saveDocument(
    document: AppMetadata & {
      readonly id: string
      /** Holds what it proves itself by; `null`: it is public. */
      readonly keys: readonly ClientKey[] | null
      readonly freshUntil: number
      /** Says until when it counts while it cannot be read again. */
      readonly countsUntil: number
      readonly now: number
    },
  ): Promise<Client>
  /** Takes back what a document said, if it is known: no redirect URI and no key of it counts any more. */
  withdrawDocument(id: string): Promise<void>
  /** Has a document asked for again no sooner than then, if it is known. */
  postponeDocument(id: string, freshUntil: number): Promise<void>
  /** Stores an app that registers itself, unless its source has done so too often. */
  register(
    app: AppMetadata & { readonly id: string; readonly sources: readonly Source[]; readonly now: number },
  ): Promise<{ readonly outcome: 'registered' } | SourceThrottled>
  /** Forgets apps that nobody used for long, and that nobody is connected to, at most `limit`. */
  forgetUnused(now: number, limit: number): Promise<void>
}
