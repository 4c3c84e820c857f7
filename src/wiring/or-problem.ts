import { asError, toProblem } from '../http/failure'
import { type PresentedProblem, presentProblem } from '../http/problem'
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

/** Makes what answers calls. */
export function createOrProblem(options: {
  readonly typeBase: string
  /** Says whether everything happens on this machine, where more is said of what went wrong. */
  readonly local: boolean
  readonly log: Log
}): OrProblem {
  const { typeBase, local, log } = options
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
