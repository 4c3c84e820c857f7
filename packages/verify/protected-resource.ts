import type { Context, MiddlewareHandler } from 'hono'
import { refuse } from './refuse.ts'
import {
  createResourceVerifier,
  type ResourceCaller,
  type ResourceOptions,
  type ResourceVerifier,
} from './resource-verifier.ts'

/** Hono environment of handlers behind {@link protectedResource}. */
export interface ProtectedResourceEnv {
  Variables: {
    readonly caller: ResourceCaller
    /** Verifies tokens for this service. */
    readonly resource: ResourceVerifier
  }
}

/** Limits how long clients may keep the metadata, in seconds. */
const METADATA_MAX_AGE_SECONDS = 300

/**
 * Creates middleware for a service that takes tokens of Janus, such as an MCP server. It answers the metadata of the resource (RFC 9728) where
 * clients look for it, sets `c.var.caller` for a token of this resource, and answers every other request with a challenge that says where
 * to get one and what to ask for (RFC 6750 §3, RFC 9728 §5.1).
 *
 * The metadata stands at the root of the host, before the path of `resource`. Use the middleware for the whole app, or for that path as well.
 *
 * @throws {TypeError} As {@link createResourceVerifier} does.
 */
export function protectedResource(options: ResourceOptions): MiddlewareHandler<ProtectedResourceEnv> {
  const resource = createResourceVerifier(options)
  const at = pathOf(resource.metadataUrl)
  return async (c, next) => {
    if (pathOf(c.req.url) === at) {
      // Clients in browsers read it, too, with a header that says which version of MCP they speak.
      c.header('Access-Control-Allow-Origin', '*')
      c.header('Access-Control-Allow-Headers', '*')
      if (c.req.method === 'OPTIONS') return c.body(null, 204)
      c.header('Cache-Control', `public, max-age=${METADATA_MAX_AGE_SECONDS}`)
      return c.json(resource.metadata)
    }
    const verdict = await resource.authenticate(c.req.raw.headers)
    // guard: nobody calls a protected resource without a token for it
    if (!verdict.ok) return refuse(verdict.problem)
    c.set('caller', verdict.caller)
    c.set('resource', resource)
    await next()
  }
}

/** Returns the path and the query of a URL. The host is that of whatever serves this. */
function pathOf(url: string): string {
  const { pathname, search } = new URL(url)
  return `${pathname}${search}`
}

/** Creates middleware that admits only callers with each of these scopes. It must run behind {@link protectedResource}. */
export function requireScope(...needed: readonly string[]): MiddlewareHandler<ProtectedResourceEnv> {
  return async (c, next) => refuseScope(c, ...needed) ?? next()
}

/**
 * Returns the refusal if the caller lacks one of these scopes, and else `null`: for a handler that learns only from the body what it is asked to do, as
 * one of MCP does. It must run behind {@link protectedResource}.
 */
export function refuseScope(c: Context<ProtectedResourceEnv>, ...needed: readonly string[]): Response | null {
  const { caller, resource } = c.var as Partial<ProtectedResourceEnv['Variables']>
  if (!caller || !resource)
    throw new TypeError('requireScope needs protectedResource(…) before it on the same route.')
  // guard: a scope is required
  const lacks = needed.some((word) => !caller.scopes.includes(word))
  return lacks ? refuse(resource.lacksScope(caller, needed).problem) : null
}
