import type { RecentTerms } from '../../src/guards/recent-proof.ts'
import type { MetadataChange, SessionEnd, UserAnswer, Verdict } from '../../src/guards/verdict.ts'
import { requireIssuer } from './issuer.ts'
import { createReporter, type ReportLine, reasonOf } from './reporter.ts'
import { type RequestHeaders, toHeaders } from './request-headers.ts'
import { refusal, unavailable } from './verifier.ts'

/** `env.JANUS` as `wrangler types` writes it where Janus's source is not: a binding without its methods. */
export interface ServiceBinding {
  fetch(input: never, init?: never): Promise<unknown>
}

/** Describes the methods of the entrypoint `Janus` and of what `createJanus` returns. */
export interface CallerMethods {
  authenticate(headers: Headers, method?: string): Promise<Verdict>
  requireLive(headers: Headers, method?: string): Promise<Verdict>
  requireRecent?(headers: Headers, terms: RecentTerms, method?: string): Promise<Verdict>
  user?(principal: { readonly userId: string }): Promise<UserAnswer>
  setMetadata?(principal: { readonly userId: string }, change: MetadataChange): Promise<UserAnswer>
  endSession?(id: string): Promise<SessionEnd>
}

export interface ServiceClientOptions {
  /** `ISSUER` of the Janus that is bound, byte for byte. */
  readonly issuer: string
  /** `env.JANUS`, bound to the entrypoint `Janus`; or what `createJanus` gives. */
  readonly service: ServiceBinding | CallerMethods
  /** Writes why Janus cannot be asked, each reason once; `console.error` unless it is given. */
  readonly log?: ReportLine
}

/** Asks Janus over a service binding, with types, whatever the types of the binding are. */
export interface ServiceClient {
  /** Returns who is behind a request, in either mode. Without `method` the request counts as one that changes something. */
  authenticate(headers: RequestHeaders, method?: string): Promise<Verdict>
  /** Works as `authenticate`, and reads from D1 whether the session is still active. */
  requireLive(headers: RequestHeaders, method?: string): Promise<Verdict>
  /** Works as `authenticate`, and refuses a proof that is older than `terms.maxAge` seconds or below `terms.acr` (RFC 9470). */
  requireRecent(headers: RequestHeaders, terms: RecentTerms, method?: string): Promise<Verdict>
  /** Returns the name, address, roles and metadata of an account as they are now; `null` if it is deleted or disabled. */
  user(principal: { readonly userId: string }): Promise<UserAnswer>
  /** Replaces halves of the metadata of an account; `null` empties one. What the schema refuses is `invalid-input`. */
  setMetadata(principal: { readonly userId: string }, change: MetadataChange): Promise<UserAnswer>
  /** Ends a session, whoever it belongs to. */
  endSession(id: string): Promise<SessionEnd>
}

/**
 * Creates a client of the Janus that is bound as a service. Nothing is thrown when it is asked: while Janus does not answer, nobody is let
 * in (`store-unavailable`), and the reason is logged.
 *
 * @throws {TypeError} If there is no service, or `issuer` cannot be one.
 */
export function createServiceClient(options: ServiceClientOptions): ServiceClient {
  const { issuer, service } = options
  requireIssuer(issuer, 'createServiceClient')
  if (!service)
    throw new TypeError(
      'createServiceClient: service is missing. Bind Janus (node_modules/janus/docs/guides/tokens-in-other-services.md).',
    )
  const { report, recovered } = createReporter(options.log)
  // The types of a binding may not know its methods. What it answers is checked.
  const bound = service as Required<CallerMethods>

  async function ask<T extends Answer>(method: keyof CallerMethods, call: () => Promise<T>) {
    try {
      const answer = await call()
      // guard: what is bound in the place of Janus lets nobody in
      if (isAnswer(answer)) {
        recovered()
        return answer
      }
      report(`the service answered ${method}() with something that Janus does not send. ${WHAT_TO_CHECK}`)
    } catch (error) {
      report(`${method}() of the service failed: ${reasonOf(error).replace(/\.$/, '')}. ${WHAT_TO_CHECK}`)
    }
    return refusal(issuer, unavailable())
  }

  return {
    authenticate: (headers, method) =>
      ask('authenticate', () => bound.authenticate(toHeaders(headers), method)),
    requireLive: (headers, method) => ask('requireLive', () => bound.requireLive(toHeaders(headers), method)),
    requireRecent: (headers, { maxAge, acr }, method) =>
      ask('requireRecent', () =>
        bound.requireRecent(toHeaders(headers), { maxAge, ...(acr && { acr }) }, method),
      ),
    // No more than the id: a principal may hold more than Janus need be told.
    user: ({ userId }) => ask('user', () => bound.user({ userId })),
    setMetadata: ({ userId }, change) => ask('setMetadata', () => bound.setMetadata({ userId }, change)),
    endSession: (id) => ask('endSession', () => bound.endSession(id)),
  }
}

const WHAT_TO_CHECK =
  'Every caller gets 503. Check [[services]] in the wrangler.toml of this Worker: service must be the name of the deployed Janus, and entrypoint must be "Janus".'

type Answer = Verdict | SessionEnd | UserAnswer

/** Returns whether an answer is one of Janus. Anything else that is bound authenticates nobody. */
function isAnswer(answer: Answer): boolean {
  if (typeof answer !== 'object' || answer === null) return false
  if (answer.ok === false) return typeof answer.problem?.status === 'number'
  if (answer.ok !== true) return false
  return 'ended' in answer || 'user' in answer || typeof answer.principal?.userId === 'string'
}
