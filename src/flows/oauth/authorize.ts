import { encodeBase64url } from '../../crypto/base64url'
import { randomBytes } from '../../crypto/random'
import { hashText } from '../../crypto/sha256'
import {
  type AnswerPlace,
  type AuthorizationRequest,
  requestParameters,
} from '../../oauth/authorization-request'
import type { Client } from '../../oauth/client'
import { oauthError } from '../../oauth/oauth-error'
import type { OAuthStore } from '../../oauth/oauth-store'
import { isClaimedHost } from '../../oauth/redirect-uri'
import type { ShownRequest } from '../../oauth/request-seals'
import { covers } from '../../oauth/scopes'
import type { Clock } from '../../runtime/clock'
import {
  type AskedRequest,
  type ExamineServices,
  examineRequest,
  isSilent,
  type Person,
  type Stopped,
} from './examine-request'

export interface AuthorizeServices extends ExamineServices {
  readonly oauth: OAuthStore
  readonly clock: Clock
}

/** Describes the outcome of an authorization request. */
export type Authorization =
  /** The client is told, with a code. */
  | { readonly outcome: 'answered'; readonly place: AnswerPlace; readonly answer: { readonly code: string } }
  | Stopped
  | {
      readonly outcome: 'consent-needed'
      readonly request: AuthorizationRequest
      readonly hintedSubject: string | null
      readonly client: Client
      readonly person: Person
    }

/** A code lasts as long as a redirect takes (OWASP ASVS 5.0 §10.4.3). */
const CODE_SECONDS = 60

/**
 * Decides about an authorization request, and answers it where nobody needs to be asked: one trip to the store, and one for the code.
 *
 * @throws {StoreUnavailable}
 */
export async function authorize(services: AuthorizeServices, asked: AskedRequest): Promise<Authorization> {
  const examined = await examineRequest(services, asked)
  if (examined.outcome !== 'ready') return examined
  const { request, hintedSubject, client, person, allowedScope } = examined
  if (!needsConsent(request, client, allowedScope))
    return answerWithCode(services, { request, hintedSubject, person, remember: false })
  if (isSilent(request)) {
    const error = oauthError('consent_required', 'The person has to be asked.')
    return { outcome: 'refused', place: request, error, ledOn: examined.ledOn }
  }
  return { outcome: 'consent-needed', request, hintedSubject, client, person }
}

/**
 * Answers a request as its person decided about it. Minutes may have passed since they were asked, so it is examined once more: two trips to the store.
 * They are asked again where the client may have more by now.
 *
 * @throws {StoreUnavailable}
 */
export async function answerDecision(
  services: AuthorizeServices,
  {
    // An older Worker sealed none and judged no sign-in too old for a decision.
    shown: { request: asked, startedAt = 0, hintedSubject },
    sessionId,
    allowed,
    now,
  }: {
    readonly shown: ShownRequest
    readonly sessionId: string
    readonly allowed: boolean
    readonly now: number
  },
): Promise<Authorization> {
  const facts = { parameters: requestParameters(asked), sessionId, startedAt, hintedSubject, now }
  // Whoever reads slowly proves nothing again for max_age.
  const examined = await examineRequest(services, { ...facts, recentAt: startedAt })
  // guard: a decision leads nowhere that its client has left since the question was shown
  if (examined.outcome === 'unanswerable') return examined
  // Whatever else there is now, whoever denies proves nothing for it.
  if (!allowed) {
    const error = oauthError('access_denied', 'The person did not allow it.')
    return { outcome: 'refused', place: asked, error, ledOn: true }
  }
  if (examined.outcome === 'refused') return { ...examined, ledOn: true }
  if (examined.outcome !== 'ready') return examined
  const { request, client, person } = examined
  // guard: a decision gives no more than its question showed
  if (!covers(asked.scope, request.scope))
    return { outcome: 'consent-needed', request, hintedSubject, client, person }
  return answerWithCode(services, { request, hintedSubject, person, remember: true })
}

/** Stores a code for a person who is signed in, and returns it. @throws {StoreUnavailable} */
async function answerWithCode(
  { oauth, clock }: Pick<AuthorizeServices, 'oauth' | 'clock'>,
  {
    request,
    hintedSubject,
    person: { userId, sessionId },
    remember,
  }: {
    readonly request: AuthorizationRequest
    readonly hintedSubject: string | null
    readonly person: Person
    readonly remember: boolean
  },
): Promise<Authorization> {
  const now = clock()
  const code = encodeBase64url(randomBytes(32))
  const codeHash = await hashText(code)
  const expiresAt = now + CODE_SECONDS
  const stored = { codeHash, request, userId, sessionId, expiresAt, remember, now }
  // guard: who signs in instead is whom the client means
  if (!(await oauth.issueCode(stored)))
    return { outcome: 'steps-needed', step: 'sign-in', request, hintedSubject }
  return { outcome: 'answered', place: request, answer: { code } }
}

/**
 * Returns whether a person is asked. A client that cannot prove who it is asks each time (RFC 6749 §10.2, OWASP ASVS 5.0 §10.7.1), and so does
 * one of the operator's own where another app could be answered in its place (RFC 8252 §8.6).
 */
function needsConsent(request: AuthorizationRequest, client: Client, allowedScope: string | null): boolean {
  if (request.prompt.includes('consent')) return true
  // guard: an app that nobody here registered asks each time
  if (client.registeredBy !== 'operator') return true
  // guard: an app that another can pretend to be never goes on unasked
  const assured = client.confidential || isClaimedHost(request.redirectUri)
  if (client.firstParty && assured) return false
  // guard: a public client asks each time
  if (!client.confidential) return true
  // guard: more than was allowed is asked for again
  return allowedScope === null || !covers(allowedScope, request.scope)
}
