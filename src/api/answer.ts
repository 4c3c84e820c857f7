import type { Context, TypedResponse } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { isForm } from '../http/body'
import { appHome, parseReturnTo, type ReturnSite, safeReturnTo } from '../http/return-to'

/** Describes where a form leads once it has been handled. */
interface FormTarget {
  /** Holds what the form says, or the link that led to it. */
  readonly returnTo: string | null | undefined
  /** A page of Janus, under the base path, where that says nothing; without one, the app. */
  readonly page?: string | undefined
}

/**
 * Answers a request that was handled: a form by a redirect, and everything else by JSON, or by 204 if there is nothing to say. The
 * redirect is a 303, so that the browser does not post again (RFC 9700 §4.12).
 */
export function answer(c: Context, site: ReturnSite, form: FormTarget, body: null): Redirect | Empty
export function answer<B extends object, S extends ContentfulStatusCode = 200>(
  c: Context,
  site: ReturnSite,
  form: FormTarget,
  body: B,
  status?: S,
): Redirect | Json<B, S>
export function answer<B extends object>(
  c: Context,
  site: ReturnSite,
  form: FormTarget,
  body: B | null,
): Redirect | Json<B, 200> | Empty
export function answer(
  c: Context,
  site: ReturnSite,
  { returnTo, page }: FormTarget,
  body: object | null,
  status: ContentfulStatusCode = 200,
): Response {
  if (isForm(c)) {
    const otherwise = page === undefined ? appHome(site) : `${site.basePath}${page}`
    return redirect(c, safeReturnTo(returnTo ?? undefined, site, otherwise))
  }
  return body === null ? empty(c) : json(c, body, status)
}

const redirect = (c: Context, to: string) => c.redirect(to, 303)
const empty = (c: Context) => c.body(null, 204)
// With the type spelled out: the one that Hono infers is longer than the compiler writes into declarations.
const json = <B extends object, S extends ContentfulStatusCode>(c: Context, body: B, status: S): Json<B, S> =>
  c.json(body, status) as unknown as Json<B, S>

type Redirect = ReturnType<typeof redirect>
type Empty = ReturnType<typeof empty>
type Json<B extends object, S extends ContentfulStatusCode> = Response & TypedResponse<B, S, 'json'>

/** Returns the path of a page of Janus that leads on to where the person wanted to go, if that is still allowed. */
export function withGoal(page: string, returnTo: string | null, site: ReturnSite): string {
  const goal = parseReturnTo(returnTo ?? undefined, site)
  return goal === null ? page : `${page}&${new URLSearchParams({ return_to: goal })}`
}

/** Returns the member of a JSON answer that says where the person wanted to go, if that is still allowed. */
export function presentGoal(returnTo: string | null, site: ReturnSite): { readonly return_to?: string } {
  const goal = parseReturnTo(returnTo ?? undefined, site)
  // guard: where to go is checked again when a link is used
  return goal === null ? {} : { return_to: goal }
}
