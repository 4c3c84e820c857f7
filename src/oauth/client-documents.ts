import { parseReadableType } from '../http/media-type'
import type { Clock } from '../runtime/clock'
import type { Log } from '../runtime/log'
import { createEgress, type Send } from '../social/egress'
import { ProviderUnavailable } from '../social/provider'
import type { AppMetadata } from './app-metadata'
import type { Client } from './client'
import { type DescribedClient, readClientDocument } from './client-document'
import { type ClientKey, usableKeys } from './client-keys'
import type { SelfRegisteredStore } from './self-registered-store'

/** Bounds how long a document counts, whatever its headers say, in seconds. */
const FRESH_SECONDS = { least: 60, usual: 24 * 60 * 60, most: 7 * 24 * 60 * 60 }

/** Bounds how long keys count, in seconds: whoever has lost one takes it out of the set. */
const KEYS_FRESH_SECONDS = 60 * 60

/** Says how much longer what a document said counts while its host does not answer, in seconds: outages last hours, and who is away for days may be gone. */
const UNREAD_SECONDS = 24 * 60 * 60

/** Says how soon a document is asked for again that could not be had, in seconds. */
const RETRY_SECONDS = 60

/** Longer than two fetches may take: nobody waits longer for those of another request. */
const PATIENCE_MS = 12_000

/** A host says by these that it has no document, or none for strangers. Some stores answer 403 for what is not there. */
const GONE: readonly number[] = [401, 403, 404, 410]

export type ReadDocument =
  | { readonly outcome: 'read'; readonly client: Client }
  /** Its host says that there is none, or it is not one. */
  | { readonly outcome: 'refused'; readonly why: string }
  /** It could not be had just now. */
  | { readonly outcome: 'unavailable' }

/** The documents by which apps describe themselves at the URL that is their `client_id`. */
export interface ClientDocuments {
  /**
   * Fetches the document of an app and stores what it says. Requests for one document that come at once wait for one fetch.
   *
   * @param isKnown Says whether its document was read before.
   */
  read(url: string, isKnown: boolean): Promise<ReadDocument>
}

/** @param send Sends requests. No setting changes it, so that nothing but a test can lead elsewhere. */
export function createClientDocuments({
  store,
  issuer,
  send,
  clock,
  log,
}: {
  readonly store: SelfRegisteredStore
  readonly issuer: string
  readonly send: Send
  readonly clock: Clock
  readonly log: Log
}): ClientDocuments {
  const underWay = new Map<string, Promise<ReadDocument>>()

  async function fetchDocument(url: string, isKnown: boolean): Promise<ReadDocument> {
    const { origin } = new URL(url)
    // guard: Janus fetches nothing from its own host
    if (origin === new URL(issuer).origin)
      return { outcome: 'refused', why: 'it is at the host of this service' }
    // One that is known has a budget of its own: strangers who name others at its host keep nobody from hearing that its keys have changed.
    // guard: documents of one host are fetched so many times a minute
    if (!(await store.mayFetch(isKnown ? url : origin, clock()))) {
      log('client-document-throttled', { origin })
      return { outcome: 'unavailable' }
    }
    try {
      const get = createEgress([origin], { send })
      const response = await get(url, { headers: { Accept: 'application/json' } })
      const answer = await readAnswer(url, response, get)
      if ('why' in answer) {
        log('client-document-refused', { origin, reason: answer.why })
        // guard: what was taken away stays away while its host is not asked again
        await store.withdrawDocument(url)
        return { outcome: 'refused', why: answer.why }
      }
      const counts = freshSeconds(response.headers.get('Cache-Control') ?? '')
      // guard: keys count for an hour at most
      const freshUntil = clock() + (answer.keys === null ? counts : Math.min(counts, KEYS_FRESH_SECONDS))
      const countsUntil = freshUntil + UNREAD_SECONDS
      const client = await store.saveDocument({ ...answer, id: url, freshUntil, countsUntil, now: clock() })
      return { outcome: 'read', client }
    } catch (error) {
      if (!(error instanceof ProviderUnavailable)) throw error
      log('client-document-unavailable', { origin, reason: error.reason })
      // guard: a document that cannot be had is asked for again no sooner than in a minute
      await store.postponeDocument(url, clock() + RETRY_SECONDS)
      return { outcome: 'unavailable' }
    }
  }

  return {
    async read(url, isKnown) {
      const fetching = underWay.get(url) ?? fetchDocument(url, isKnown).finally(() => underWay.delete(url))
      underWay.set(url, fetching)
      // On Workers the request that fetches may be cancelled, and its promise with it.
      let timer: ReturnType<typeof setTimeout> | undefined
      const late = new Promise<ReadDocument>((resolve) => {
        timer = setTimeout(() => resolve({ outcome: 'unavailable' }), PATIENCE_MS)
      })
      const read = await Promise.race([fetching, late])
      clearTimeout(timer)
      if (underWay.get(url) === fetching) underWay.delete(url)
      return read
    },
  }
}

/** Reads a document, and the keys that it names. @throws {ProviderUnavailable} If the host cannot answer just now. */
async function readAnswer(
  url: string,
  response: Response,
  get: Send,
): Promise<(AppMetadata & { readonly keys: readonly ClientKey[] | null }) | { readonly why: string }> {
  const { status, headers } = response
  if (GONE.includes(status)) return { why: `the answer was ${status}` }
  if (status !== 200) throw new ProviderUnavailable('failed')
  // guard: a document is JSON by its type
  if (parseReadableType(headers.get('Content-Type') ?? '') !== 'json')
    return { why: 'the answer is not application/json' }
  const described = readClientDocument(url, await response.text())
  if ('why' in described) return described
  const keys = await readKeys(described, get)
  return keys?.length === 0 ? { why: 'it has no key that can be used' } : { ...described, keys }
}

/** Returns the keys of an app that signs, none if there is no good one; `null`: it signs nothing. @throws {ProviderUnavailable} */
async function readKeys({ keys }: DescribedClient, get: Send): Promise<readonly ClientKey[] | null> {
  if (keys === null) return null
  if ('set' in keys) return usableKeys(keys.set)
  const response = await get(keys.uri, { headers: { Accept: 'application/jwk-set+json, application/json' } })
  if (GONE.includes(response.status)) return []
  if (response.status !== 200) throw new ProviderUnavailable('failed')
  return usableKeys(await response.json().catch(() => null))
}

/** Returns how long a document counts, by its own header within bounds. */
function freshSeconds(cacheControl: string): number {
  const { least, usual, most } = FRESH_SECONDS
  if (/\b(no-store|no-cache)\b/i.test(cacheControl)) return least
  const [, seconds] = /\bmax-age=(\d{1,10})\b/i.exec(cacheControl) ?? []
  // guard: a document counts for a week at most
  return seconds === undefined ? usual : Math.min(most, Math.max(least, Number(seconds)))
}
