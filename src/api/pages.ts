import type { Context, Hono, MiddlewareHandler } from 'hono'
import type { TotpOffer } from '../flows/second-factor'
import type { SignedInEnv } from '../guards/auth-env'
import type { Problem, ProblemCode } from '../http/problem'
import type { User } from '../identity/user'

/**
 * Shows people pages in place of JSON. The API knows no more of the pages than this, and does without them: a service that is given no
 * `createPages` has none.
 */
export interface Pages {
  /** The routes that are pages only. */
  readonly routes: Hono<SignedInEnv>
  /** Returns whether the client prefers a page to JSON: browsers say so, programs have to (RFC 9110 §12.5.1). */
  wanted(c: Context): boolean
  /** Leads browsers on after a form, by a page that sees whether they kept its cookie. */
  readonly afterForms: MiddlewareHandler
  /** Shows `GET /`; `null`: nobody is signed in. */
  home(c: Context, user: User | null): Promise<Response>
  /** Leads a browser on to another site after a form. */
  onward(c: Context, url: URL): Promise<Response>
  /** Shows an authenticator app that waits for its first code. No other answer holds its seed. */
  totpOffer(c: Context, offer: OfferToOwner): Promise<Response>
  /** Shows new recovery codes, which are shown in this answer alone. @param next Where the page leads. */
  recoveryCodes(c: Context, codes: readonly string[], next?: string): Promise<Response>
  /** Shows a page that a part brings along, with what every page has. The part knows the context of pages, the API does not. */
  show(
    c: Context,
    page: (context: never) => unknown,
    options?: { readonly formTargets?: readonly string[]; readonly status?: 200 | 400 },
  ): Promise<Response>
  /** Explains a type of problem. */
  problemType(c: Context, code: ProblemCode): Promise<Response>
  /** Shows a refusal: the form that was sent, with what is wrong with it, or a page about the problem. */
  refusal(c: Context, problem: Problem, requestId: string): Promise<Response>
}

/** An authenticator app that is offered, and the account that it is for. */
export interface OfferToOwner extends TotpOffer {
  /** `null`: that of a sign-in which waits for it. */
  readonly accountId: string | null
}
