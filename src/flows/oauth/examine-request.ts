import {
  type AnswerPlace,
  type AuthorizationRequest,
  parseAuthorizationRequest,
} from '../../oauth/authorization-request'
import { hasEssentialLevel, parseClaimsRequest } from '../../oauth/claims-request'
import { type Client, isClientId } from '../../oauth/client'
import type { IdTokens } from '../../oauth/id-token'
import { type OAuthError, oauthError } from '../../oauth/oauth-error'
import type { AskedFacts, OAuthStore } from '../../oauth/oauth-store'
import type { AssuranceLevel } from '../../sessions/assurance'
import { type CurrentClientServices, currentClient, NOT_REGISTERED } from './current-client'

export interface ExamineServices extends CurrentClientServices {
  readonly oauth: Pick<OAuthStore, 'findAsked'>
  readonly idTokens: Pick<IdTokens, 'readHint'>
}

export type Person = NonNullable<AskedFacts['person']>

/** A request as it comes, or comes again when its person has done what it took. */
export interface AskedRequest {
  readonly parameters: URLSearchParams
  /** Of the person whose cookie came along, if any. */
  readonly sessionId: string | null
  /** Says when the request came first: a proof since then satisfies `prompt=login`. `null`: it has just come. */
  readonly startedAt: number | null
  /** Says as of when the request is judged. */
  readonly now: number
  /** Says as of when the sign-in must be recent enough for `max_age`; if it is left out, as of `now`. */
  readonly recentAt?: number
  /** Says whether the person was led to a second factor for this request before. */
  readonly secondFactorAsked?: boolean
  /** Names whom the request was about, once it waited. */
  readonly hintedSubject?: string | null
}

/**
 * Names what a person does before the request goes on: signs in, says which account it is, signs in to another one, proves again who they are, or
 * proves a second factor.
 */
export type Step = 'sign-in' | 'choice' | 'other-account' | 'proof' | 'second-factor'

/** Describes a request that does not go on as it is. */
export type Stopped =
  /** Neither client nor redirect URI is proven: a person reads why. */
  | { readonly outcome: 'unanswerable'; readonly why: string }
  | {
      readonly outcome: 'refused'
      readonly place: AnswerPlace
      readonly error: OAuthError
      /** Says whether the browser is led on at once; else a person decides. */
      readonly ledOn: boolean
    }
  | {
      readonly outcome: 'steps-needed'
      readonly step: Step
      readonly request: AuthorizationRequest
      /** Names the only person about whom the client wants an answer; `null`: any. */
      readonly hintedSubject: string | null
    }

/** Describes a request that nothing stands in the way of but its person, who may have to be asked. */
interface ReadyRequest {
  readonly outcome: 'ready'
  readonly request: AuthorizationRequest
  readonly hintedSubject: string | null
  readonly client: Client
  readonly person: Person
  readonly allowedScope: string | null
  /** Says whether the browser may be led on before its person was asked. */
  readonly ledOn: boolean
}

/** Returns what a request takes, as its client, its session and the settings are now. One trip to the store. @throws {StoreUnavailable} */
export async function examineRequest(
  services: ExamineServices,
  asked: AskedRequest,
): Promise<ReadyRequest | Stopped> {
  const { oauth, resources } = services
  const { parameters, sessionId, now } = asked
  const [clientId = '', ...others] = parameters.getAll('client_id')
  if (others.length > 0 || !isClientId(clientId)) return { outcome: 'unanswerable', why: NOT_REGISTERED }
  // What is no resource here is looked for nowhere. PostgreSQL takes no text with a NUL.
  const resource = resources.find(({ uri }) => uri === parameters.get('resource'))?.uri ?? null
  const { client: known, ...facts } = await oauth.findAsked({ clientId, sessionId, resource, now })
  const client = await currentClient(services, { clientId, known, now })
  if ('why' in client) return { outcome: 'unanswerable', why: client.why }
  const parsed = parseAuthorizationRequest(parameters, client, resources)
  if (parsed.outcome === 'unanswerable') return parsed
  // guard: an app that nobody here registered leads no browser on before its person was asked
  const ledOn = client.registeredBy === 'operator'
  if (parsed.outcome === 'refused') return { ...parsed, ledOn }
  const { request } = parsed
  const refused = (error: OAuthError) => ({ outcome: 'refused', place: request, error, ledOn }) as const
  const hinted = await hintedSubject(services, asked, request)
  if (hinted.outcome === 'refused') return refused(hinted.error)
  const { subject } = hinted
  const step = nextStep(request, { ...facts, hinted: subject }, asked)
  if (step !== null) {
    if ('error' in step) return refused(step)
    return { outcome: 'steps-needed', step: step.name, request, hintedSubject: subject }
  }
  const { person, allowedScope } = facts
  if (person === null) return { outcome: 'unanswerable', why: '' }
  return { outcome: 'ready', request, hintedSubject: subject, client, person, allowedScope, ledOn }
}

export function isSilent({ prompt }: AuthorizationRequest): boolean {
  return prompt.includes('none')
}

/** Returns whom a request is about, where the client says so (OpenID Connect Core §3.1.2.1, §5.5.1). */
async function hintedSubject(
  { idTokens }: ExamineServices,
  { parameters, hintedSubject: waited }: AskedRequest,
  { clientId, claims }: AuthorizationRequest,
): Promise<{ outcome: 'known'; subject: string | null } | { outcome: 'refused'; error: OAuthError }> {
  if (waited !== undefined) return { outcome: 'known', subject: waited }
  const wanted = parseClaimsRequest(claims)?.subject ?? null
  const text = parameters.get('id_token_hint')
  if (text === null) return { outcome: 'known', subject: wanted }
  const hint = await idTokens.readHint(text)
  // guard: a hint is of the client that sends it
  if (hint?.clientId !== clientId)
    return {
      outcome: 'refused',
      error: oauthError('invalid_request', 'Send id_token_hint as it was issued to this client.'),
    }
  // guard: a hint about one person is no answer about another whom the claims name
  if (wanted !== null && wanted !== hint.subject)
    return {
      outcome: 'refused',
      error: oauthError('invalid_request', 'Send id_token_hint and claims about one person.'),
    }
  return { outcome: 'known', subject: hint.subject }
}

/** Returns what a person has to do before a request goes on, or why it does not; `null`: nothing. */
function nextStep(
  request: AuthorizationRequest,
  { person, subject, hinted }: Pick<AskedFacts, 'person' | 'subject'> & { readonly hinted: string | null },
  { startedAt, now, recentAt = now, secondFactorAsked = false }: AskedRequest,
): { readonly name: Step } | OAuthError | null {
  const silent = isSilent(request)
  if (person === null) {
    // guard: prompt=none shows nobody a page
    if (silent) return oauthError('login_required', 'Nobody is signed in.')
    return { name: 'sign-in' }
  }
  // guard: a hint about another person is no answer about this one
  if (hinted !== null && hinted !== subject) {
    const other = oauthError('login_required', 'Another person is signed in.')
    return silent || startedAt !== null ? other : { name: 'other-account' }
  }
  if (request.prompt.includes('select_account')) return { name: 'choice' }
  const tooOld = needsProof(request, person, startedAt ?? now, recentAt)
  if (tooOld && silent) return oauthError('login_required', 'The sign-in is older than max_age.')
  const missing = missingLevel(request, person.acr)
  // A second factor is a proof of this moment as well.
  // guard: whoever lacks a second factor is led to it once
  if (missing === 'second-factor' && !secondFactorAsked && !silent) return { name: missing }
  if (missing !== null) return unmet()
  return tooOld ? { name: 'proof' } : null
}

/** Returns what a session lacks of the levels that its client takes, one of which it must have; `null`: nothing. */
function missingLevel({ claims }: AuthorizationRequest, acr: AssuranceLevel): 'second-factor' | 'any' | null {
  const levels = parseClaimsRequest(claims)
  if (levels === null || hasEssentialLevel(levels, acr)) return null
  return levels.essentialAcr.includes('urn:janus:2fa') ? 'second-factor' : 'any'
}

function unmet(): OAuthError {
  return oauthError('unmet_authentication_requirements', 'The sign-in has none of the levels of acr.')
}

/** Returns whether the sign-in is too old for a request (OpenID Connect Core §3.1.2.1). */
function needsProof(
  { prompt, maxAge }: AuthorizationRequest,
  { authenticatedAt }: Person,
  startedAt: number,
  recentAt: number,
): boolean {
  // guard: prompt=login takes a proof since the request came
  if (prompt.includes('login') && authenticatedAt < startedAt) return true
  // guard: max_age takes a recent proof
  return maxAge !== null && authenticatedAt < Math.min(startedAt, recentAt - maxAge)
}
