import { readAtMost } from '../runtime/read-at-most'
import { ProviderUnavailable } from './provider'

/** A provider that works answers in a fraction of this. */
const TIME_LIMIT_MS = 5000

/** More than the largest key set or list of addresses. */
const ANSWER_MAX_BYTES = 64 * 1024

/** Sends one request, as `fetch` does. */
export type Send = (url: string, init: RequestInit) => Promise<Response>

/** Requests to the hosts of one provider. */
export type Egress = Send

/**
 * Makes the way out to one provider: to these origins alone, without following redirects, within a time and a size.
 *
 * @param send What sends requests, and how long it may take. @throws {ProviderUnavailable} From what it makes.
 */
export function createEgress(
  origins: readonly string[],
  { send, timeLimitMs = TIME_LIMIT_MS }: { readonly send: Send; readonly timeLimitMs?: number },
): Egress {
  return async (url, init) => {
    // guard: a provider is called at its configured hosts
    if (!origins.includes(new URL(url).origin)) throw new ProviderUnavailable('host-not-configured')
    try {
      // guard: a call of a provider has a time limit
      const signal = AbortSignal.timeout(timeLimitMs)
      // guard: no redirect of a provider is followed
      const response = await send(url, { ...init, redirect: 'manual', signal })
      if (response.status >= 300 && response.status < 400) throw new ProviderUnavailable('redirected')
      if (response.status >= 500) throw new ProviderUnavailable('failed')
      // guard: the answer of a provider has a limit
      const bytes = await readAtMost(response.body, ANSWER_MAX_BYTES)
      if (bytes === null) throw new ProviderUnavailable('too-large')
      return new Response(response.body && bytes, { status: response.status, headers: response.headers })
    } catch (error) {
      if (error instanceof ProviderUnavailable) throw error
      throw new ProviderUnavailable(
        error instanceof Error && error.name === 'TimeoutError' ? 'timed-out' : 'unreachable',
      )
    }
  }
}
