import type { Context } from 'hono'
import type { Log } from '../log'
import { StoreUnavailable } from '../outage'
import { Problem, type ProblemCode, presentProblem } from './problem'

/** Long enough for a store to recover from a moment's overload. */
const RETRY_AFTER_SECONDS = 5

/**
 * Turns whatever a handler threw into a response: the only code that does. What is not a {@link Problem} is logged
 * with the request id and answered in general terms.
 */
export function handleFailure(
  error: Error,
  c: Context,
  { issuer, log }: { issuer: string; log: Log },
): Response {
  const requestId = crypto.randomUUID()
  const response = presentProblem(toProblem(error, requestId, log), { issuer, requestId })
  // Through Hono, so that cookies set or cleared before the failure are kept.
  return c.newResponse(response.body, response)
}

function toProblem(error: Error, requestId: string, log: Log): Problem {
  if (error instanceof Problem) return error
  if (error instanceof StoreUnavailable) {
    log('store-unavailable', { request_id: requestId, store: error.store, cause: firstLine(error.cause) })
    const detail = error.detail === null ? {} : { detail: error.detail }
    return new Problem('store-unavailable', {
      ...detail,
      headers: { 'Retry-After': String(RETRY_AFTER_SECONDS) },
    })
  }
  log('unexpected-error', { request_id: requestId, error: error.name, at: frames(error) })
  return new Problem('internal-error' satisfies ProblemCode)
}

/** Stores name tables, columns and codes in their messages; values are bound, and do not appear. */
function firstLine(cause: unknown): string {
  return cause instanceof Error ? (cause.message.split('\n')[0] ?? '').slice(0, 200) : 'unknown'
}

/** Where it happened. Not the message: it may quote what a client sent. */
function frames(error: Error): string {
  const lines = error.stack?.split('\n') ?? []
  return lines
    .filter((line) => line.startsWith('    at '))
    .slice(0, 8)
    .map((line) => line.trim())
    .join(' < ')
}
