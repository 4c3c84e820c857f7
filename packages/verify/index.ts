import type { MiddlewareHandler } from 'hono'
import type { Principal } from '../../src/guards/principal.ts'
import { type PresentedProblem, Problem, presentProblem, problemResponse } from '../../src/http/problem.ts'
import { requireIssuer } from './issuer.ts'
import { createServiceClient, type ServiceClientOptions } from './service-client.ts'
import { createVerifier, refusal, type Verifier, type VerifierOptions } from './verifier.ts'

export type { Principal } from '../../src/guards/principal.ts'
export type { CallerService, SessionEnd, UserAnswer, UserFacts, Verdict } from '../../src/guards/verdict.ts'
export type { PresentedProblem, ProblemBody, ProblemCode } from '../../src/http/problem.ts'
export type { RequestHeaders } from './request-headers.ts'
export {
  type CallerMethods,
  createServiceClient,
  type ServiceBinding,
  type ServiceClient,
  type ServiceClientOptions,
} from './service-client.ts'
export { createVerifier, type Verifier, type VerifierOptions } from './verifier.ts'

/** Hono environment of handlers behind {@link janus}. */
export interface JanusEnv {
  Variables: {
    readonly principal: Principal
    /** Names whose principal it is. */
    readonly issuer: string
  }
}

/** By the key set: bearer tokens. By a service binding, or the Janus in the same Worker: cookies too, and live checks. */
export type JanusMiddlewareOptions =
  | (VerifierOptions & { readonly service?: never; readonly live?: never })
  | (ServiceClientOptions & {
      /** Says whether each request reads from the source of truth that the session is active. */
      readonly live?: boolean
    })

/**
 * Creates middleware that authenticates each request, sets `c.var.principal`, and answers every other request as Janus would:
 * the same problem, the same challenge (RFC 6750 §3, RFC 9457).
 */
export function janus(options: JanusMiddlewareOptions): MiddlewareHandler<JanusEnv> {
  const { issuer } = options
  requireIssuer(issuer, 'janus')
  // A binding that is missing where it is deployed must not become a weaker check.
  // guard: a service that is not bound is no weaker check
  if (('service' in options || 'live' in options) && !options.service) {
    throw new TypeError(
      'janus: service is missing. Bind Janus (docs/guides/tokens-in-other-services.md), or leave out service and live.',
    )
  }
  const verifier = options.service ? createServiceVerifier(options) : createVerifier(options)
  return async (c, next) => {
    const verdict = await verifier.authenticate(c.req.raw.headers, c.req.method)
    // guard: a verifier asks a service that fails for nothing
    if (!verdict.ok) return refuse(verdict.problem)
    c.set('principal', verdict.principal)
    c.set('issuer', issuer)
    return next()
  }
}

/** Creates middleware that admits only principals with a role. It must run behind {@link janus}. */
export function requireRole(role: string): MiddlewareHandler<JanusEnv> {
  return async (c, next) => {
    const { principal, issuer } = c.var as Partial<JanusEnv['Variables']>
    if (!principal || !issuer) {
      // Nobody is let in, and whoever runs this learns what to write.
      console.error(
        `janus/verify: requireRole('${role}') on ${c.req.method} ${c.req.routePath}. ${NOBODY_ASKED}`,
      )
      const problem = new Problem('internal-error', { detail: NOBODY_ASKED })
      return refuse(
        presentProblem(problem, { typeBase: 'urn:janus:problem:', requestId: crypto.randomUUID() }),
      )
    }
    // guard: a role is required
    if (principal.roles.includes(role)) return next()
    const problem = new Problem('forbidden', { detail: `This requires the role ${role}.` })
    return refuse(refusal(issuer, problem).problem)
  }
}

const NOBODY_ASKED =
  'requireRole needs janus(…) before it on the same route, because janus(…) authenticates the caller.'

function createServiceVerifier(options: ServiceClientOptions & { readonly live?: boolean }): Verifier {
  const client = createServiceClient(options)
  return { authenticate: options.live ? client.requireLive : client.authenticate }
}

/** Returns a response that no cache may store, because it is about the caller. */
function refuse(problem: PresentedProblem): Response {
  const response = problemResponse(problem)
  response.headers.set('Cache-Control', 'no-store')
  return response
}
