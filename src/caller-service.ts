import { endAnySession, type SignOutServices } from './accounts/sign-out'
import type { GuardServices } from './authentication/auth-env'
import { checkLive } from './authentication/require-live-session'
import { principalBehind } from './authentication/require-principal'
import type { CallerService } from './authentication/verdict'
import { toProblem } from './http/failure'
import { Problem, presentProblem } from './http/problem'
import type { Defer } from './sessions/resolve-session'

/** The service of a Janus that is configured. */
export function createCallerService(
  services: GuardServices & SignOutServices,
  { typeBase, defer }: { readonly typeBase: string; readonly defer: Defer },
): CallerService {
  async function orProblem<T>(work: (requestId: string) => Promise<T>) {
    const requestId = crypto.randomUUID()
    try {
      return { ok: true as const, ...(await work(requestId)) }
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error('Something was thrown that is not an Error')
      const problem = toProblem(error, requestId, services.log)
      return { ok: false as const, problem: presentProblem(problem, { typeBase, requestId }) }
    }
  }

  return {
    authenticate: (headers, method = UNKNOWN_METHOD) =>
      orProblem(async () => ({ principal: await principalBehind(services, { headers, method }, defer) })),

    requireLive: (headers, method = UNKNOWN_METHOD) =>
      orProblem(async () => {
        const principal = await principalBehind(services, { headers, method }, defer)
        const known = services.liveCheck === 'always'
        return { principal: known ? principal : await checkLive(services, principal) }
      }),

    endSession: (id) =>
      orProblem(async (requestId) => {
        const client = { requestId, address: null, userAgent: null, country: null }
        return { ended: await endAnySession(services, id, client) }
      }),
  }
}

/** The service of a Janus that is not: it lets nobody in. */
export function createUnconfiguredCallerService(): CallerService {
  const refuse = async () => {
    const problem = new Problem('internal-error', { detail: 'Janus is not configured.' })
    const typeBase = 'urn:janus:problem:'
    return {
      ok: false as const,
      problem: presentProblem(problem, { typeBase, requestId: crypto.randomUUID() }),
    }
  }
  return { authenticate: refuse, requireLive: refuse, endSession: refuse }
}

/** No safe method, so the cross-site rule applies. */
const UNKNOWN_METHOD = 'UNKNOWN'
