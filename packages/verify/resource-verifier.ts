import * as v from 'valibot'
import { Problem } from '../../src/http/problem.ts'
import { isTrustworthy } from '../../src/http/trustworthy-url.ts'
import { OFFLINE_ACCESS, parseScope } from '../../src/oauth/scopes.ts'
import { systemClock } from '../../src/runtime/clock.ts'
import type { AssuranceLevel } from '../../src/sessions/assurance.ts'
import { createTokenCheck } from '../../src/tokens/check-access-token.ts'
import { claimsParser, InstantClaim } from '../../src/tokens/claims-parser.ts'
import { requireIssuer } from './issuer.ts'
import { createRemoteKeySet, PUBLIC_KEY_ALGORITHMS } from './key-set.ts'
import { createReporter } from './reporter.ts'
import { type RequestHeaders, toHeaders } from './request-headers.ts'
import { refusal, type VerifierOptions, verifyBearer } from './verifier.ts'

export interface ResourceOptions extends Pick<VerifierOptions, 'issuer' | 'fetch' | 'clock' | 'log'> {
  /** Identifies this service (RFC 8707), as `OAUTH_RESOURCES` of Janus has it, byte for byte: the URL that clients call. */
  readonly resource: string
  /** Lists what can be asked for here. A caller needs one of them; what a route needs, {@link requireScope} says. */
  readonly scopes: readonly string[]
  /** Names this service to people. */
  readonly name?: string
}

/** Describes who calls a service with a token of Janus for it (RFC 9068). */
export interface ResourceCaller {
  /** Identifies the account for which the client acts. `null`: the client acts for itself. */
  readonly userId: string | null
  readonly clientId: string
  readonly scopes: readonly string[]
  /** Identifies the grant. `null`: there is none behind the token. */
  readonly grantId: string | null
  /** Says when the person last proved who they are, in seconds; `null`: nobody did. */
  readonly authenticatedAt: number | null
  /** Says how, in the words of RFC 8176. */
  readonly amr: readonly string[]
  readonly acr: AssuranceLevel | null
}

export type ResourceVerdict =
  | { readonly ok: true; readonly caller: ResourceCaller }
  | ReturnType<typeof refusal>

/** The metadata of a protected resource (RFC 9728 §2). */
export interface ResourceMetadata {
  readonly resource: string
  readonly authorization_servers: readonly [string]
  readonly scopes_supported: readonly string[]
  readonly bearer_methods_supported: readonly ['header']
  readonly resource_name?: string
}

/** Verifies tokens for one service, and says how to get one. */
export interface ResourceVerifier {
  readonly metadata: ResourceMetadata
  /** Holds the URL at which clients look for the metadata (RFC 9728 §3.1): the well-known part stands before the path of the resource. */
  readonly metadataUrl: string
  /** Returns who calls. With `needed` the token must have each of these scopes. Throws nothing. */
  authenticate(headers: RequestHeaders, needed?: readonly string[]): Promise<ResourceVerdict>
  /** Returns the refusal of a caller who lacks a scope (RFC 6750 §3.1): 403, and what to ask for. */
  lacksScope(caller: ResourceCaller, needed: readonly string[]): ReturnType<typeof refusal>
}

const WELL_KNOWN = '/.well-known/oauth-protected-resource'

/**
 * Creates what verifies the tokens of clients for one service, such as an MCP server, by the key set of their issuer. A grant that has
 * ended is good until its token expires.
 *
 * @throws {TypeError} If `issuer` cannot be the issuer of a Janus, `resource` cannot be one of its `OAUTH_RESOURCES`, or `scopes` are none.
 */
export function createResourceVerifier(options: ResourceOptions): ResourceVerifier {
  const { issuer, resource, scopes, name, clock = systemClock } = options
  const { fetch = (...request) => globalThis.fetch(...request) } = options
  requireIssuer(issuer, 'protectedResource')
  const url = requireResource(resource)
  requireScopes(scopes)
  const path = url.pathname === '/' ? '' : url.pathname
  const metadataUrl = `${url.origin}${WELL_KNOWN}${path}${url.search}`
  const keys = createRemoteKeySet({ issuer, fetch, clock, reporter: createReporter(options.log) })
  const terms = { issuer, audience: resource, algorithms: PUBLIC_KEY_ALGORITHMS, clock }
  const entries = claimEntries(issuer, resource)
  const check = createTokenCheck(
    { ...terms, remember: true, findKey: (kid) => keys.find(kid) },
    {
      parseClaims: claimsParser(v.object(entries)),
      requiredClaims: ['aud', 'client_id', 'scope', 'sub', 'jti'],
    },
  )

  function challenge(asked: readonly string[], error?: string): Readonly<Record<string, string>> {
    const parameters = [
      ...(error === undefined ? [] : [`error="${error}"`]),
      // guard: a challenge does not ask for access that outlives the sign-in
      `scope="${asked.filter((word) => word !== OFFLINE_ACCESS).join(' ')}"`,
      `resource_metadata="${metadataUrl}"`,
    ]
    return { 'WWW-Authenticate': `Bearer ${parameters.join(', ')}` }
  }

  function challenged(problem: Problem): Problem {
    if (problem.code === 'store-unavailable') return problem
    const error = problem.code === 'authentication-required' ? undefined : 'invalid_token'
    return new Problem(problem.code, { headers: challenge(scopes, error) })
  }

  function lacksScope(caller: ResourceCaller, needed: readonly string[]) {
    // With what it has: a client replaces its token by one of exactly what it asks for.
    const asked = [...new Set([...caller.scopes, ...needed])]
    return refusal(
      issuer,
      new Problem('forbidden', {
        detail: `This requires the scope ${needed.join(' ')}.`,
        headers: challenge(asked, 'insufficient_scope'),
      }),
    )
  }

  return {
    metadata: {
      resource,
      authorization_servers: [issuer],
      scopes_supported: scopes,
      bearer_methods_supported: ['header'],
      ...(name === undefined ? {} : { resource_name: name }),
    },
    metadataUrl,
    lacksScope,

    async authenticate(headers, needed = []) {
      const claims = await verifyBearer(toHeaders(headers), check)
      if (claims instanceof Problem) return refusal(issuer, challenged(claims))
      const caller = toCaller(claims)
      // guard: a token without a scope of this service opens nothing here
      if (!scopes.some((word) => caller.scopes.includes(word))) return lacksScope(caller, scopes)
      // guard: a token opens what its scope says
      if (!needed.every((word) => caller.scopes.includes(word))) return lacksScope(caller, needed)
      return { ok: true, caller }
    },
  }
}

/** Returns the claims of a client's token. What speaks of nobody's sign-in has none about it. */
function claimEntries(issuer: string, resource: string) {
  return {
    iss: v.literal(issuer),
    // guard: a token for another service opens nothing here
    aud: v.literal(resource),
    sub: v.string(),
    client_id: v.string(),
    scope: v.string(),
    iat: InstantClaim,
    exp: InstantClaim,
    jti: v.string(),
    sid: v.optional(v.string()),
    auth_time: v.optional(InstantClaim),
    amr: v.optional(v.array(v.string()), []),
    acr: v.optional(v.picklist(['urn:janus:1fa', 'urn:janus:2fa'])),
    // guard: a token that is bound to a key is no bearer token
    cnf: v.optional(v.never()),
  }
}

function toCaller(
  claims: v.InferOutput<v.ObjectSchema<ReturnType<typeof claimEntries>, undefined>>,
): ResourceCaller {
  const { sub, client_id: clientId, scope, sid, auth_time: authenticatedAt, amr, acr } = claims
  return {
    userId: sub === clientId ? null : sub,
    clientId,
    scopes: parseScope(scope) ?? [],
    grantId: sid ?? null,
    authenticatedAt: authenticatedAt ?? null,
    amr,
    acr: acr ?? null,
  }
}

function requireResource(resource: string): URL {
  const url = URL.canParse(resource) ? new URL(resource) : null
  const plain =
    url !== null && isTrustworthy(url) && url.hash === '' && `${url.username}${url.password}` === ''
  if (!plain || (url.href !== resource && url.href !== `${resource}/`))
    throw new TypeError(
      'protectedResource: resource must be an https:// URL (http:// only for localhost), as OAUTH_RESOURCES of Janus has it and as browsers write it.',
    )
  return url
}

function requireScopes(scopes: readonly string[]): void {
  const words = parseScope(scopes.join(' '))
  if (words?.length !== scopes.length || words.includes(OFFLINE_ACCESS))
    throw new TypeError(
      'protectedResource: scopes must name what OAUTH_RESOURCES of Janus has for the resource, each once.',
    )
}
