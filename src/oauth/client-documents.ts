import { parseReadableType } from '../http/media-type'
import type { Clock } from '../runtime/clock'
import type { Log } from '../runtime/log'
import { createEgress, type Send } from '../social/egress'
import { ProviderUnavailable } from '../social/provider'
import type { AppMetadata } from './app-metadata'
import type { Client } from './client'
import { readClientDocument } from './client-document'
import type { SelfRegisteredStore } from './self-registered-store'

/** Bounds how long a document counts, whatever its headers say, in seconds. */
const FRESH_SECONDS = { least: 60, usual: 24 * 60 * 60, most: 7 * 24 * 60 * 60 }

/** Says how soon a document is asked for again that could not be had, in seconds. */
const RETRY_SECONDS = 60

/** Longer than a fetch may take: nobody waits longer for that of another request. */
const PATIENCE_MS = 8000

export type ReadDocument =
  | { readonly outcome: 'read'; readonly client: Client }
  /** Its host says that there is none, or it is not one. */
  | { readonly outcome: 'refused'; readonly why: string }
  /** It could not be had just now. */
  | { readonly outcome: 'unavailable' }

/** The documents by which apps describe themselves at the URL that is their `client_id`. */
export interface ClientDocuments {
  /** Fetches the document of an app and stores what it says. Requests for one document that come at once wait for one fetch. */
  read(url: string): Promise<ReadDocument>
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

  async function fetchDocument(url: string): Promise<ReadDocument> {
    const { origin } = new URL(url)
    // guard: Janus fetches nothing from its own host
    if (origin === new URL(issuer).origin)
      return { outcome: 'refused', why: 'it is at the host of this service' }
    // guard: documents of one host are fetched so many times a minute
    if (!(await store.mayFetch(origin, clock()))) {
      log('client-document-throttled', { origin })
      return { outcome: 'unavailable' }
    }
    try {
      const response = await createEgress([origin], { send })(url, {
        headers: { Accept: 'application/json' },
      })
      const answer = await readAnswer(url, response)
      if (answer === 'unavailable') throw new ProviderUnavailable('failed')
      if ('why' in answer) {
        log('client-document-refused', { origin, reason: answer.why })
        return { outcome: 'refused', why: answer.why }
      }
      const freshUntil = clock() + freshSeconds(response.headers.get('Cache-Control') ?? '')
      return {
        outcome: 'read',
        client: await store.saveDocument({ ...answer, id: url, freshUntil, now: clock() }),
      }
    } catch (error) {
      if (!(error instanceof ProviderUnavailable)) throw error
      log('client-document-unavailable', { origin, reason: error.reason })
      // guard: a document that cannot be had is asked for again no sooner than in a minute
      await store.postponeDocument(url, clock() + RETRY_SECONDS)
      return { outcome: 'unavailable' }
    }
  }

  return {
    async read(url) {
      const fetching = underWay.get(url) ?? fetchDocument(url).finally(() => underWay.delete(url))
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

async function readAnswer(
  url: string,
  response: Response,
): Promise<AppMetadata | { readonly why: string } | 'unavailable'> {
  const { status, headers } = response
  if (status === 404 || status === 410) return { why: `the answer was ${status}` }
  if (status !== 200) return 'unavailable'
  // guard: a document is JSON by its type
  if (parseReadableType(headers.get('Content-Type') ?? '') !== 'json')
    return { why: 'the answer is not application/json' }
  return readClientDocument(url, await response.text())
}

/** Returns how long a document counts, by its own header within bounds. */
function freshSeconds(cacheControl: string): number {
  const { least, usual, most } = FRESH_SECONDS
  if (/\b(no-store|no-cache)\b/i.test(cacheControl)) return least
  const [, seconds] = /\bmax-age=(\d{1,10})\b/i.exec(cacheControl) ?? []
  // guard: a document counts for a week at most
  return seconds === undefined ? usual : Math.min(most, Math.max(least, Number(seconds)))
}
