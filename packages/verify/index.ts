import type { MiddlewareHandler } from 'hono'
import type { Principal } from '../../src/authentication/principal.ts'
import type { CallerService } from '../../src/authentication/verdict.ts'
import { type PresentedProblem, Problem, problemResponse } from '../../src/http/problem.ts'
import { createVerifier, refusal, unavailable, type Verifier, type VerifierOptions } from './verifier.ts'

export type { Principal } from '../../src/authentication/principal.ts'
export type { CallerService, SessionEnd, Verdict } from '../../src/authentication/verdict.ts'
export type { PresentedProblem, ProblemBody, ProblemCode } from '../../src/http/problem.ts'
export { createVerifier, type Verifier, type VerifierOptions } from './verifier.ts'

/** Hono environment of handlers behind {@link janus}. */
export interface JanusEnv {
  Variables: {
    readonly principal: Principal
    /** Whose principal it is. */
    readonly issuer: string
  }
}

/** By the key set: bearer tokens. By a service binding, or the Janus in the same Worker: cookies too, and live checks. */
export type JanusOptions =
  | (VerifierOptions & { readonly service?: never; readonly live?: never })
  | {
      readonly issuer: string
      /** `env.JANUS`, bound to the entrypoint `Janus`; or what `createJanus` gives. */
      readonly service: Pick<CallerService, 'authenticate' | 'requireLive'>
      /** Whether each request asks the source of truth if the session still stands. */
      readonly live?: boolean
    }

/**
 * Middleware that lets a request through if Janus knows who is behind it, as `c.var.principal`, and answers every other as Janus would:
 * the same problem, the same challenge (RFC 6750 §3, RFC 9457).
 */
export function janus(options: JanusOptions): MiddlewareHandler<JanusEnv> {
  const { issuer } = options
  // A binding that is missing where it is deployed must not become a weaker check.
  if (('service' in options || 'live' in options) && !options.service) {
    throw new TypeError(
      'janus: there is no service. Bind it (README, "In a Worker"), or leave service and live out.',
    )
  }
  const verifier = options.service ? askService(options.service, options) : createVerifier(options)
  return async (c, next) => {
    const verdict = await verifier.authenticate(c.req.raw.headers, c.req.method)
    if (!verdict.ok) return refuse(verdict.problem)
    c.set('principal', verdict.principal)
    c.set('issuer', issuer)
    return next()
  }
}

/** Middleware for behind {@link janus}: only principals that have the role. */
export function requireRole(role: string): MiddlewareHandler<JanusEnv> {
  return async (c, next) => {
    if (c.var.principal.roles.includes(role)) return next()
    const problem = new Problem('forbidden', { detail: `This needs the role ${role}.` })
    return refuse(refusal(c.var.issuer, problem).problem)
  }
}

function askService(
  service: Pick<CallerService, 'authenticate' | 'requireLive'>,
  { issuer, live = false }: { readonly issuer: string; readonly live?: boolean },
): Verifier {
  return {
    async authenticate(headers, method) {
      try {
        return await (live ? service.requireLive(headers, method) : service.authenticate(headers, method))
      } catch {
        return refusal(issuer, unavailable())
      }
    },
  }
}

/** A refusal is about who asked: no cache may keep it. */
function refuse(problem: PresentedProblem): Response {
  const response = problemResponse(problem)
  response.headers.set('Cache-Control', 'no-store')
  return response
}
