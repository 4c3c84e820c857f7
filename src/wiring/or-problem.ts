import { asError, problemTerms, toProblem } from '../http/failure'
import { NO_TYPE_BASE, type PresentedProblem, Problem, presentProblem } from '../http/problem'
import { redactForHeaders } from '../http/redact'
import type { Log } from '../runtime/log'

/** Answers a call that failed. Plain data: it travels over a service binding. */
export interface Refusal {
  readonly ok: false
  readonly problem: PresentedProblem
}

/** Answers a call of another part of the app, with what it asks for or with the problem that keeps it. Throws nothing. */
export type OrProblem = <T extends object>(
  headers: Headers,
  ask: (requestId: string) => Promise<T>,
) => Promise<(T & { readonly ok: true }) | Refusal>

/** Makes what answers the calls of a service. */
export function createOrProblem(issuer: string, log: Log): OrProblem {
  const { typeBase, local } = problemTerms(issuer)
  return async (headers, ask) => {
    const requestId = crypto.randomUUID()
    try {
      return { ok: true as const, ...(await ask(requestId)) }
    } catch (thrown) {
      const redact = local ? redactForHeaders(headers) : null
      const problem = toProblem(asError(thrown), requestId, { log, redact })
      return { ok: false as const, problem: presentProblem(problem, { typeBase, requestId }) }
    }
  }
}

/** Answers every call of a service that is not configured. */
export async function refuseUnconfigured(): Promise<Refusal> {
  const problem = new Problem('internal-error', { detail: 'Janus is not configured.' })
  const terms = { typeBase: NO_TYPE_BASE, requestId: crypto.randomUUID() }
  return { ok: false, problem: presentProblem(problem, terms) }
}
