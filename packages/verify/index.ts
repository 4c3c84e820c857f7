import type { MiddlewareHandler } from 'hono'
import { giveSeal } from '../../src/guards/give-seal.ts'
import type { Principal } from '../../src/guards/principal.ts'
import { insufficient, isRecent, type RecentTerms } from '../../src/guards/recent-proof.ts'
import { NO_TYPE_BASE, Problem, presentProblem } from '../../src/http/problem.ts'
import { type Clock, systemClock } from '../../src/runtime/clock.ts'
import type { AssuranceLevel } from '../../src/sessions/assurance.ts'
import { requireIssuer } from './issuer.ts'
import { refuse } from './refuse.ts'
import { createServiceClient, type ServiceClientOptions } from './service-client.ts'
import { redirectToSignIn } from './sign-in-redirect.ts'
import { createVerifier, refusal, type Verifier, type VerifierOptions } from './verifier.ts'

export type { Principal } from '../../src/guards/principal.ts'
export type { RecentTerms } from '../../src/guards/recent-proof.ts'
export type {
  CallerService,
  MetadataChange,
  SessionEnd,
  UserAnswer,
  UserFacts,
  Verdict,
} from '../../src/guards/verdict.ts'
export type { PresentedProblem, ProblemBody, ProblemCode } from '../../src/http/problem.ts'
export {
  type ProtectedResourceEnv,
  protectedResource,
  refuseScope,
  requireScope,
} from './protected-resource.ts'
export type { RequestHeaders } from './request-headers.ts'
export {
  createResourceVerifier,
  type ResourceCaller,
  type ResourceMetadata,
  type ResourceOptions,
  type ResourceVerdict,
  type ResourceVerifier,
} from './resource-verifier.ts'
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
export type JanusMiddlewareOptions = (
  | (VerifierOptions & { readonly service?: never; readonly live?: never })
  | (ServiceClientOptions & {
      /** Says whether each request reads from the source of truth that the session is active. */
      readonly live?: boolean
    })
) & {
  /**
   * The page to sign in, such as `/auth/login`: a browser that opens a page and is not signed in is sent there and comes back. Every other
   * request gets the problem.
   */
  readonly signInAt?: string
}

/**
 * Creates middleware that authenticates each request, sets `c.var.principal`, and answers every other request as Janus would:
 * the same problem, the same challenge (RFC 6750 §3, RFC 9457).
 */
export function janus(options: JanusMiddlewareOptions): MiddlewareHandler<JanusEnv> {
  const { issuer, signInAt } = options
  requireIssuer(issuer, 'janus')
  // A binding that is missing where it is deployed must not become a weaker check.
  // guard: a service that is not bound is no weaker check
  if (('service' in options || 'live' in options) && !options.service) {
    throw new TypeError(
      'janus: service is missing. Bind Janus (node_modules/janus/docs/guides/tokens-in-other-services.md), or leave out service and live.',
    )
  }
  const verifier = options.service ? createServiceVerifier(options) : createVerifier(options)
  return async (c, next) => {
    const verdict = await verifier.authenticate(c.req.raw.headers, c.req.method)
    // guard: a verifier asks a service that fails for nothing
    if (!verdict.ok) {
      const { problem } = verdict
      const led = problem.status === 401 && signInAt !== undefined && redirectToSignIn(c.req.raw, signInAt)
      return led || refuse(problem)
    }
    c.set('principal', verdict.principal)
    c.set('issuer', issuer)
    await next()
    if (verdict.setCookie) giveSeal(c, verdict.setCookie)
  }
}

/** Creates middleware that admits only principals with a role. It must run behind {@link janus}. */
export function requireRole(role: string): MiddlewareHandler<JanusEnv> {
  return requireOfPrincipal(`requireRole('${role}')`, ({ roles }) =>
    // guard: a role is required
    roles.includes(role) ? null : new Problem('forbidden', { detail: `This requires the role ${role}.` }),
  )
}

/** Sets what {@link requireRecent} requires. */
export interface RequireRecentOptions extends RecentTerms {
  /** Seconds since the epoch. */
  readonly clock?: Clock
}

/**
 * Creates middleware that admits only principals who proved who they are within `maxAge` seconds, and on the level `acr` if it is given. It
 * must run behind {@link janus}. The refusal is the challenge of RFC 9470 §3, for a token and for a cookie alike. A client answers it with
 * `POST /reauthenticate` at Janus, or leads the person to that page.
 *
 * @throws {TypeError} If `maxAge` is no positive number, or `acr` no level of Janus.
 */
export function requireRecent({
  clock = systemClock,
  ...terms
}: RequireRecentOptions): MiddlewareHandler<JanusEnv> {
  if (!(terms.maxAge > 0)) throw new TypeError('requireRecent: maxAge must be a number of seconds above 0.')
  if (terms.acr !== undefined && !LEVELS.includes(terms.acr))
    throw new TypeError(`requireRecent: acr must be one of ${LEVELS.join(', ')}.`)
  return requireOfPrincipal('requireRecent(…)', (principal) =>
    // guard: an app of another Worker refuses a proof that is too old
    isRecent(principal, clock(), terms) ? null : insufficient(terms),
  )
}

const LEVELS: readonly AssuranceLevel[] = ['urn:janus:1fa', 'urn:janus:2fa']

/** Creates middleware that asks something of the principal behind {@link janus}, and refuses with what `check` returns. */
function requireOfPrincipal(
  call: string,
  check: (principal: Principal) => Problem | null,
): MiddlewareHandler<JanusEnv> {
  return async (c, next) => {
    const { principal, issuer } = c.var as Partial<JanusEnv['Variables']>
    if (!principal || !issuer) {
      // Nobody is let in, and whoever runs this learns what to write.
      const detail = `${call.replace(/\(.*/s, '')} needs janus(…) before it on the same route, because janus(…) authenticates the caller.`
      console.error(`janus/verify: ${call} on ${c.req.method} ${c.req.routePath}. ${detail}`)
      const problem = new Problem('internal-error', { detail })
      return refuse(presentProblem(problem, { typeBase: NO_TYPE_BASE, requestId: crypto.randomUUID() }))
    }
    const problem = check(principal)
    return problem ? refuse(refusal(issuer, problem).problem) : next()
  }
}

function createServiceVerifier(options: ServiceClientOptions & { readonly live?: boolean }): Verifier {
  const client = createServiceClient(options)
  const { requireRecent } = client
  return { authenticate: options.live ? client.requireLive : client.authenticate, requireRecent }
}
