import type { Context, MiddlewareHandler } from 'hono'
import { requestIdOf } from '../request-source/request-id'
import type { Log } from '../runtime/log'
import { MIGRATE, StoreUnavailable } from '../runtime/outage'
import {
  Problem,
  type ProblemCode,
  presentProblem,
  problemHeaders,
  problemResponse,
  typeBaseOf,
} from './problem'
import { redactFor } from './redact'
import { withVariables } from './request-variables'
import { isLocal } from './trustworthy-url'

/** Long enough for a store to recover from a moment's overload. */
const RETRY_AFTER_SECONDS = 5

const SCHEMA_MISSING = `The local database lacks tables. ${MIGRATE}.`

/** Says how the problems of a service are told. */
export interface ProblemTerms {
  readonly typeBase: string
  /** Says whether the service runs on one's own machine, where the log explains what nobody foresaw. */
  readonly local: boolean
}

/** Returns the terms of the service at an issuer. */
export function problemTerms(issuer: string): ProblemTerms {
  return { typeBase: typeBaseOf(issuer), local: isLocal(new URL(issuer)) }
}

/** Returns the problem with which a request was refused, or `null` if it was not. */
export function problemOf(c: Context): ProblemCode | null {
  return withVariables(c).get('problem') ?? null
}

/**
 * Turns whatever a handler threw into a response: the only code that does. What is not a {@link Problem} is logged
 * with the request id and answered in general terms.
 */
export async function handleFailure(
  error: Error,
  c: Context,
  {
    typeBase,
    log,
    local,
    page,
  }: ProblemTerms & {
    readonly log: Log
    /** Presents the problem as a page, where one is wanted. */
    readonly page?: (problem: Problem, requestId: string) => Promise<Response>
  },
): Promise<Response> {
  const requestId = requestIdOf(c)
  // guard: messages of errors are logged only on one’s own machine, without what was sent
  const redact = local ? redactFor(c.req.raw, withVariables(c).get('sentFields')) : null
  const problem = toProblem(error, requestId, { log, redact })
  withVariables(c).set('problem', problem.code)
  if (page) {
    for (const [name, value] of Object.entries(problemHeaders(problem))) c.header(name, value)
    try {
      return await page(problem, requestId)
    } catch (pageError) {
      // What a page reads may be down, too. The first problem is the one to tell.
      log('page-failed', { request_id: requestId, ...described(asError(pageError), redact) })
    }
  }
  const response = problemResponse(presentProblem(problem, { typeBase, requestId }))
  // Through Hono, so that cookies set or cleared before the failure are kept.
  return c.newResponse(response.body, response)
}

/**
 * Returns what a client is told about whatever was thrown. What it is not told is logged, with the request id.
 *
 * @param redact Makes a message fit for the log; `null`: messages are not logged.
 */
export function toProblem(
  error: Error,
  requestId: string,
  { log, redact }: { readonly log: Log; readonly redact: ((text: string) => string) | null },
): Problem {
  if (error instanceof Problem) return error
  if (error instanceof StoreUnavailable) {
    log('store-unavailable', { request_id: requestId, store: error.store, cause: firstLine(error.cause) })
    // On one's own machine only: elsewhere a client could do nothing about it.
    // guard: which command makes tables is said on this machine alone
    const detail = error.detail ?? (redact !== null && lacksSchema(error.cause) ? SCHEMA_MISSING : null)
    return new Problem('store-unavailable', {
      ...(detail === null ? {} : { detail }),
      headers: { 'Retry-After': String(RETRY_AFTER_SECONDS) },
    })
  }
  log('unexpected-error', { request_id: requestId, ...described(error, redact) })
  return new Problem('internal-error')
}

function lacksSchema(cause: unknown): boolean {
  return cause instanceof Error && /no such (?:table|column)/.test(cause.message)
}

/** Stores name tables, columns and codes in their messages; values are bound, and do not appear. */
function firstLine(cause: unknown): string {
  return cause instanceof Error ? (cause.message.split('\n')[0] ?? '').slice(0, 200) : 'unknown'
}

/** Returns where it happened, and on one's own machine the whole stack and the message, which may quote what a client sent. */
function described(error: Error, redact: ((text: string) => string) | null): Record<string, string> {
  const frames = (error.stack?.replace(error.message, '').split('\n') ?? [])
    .filter((line) => line.startsWith('    at '))
    .map((line) => line.trim())
  if (redact === null) return { error: error.name, at: frames.slice(0, 8).join(' < ') }
  return { error: error.name, message: redact(error.message), stack: frames.join('\n') }
}

/** Makes an `Error` of whatever else was thrown, for Hono hands on nothing else to `onError`. */
export const errorsOnly: MiddlewareHandler = async (_, next) => {
  try {
    await next()
  } catch (thrown) {
    throw asError(thrown)
  }
}

export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error('Something was thrown that is not an Error')
}
