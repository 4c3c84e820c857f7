import { encodeBase64url } from '../../crypto/base64url'
import { randomBytes } from '../../crypto/random'
import { hashText } from '../../crypto/sha256'
import {
  type AnswerPlace,
  type AuthorizationRequest,
  parseAuthorizationRequest,
} from '../../oauth/authorization-request'
import { type Client, isClientId } from '../../oauth/client'
import { type OAuthError, oauthError } from '../../oauth/oauth-error'
import type { AskedFacts, OAuthStore } from '../../oauth/oauth-store'
import { isClaimedHost } from '../../oauth/redirect-uri'
import { covers } from '../../oauth/scopes'
import type { Clock } from '../../runtime/clock'
import { type CurrentClientServices, currentClient } from './current-client'

export interface AuthorizeServices extends CurrentClientServices {
  readonly oauth: OAuthStore
  readonly clock: Clock
}

type Person = NonNullable<AskedFacts['person']>

/** Describes the outcome of an authorization request. */
export type Authorization =
  /** The client is told, with a code. */
  | { readonly outcome: 'answered'; readonly place: AnswerPlace; readonly answer: { readonly code: string } }
  | { readonly outcome: 'refused'; readonly place: AnswerPlace; readonly error: OAuthError }
  /** Neither client nor redirect URI is proven: a person reads why. */
  | { readonly outcome: 'unanswerable'; readonly why: string }
  | { readonly outcome: 'sign-in-needed'; readonly request: AuthorizationRequest }
  /** Somebody is signed in, and has to prove again who they are. */
  | { readonly outcome: 'proof-needed'; readonly request: AuthorizationRequest }
  | {
      readonly outcome: 'consent-needed'
      readonly request: AuthorizationRequest
      readonly client: Client
      readonly person: Person
    }

/** A code lasts as long as a redirect takes (OWASP ASVS 5.0 §10.4.3). */
const CODE_SECONDS = 60

/**
 * Decides about an authorization request, and answers it where nobody needs to be asked: one trip to the store, and one for the code.
 *
 * @param sessionId Of the person whose cookie came along, if any.
 * @param startedAt When the request came first: a proof since then satisfies `prompt=login`. @throws {StoreUnavailable}
 */
export async function authorize(
  services: AuthorizeServices,
  {
    parameters,
    sessionId,
    startedAt,
  }: {
    readonly parameters: URLSearchParams
    readonly sessionId: string | null
    readonly startedAt: number | null
  },
): Promise<Authorization> {
  const { oauth, resources, clock } = services
  const now = clock()
  const [clientId = '', ...others] = parameters.getAll('client_id')
  if (others.length > 0 || !isClientId(clientId))
    return { outcome: 'unanswerable', why: 'The app is not registered here.' }
  const resource = parameters.get('resource')
  const {
    client: known,
    person,
    allowedScope,
  } = await oauth.findAsked({ clientId, sessionId, resource, now })
  const client = await currentClient(services, { clientId, known, now })
  if ('why' in client) return { outcome: 'unanswerable', why: client.why }
  const parsed = parseAuthorizationRequest(parameters, client, resources)
  if (parsed.outcome !== 'valid') return parsed
  const { request } = parsed
  const silent = request.prompt.includes('none')
  const refused = (error: OAuthError): Authorization => ({ outcome: 'refused', place: request, error })
  if (person === null) {
    // guard: prompt=none shows nobody a page
    if (silent) return refused(oauthError('login_required', 'Nobody is signed in.'))
    return { outcome: 'sign-in-needed', request }
  }
  if (needsProof(request, person, startedAt ?? now, now)) {
    if (silent) return refused(oauthError('login_required', 'The sign-in is older than max_age.'))
    return { outcome: 'proof-needed', request }
  }
  if (needsConsent(request, client, allowedScope)) {
    if (silent) return refused(oauthError('consent_required', 'The person has to be asked.'))
    return { outcome: 'consent-needed', request, client, person }
  }
  return answerWithCode(services, { request, person, remember: false })
}

/** Stores a code for a person who is signed in, and returns it. @throws {StoreUnavailable} */
export async function answerWithCode(
  { oauth, clock }: Pick<AuthorizeServices, 'oauth' | 'clock'>,
  {
    request,
    person: { userId, sessionId },
    remember,
  }: {
    readonly request: AuthorizationRequest
    readonly person: Pick<Person, 'userId' | 'sessionId'>
    readonly remember: boolean
  },
): Promise<Authorization> {
  const now = clock()
  const code = encodeBase64url(randomBytes(32))
  const codeHash = await hashText(code)
  const expiresAt = now + CODE_SECONDS
  const issued = await oauth.issueCode({ codeHash, request, userId, sessionId, expiresAt, remember, now })
  if (!issued) return { outcome: 'sign-in-needed', request }
  return { outcome: 'answered', place: request, answer: { code } }
}

/** Returns whether the sign-in is too old for a request (OpenID Connect Core §3.1.2.1). */
function needsProof(
  { prompt, maxAge }: AuthorizationRequest,
  { authenticatedAt }: Person,
  startedAt: number,
  now: number,
): boolean {
  // guard: prompt=login takes a proof since the request came
  if (prompt.includes('login') && authenticatedAt < startedAt) return true
  // guard: max_age takes a recent proof
  return maxAge !== null && authenticatedAt < Math.min(startedAt, now - maxAge)
}

/**
 * Returns whether a person is asked. A client that cannot prove who it is asks each time (RFC 6749 §10.2, OWASP ASVS 5.0 §10.7.1), and so does
 * one of the operator's own where another app could be answered in its place (RFC 8252 §8.6).
 */
function needsConsent(request: AuthorizationRequest, client: Client, allowedScope: string | null): boolean {
  if (request.prompt.includes('consent') || request.prompt.includes('select_account')) return true
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
