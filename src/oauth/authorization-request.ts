import { type ClaimsRequest, parseClaimsRequest } from './claims-request'
import type { Client } from './client'
import { type OAuthError, oauthError } from './oauth-error'
import { matchesRedirectUri } from './redirect-uri'
import { grantable, OPENID, parseScope, type Resource } from './scopes'

/** Describes a client's request once client and redirect URI are proven. Everything in it was checked. */
export interface AuthorizationRequest {
  readonly clientId: string
  readonly redirectUri: string
  /** As the client sent it; it gets it back unchanged. */
  readonly state: string | null
  readonly challenge: string
  readonly scope: string
  /** `null`: OpenID Connect alone. */
  readonly resource: string | null
  readonly nonce: string | null
  /** The parameter, as it was sent. */
  readonly claims: string | null
  readonly prompt: readonly Prompt[]
  /** Limits how many seconds ago the person proved who they are; `null`: no limit. */
  readonly maxAge: number | null
}

/** Says where a client is answered, errors included. */
export interface AnswerPlace {
  readonly redirectUri: string
  readonly state: string | null
}

export type ParsedRequest =
  | { readonly outcome: 'valid'; readonly request: AuthorizationRequest }
  /** The client is told. */
  | { readonly outcome: 'refused'; readonly place: AnswerPlace; readonly error: OAuthError }
  /** Neither client nor redirect URI is proven: nobody is led anywhere, and a person reads why. */
  | { readonly outcome: 'unanswerable'; readonly why: string }

const PROMPTS = ['none', 'login', 'consent', 'select_account'] as const

type Prompt = (typeof PROMPTS)[number]

/** Bounds what is handed back: it travels in URLs. */
const STATE_MAX_LENGTH = 512
const NONCE_MAX_BYTES = 256

/**
 * Reads an authorization request (OAuth 2.1 §4.1.1). Client and redirect URI first: until both are proven no error is redirected
 * (RFC 9700 §4.11).
 *
 * @param client Of the `client_id`.
 */
export function parseAuthorizationRequest(
  parameters: URLSearchParams,
  client: Client,
  resources: readonly Resource[],
): ParsedRequest {
  const [redirectUri, ...others] = parameters.getAll('redirect_uri')
  // guard: nobody is led to a redirect URI that is not registered
  const known = client.redirectUris.some((uri) => matchesRedirectUri(uri, redirectUri ?? ''))
  if (redirectUri === undefined || others.length > 0 || !known)
    return { outcome: 'unanswerable', why: 'Send redirect_uri as the client registered it, byte for byte.' }

  const repeated = repeatedParameter(parameters)
  const sent = repeated === 'state' ? null : parameters.get('state')
  const stateFits = sent === null || (sent.length <= STATE_MAX_LENGTH && /^[\x20-\x7e]*$/.test(sent))
  const place: AnswerPlace = { redirectUri, state: stateFits ? sent : null }
  const refused = (error: OAuthError): ParsedRequest => ({ outcome: 'refused', place, error })
  // guard: a parameter of an authorization request comes once
  if (repeated !== null) return refused(oauthError('invalid_request', 'Send each parameter once.'))
  if (!stateFits)
    return refused(
      oauthError('invalid_request', `Send state as at most ${STATE_MAX_LENGTH} ASCII characters.`),
    )
  // guard: a client that signs nobody in is given no code
  if (!client.grants.includes('authorization_code'))
    return refused(oauthError('unauthorized_client', 'This client may not use authorization_code.'))
  const fault = checkFlow(parameters)
  if (fault) return refused(fault)
  const nonce = parameters.get('nonce')
  // guard: no nonce has a NUL, which PostgreSQL takes in no text
  if (nonce !== null && (nonce.includes('\0') || new TextEncoder().encode(nonce).length > NONCE_MAX_BYTES))
    return refused(
      oauthError('invalid_request', `Send nonce as at most ${NONCE_MAX_BYTES} bytes without NUL.`),
    )
  const prompt = parsePrompt(parameters.get('prompt'))
  if (prompt === null)
    return refused(
      oauthError('invalid_request', `Send prompt as some of: ${PROMPTS.join(', ')}; none stands alone.`),
    )
  const maxAge = parameters.get('max_age')
  if (maxAge !== null && !/^\d{1,9}$/.test(maxAge))
    return refused(oauthError('invalid_request', 'Send max_age as whole seconds.'))
  const claims = parameters.get('claims')
  const wanted = parseClaimsRequest(claims)
  if (wanted === null) return refused(oauthError('invalid_request', 'Send claims as OpenID Connect has it.'))
  const scope = scopeWith(parameters.get('scope'), wanted)
  const granted = grantable({ scope, resource: parameters.get('resource') }, client, resources)
  if ('error' in granted) return refused(granted)
  return {
    outcome: 'valid',
    request: {
      ...place,
      ...granted,
      clientId: client.id,
      challenge: parameters.get('code_challenge') ?? '',
      nonce,
      claims,
      prompt,
      maxAge: maxAge === null ? null : Number(maxAge),
    },
  }
}

/** Returns the scope that is asked for, with what the claims take that are asked for one by one. */
function scopeWith(scope: string | null, { scopes }: ClaimsRequest): string | null {
  const asked = scope === null ? null : parseScope(scope)
  return asked?.includes(OPENID) ? [...new Set([...asked, ...scopes])].join(' ') : scope
}

/** Returns what is wrong with the flow that a client asks for. There is one: a code, with S256. */
function checkFlow(parameters: URLSearchParams): OAuthError | null {
  // guard: a request object is refused unread, and nothing is fetched
  if (parameters.has('request_uri'))
    return oauthError('request_uri_not_supported', 'Send the parameters themselves.')
  if (parameters.has('request')) return oauthError('request_not_supported', 'Send the parameters themselves.')
  const responseType = parameters.get('response_type')
  if (responseType === null) return oauthError('invalid_request', 'response_type is missing.')
  // guard: there is no flow but that of a code
  if (responseType !== 'code') return oauthError('unsupported_response_type', 'Send response_type=code.')
  if ((parameters.get('response_mode') ?? 'query') !== 'query')
    return oauthError('invalid_request', 'Send response_mode=query, or leave it out.')
  // guard: every code has a challenge
  if (!/^[\w-]{43}$/.test(parameters.get('code_challenge') ?? ''))
    return oauthError('invalid_request', 'Send code_challenge, made with S256 (RFC 7636).')
  // guard: a challenge is a hash
  if (parameters.get('code_challenge_method') !== 'S256')
    return oauthError('invalid_request', 'Send code_challenge_method=S256.')
  return null
}

function repeatedParameter(parameters: URLSearchParams): string | null {
  const names = [...parameters.keys()]
  return names.find((name, index) => names.indexOf(name) !== index) ?? null
}

function parsePrompt(text: string | null): readonly Prompt[] | null {
  if (text === null) return []
  const words = text.split(' ')
  const prompts = PROMPTS.filter((prompt) => words.includes(prompt))
  // guard: prompt=none stands alone
  const alone = !prompts.includes('none') || words.length === 1
  return alone && prompts.length === words.length ? prompts : null
}

/** Returns the URL of an answer: the redirect URI, byte for byte, and the parameters behind it, with `iss` (RFC 9207). */
export function answerUrl(
  { redirectUri, state }: AnswerPlace,
  issuer: string,
  answer: { readonly code: string } | OAuthError,
): string {
  const parameters = new URLSearchParams(
    'code' in answer ? { code: answer.code } : { error: answer.error, error_description: answer.description },
  )
  if (state !== null) parameters.set('state', state)
  // guard: every answer says who answers
  parameters.set('iss', issuer)
  return `${redirectUri}${redirectUri.includes('?') ? '&' : '?'}${parameters}`
}

/** Returns the parameters of a request again, to check them once more when its person has signed in. */
export function requestParameters(request: AuthorizationRequest): URLSearchParams {
  const { clientId, redirectUri, state, challenge, scope, resource, nonce, claims, prompt, maxAge } = request
  const parameters = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    code_challenge: challenge,
    code_challenge_method: 'S256',
    scope,
  })
  if (resource !== null) parameters.set('resource', resource)
  if (state !== null) parameters.set('state', state)
  if (nonce !== null) parameters.set('nonce', nonce)
  if (claims !== null) parameters.set('claims', claims)
  if (prompt.length > 0) parameters.set('prompt', prompt.join(' '))
  if (maxAge !== null) parameters.set('max_age', String(maxAge))
  return parameters
}
