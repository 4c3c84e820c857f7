import { readAuthorization } from '../../src/guards/credential.ts'
import { principalOfClaims } from '../../src/guards/principal.ts'
import { insufficient, isRecent, type RecentTerms } from '../../src/guards/recent-proof.ts'
import type { Verdict } from '../../src/guards/verdict.ts'
import { INVALID_TOKEN_CHALLENGE, Problem, presentProblem, typeBaseOf } from '../../src/http/problem.ts'
import { type Clock, systemClock } from '../../src/runtime/clock.ts'
import { type CheckedToken, createAccessTokenCheck } from '../../src/tokens/check-access-token.ts'
import { requireIssuer } from './issuer.ts'
import { createRemoteKeySet, KeySetUnavailable, PUBLIC_KEY_ALGORITHMS } from './key-set.ts'
import { createReporter, type ReportLine } from './reporter.ts'
import { type RequestHeaders, toHeaders } from './request-headers.ts'

/** Says who is behind a request. */
export interface Verifier {
  /** Authenticates a request. @param headers `Headers`, or an object of them, such as `request.headers` or `request.headersDistinct` of `node:http`. */
  authenticate(headers: RequestHeaders, method?: string): Promise<Verdict>
  /** Works as `authenticate`, and refuses a proof that is older than `terms.maxAge` seconds or below `terms.acr` (RFC 9470). */
  requireRecent(headers: RequestHeaders, terms: RecentTerms, method?: string): Promise<Verdict>
}

export interface VerifierOptions {
  /** `ISSUER` of the Janus that is trusted, byte for byte. */
  readonly issuer: string
  /** Holds its `AUDIENCE`. The default is the issuer. */
  readonly audience?: string
  /** Asks the issuer for its keys. On Workers of the same zone that of a service binding without
   * entrypoint: `(...request) => env.AUTH.fetch(...request)`. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>
  /** Seconds since the epoch. */
  readonly clock?: Clock
  /** Writes why the keys of the issuer cannot be had, each reason once; `console.error` unless it is given. */
  readonly log?: ReportLine
}

/**
 * Verifies access tokens by the key set of their issuer, wherever `fetch` and Web Crypto are. Only bearer tokens: a cookie is the business
 * of Janus itself (`janus` with a service binding). A session that has ended is good until its token expires.
 *
 * `authenticate` throws nothing. While no keys can be had, every token is answered `store-unavailable`, and the reason is logged.
 *
 * @throws {TypeError} If `issuer` cannot be the issuer of a Janus: it has a slash at its end, or is `http:` and not on this machine.
 */
export function createVerifier(options: VerifierOptions): Verifier {
  const { issuer, audience = issuer, fetch = (...request) => globalThis.fetch(...request) } = options
  const { clock = systemClock } = options
  // guard: keys are fetched over HTTPS, or from this machine
  requireIssuer(issuer, 'createVerifier')
  const keys = createRemoteKeySet({ issuer, fetch, clock, reporter: createReporter(options.log) })
  const check = createAccessTokenCheck({
    issuer,
    audience,
    algorithms: PUBLIC_KEY_ALGORITHMS,
    otherClaims: 'ignored',
    remember: true,
    clock,
    findKey: (kid) => keys.find(kid),
  })

  async function authenticate(headers: RequestHeaders): Promise<Verdict> {
    const claims = await verifyBearer(toHeaders(headers), check)
    return claims instanceof Problem
      ? refusal(issuer, claims)
      : { ok: true, principal: principalOfClaims(claims) }
  }

  return {
    authenticate,

    async requireRecent(headers, terms) {
      const verdict = await authenticate(headers)
      // guard: a token of an old proof is refused where a recent one is needed
      if (verdict.ok && !isRecent(verdict.principal, clock(), terms))
        return refusal(issuer, insufficient(terms))
      return verdict
    },
  }
}

/** Returns the claims of the bearer token of a request, or why there are none. Throws nothing while no keys can be had. */
export async function verifyBearer<C>(
  headers: Headers,
  check: (text: string) => Promise<CheckedToken<C>>,
): Promise<C | Problem> {
  const credential = readAuthorization(headers)
  if (!credential) return new Problem('authentication-required')
  if (credential.carrier !== 'bearer') return invalid('invalid-token')
  try {
    const token = await check(credential.text)
    if (!token.ok) return invalid(token.refusal === 'expired' ? 'token-expired' : 'invalid-token')
    return token.claims
  } catch (error) {
    if (error instanceof KeySetUnavailable) return unavailable()
    throw error
  }
}

function invalid(code: 'invalid-token' | 'token-expired'): Problem {
  return new Problem(code, { headers: INVALID_TOKEN_CHALLENGE })
}

/** Returns the problem while Janus cannot be reached. */
export function unavailable(): Problem {
  const detail = 'Callers cannot be authenticated at the moment, because Janus does not answer.'
  return new Problem('store-unavailable', { detail, headers: { 'Retry-After': '5' } })
}

/** Returns a problem of the issuer's, as the issuer itself would present it. */
export function refusal(issuer: string, problem: Problem) {
  const requestId = crypto.randomUUID()
  const presented = presentProblem(problem, { typeBase: typeBaseOf(issuer), requestId })
  return { ok: false as const, problem: presented }
}
