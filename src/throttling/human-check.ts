import type { Clock } from '../runtime/clock'
import type { Log } from '../runtime/log'
import { createMemo } from '../runtime/memo'
import { readAtMost } from '../runtime/read-at-most'

/** Names the form that has a challenge; the `action` of the widget. */
export type HumanAction = 'register' | 'forgot' | 'link' | 'login'

/** Says what Cloudflare makes of a token. `unknown`: Cloudflare gave no valid answer in time. */
export type Humanity = 'human' | 'not-human' | 'unknown'

/** Tells people from programs by Cloudflare Turnstile. */
export interface HumanCheck {
  /**
   * Verifies the token of a widget, which works once. An equal request may present it again, because a second click is the same request.
   *
   * @param request What was sent, as text.
   */
  verify(token: string, action: HumanAction, request: string): Promise<Humanity>
  /** Returns whether one of these has failed at passwords often enough lately that a sign-in takes a token. */
  isDue(keys: readonly string[]): boolean
  /** Counts a failure for each of these, in the memory of this isolate. */
  noteFailure(keys: readonly string[]): void
}

/** https://developers.cloudflare.com/turnstile/get-started/server-side-validation/ */
const VERIFY_URL = 'https://challenges.cloudflare.com/turnstile/v0/siteverify'

/** A person waits for it. Cloudflare answers in some 100 ms. */
const PATIENCE_MS = 2000

const ANSWER_MAX_BYTES = 8 * 1024

/** After so many wrong passwords a sign-in takes a token. A person mistypes a password twice. */
const FREE_FAILURES = 3
const FAILURE_SECONDS = 15 * 60

/** The secrets that Cloudflare publishes for tests: they accept, reject, or call the token used. Their answers name no host of yours. */
const TEST_SECRET = /^[123]x0+AA$/

/** Returns whether a secret is one that Cloudflare publishes for tests, so that every program passes. */
export function isTestSecret(secret: string): boolean {
  return TEST_SECRET.test(secret)
}

interface HumanCheckOptions {
  readonly secret: string
  /** The hosts on which a widget may stand: those of the service and of its apps. */
  readonly hostnames: readonly string[]
  readonly clock: Clock
  readonly log: Log
}

export type CreateHumanCheck = (options: HumanCheckOptions) => HumanCheck

/** Makes the check. */
export const createHumanCheck: CreateHumanCheck = (options) => {
  const { secret, hostnames, clock, log } = options
  const failures = createMemo<number>()

  return {
    async verify(token, action, request) {
      const answer = await ask({
        secret,
        response: token,
        idempotency_key: await idempotencyKey(token, request),
      })
      if ('failure' in answer) {
        log('turnstile-failed', { reason: answer.failure })
        return 'unknown'
      }
      if (isTestSecret(secret)) return answer.success ? 'human' : 'not-human'
      // guard: a token of another site or another form is refused
      const fits = hostnames.includes(answer.hostname) && answer.action === action
      return answer.success && fits ? 'human' : 'not-human'
    },

    isDue: (keys) => keys.some((key) => (failures.get(key, clock()) ?? 0) >= FREE_FAILURES),

    noteFailure(keys) {
      const now = clock()
      for (const key of keys) failures.set(key, (failures.get(key, now) ?? 0) + 1, now + FAILURE_SECONDS)
    },
  }
}

interface Verdict {
  readonly success: boolean
  readonly hostname: string
  readonly action: string
}

async function ask(body: Readonly<Record<string, string>>): Promise<Verdict | { readonly failure: string }> {
  try {
    const response = await fetch(VERIFY_URL, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE_MS),
      // guard: no redirect takes the secret of Turnstile elsewhere
      redirect: 'manual',
    })
    if (response.status >= 500) {
      await response.body?.cancel()
      return { failure: `HTTP ${response.status}` }
    }
    const bytes = await readAtMost(response.body, ANSWER_MAX_BYTES)
    const answer: unknown = bytes === null ? null : JSON.parse(new TextDecoder().decode(bytes))
    if (typeof answer !== 'object' || answer === null) return { failure: 'unexpected-answer' }
    const { success, hostname, action, 'error-codes': codes } = answer as Partial<Record<string, unknown>>
    // guard: what a client sends does not look like an outage
    if (Array.isArray(codes) && codes.includes('internal-error')) return { failure: 'internal-error' }
    return { success: success === true, hostname: String(hostname ?? ''), action: String(action ?? '') }
  } catch (error) {
    const late = error instanceof Error && error.name === 'TimeoutError'
    return { failure: late ? 'timeout' : error instanceof SyntaxError ? 'unexpected-answer' : 'unreachable' }
  }
}

/** Returns a UUID that is the same for an equal request alone: with another field the token counts as used. */
async function idempotencyKey(token: string, request: string): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify([token, request]))
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  const hex = Array.from(digest.subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-a$4-$5')
}
