import type { PresentedProblem } from '../http/problem'
import type { Principal } from './principal'

/** Who is behind a request, or the refusal to answer it with. Plain data: it travels over a service binding. */
export type Verdict =
  | { readonly ok: true; readonly principal: Principal }
  | { readonly ok: false; readonly problem: PresentedProblem }

/** Whether a session was ended by this call, or why that is not known. */
export type SessionEnd =
  | { readonly ok: true; readonly ended: boolean }
  | { readonly ok: false; readonly problem: PresentedProblem }

/**
 * What Janus tells the app next to it: over a service binding, or in the same Worker. Nothing is thrown; what goes wrong is a problem,
 * as the HTTP routes would answer it.
 */
export interface CallerService {
  /**
   * Who is behind a request, in either mode, as the HTTP routes decide it. As stale as docs/explain/staleness.md says.
   *
   * @param headers Those of the request: `Authorization`, or `Cookie` with `Sec-Fetch-Site` and `Origin`.
   * @param method That of the request. Without it the request counts as one that changes something, so that a foreign page cannot have made it.
   */
  authenticate(headers: Headers, method?: string): Promise<Verdict>
  /** As `authenticate`, and asks D1 whether the session still stands: one read by primary key. */
  requireLive(headers: Headers, method?: string): Promise<Verdict>
  /**
   * Ends a session, whoever it belongs to, in either mode; recorded in the audit trail as `ended-by-service`. `ended` is `false` for one
   * that is unknown or over.
   */
  endSession(id: string): Promise<SessionEnd>
}
