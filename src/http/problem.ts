import type { ContentfulStatusCode } from 'hono/utils/http-status'

/** Every refusal there is (RFC 9457): the code, its status, and one sentence on it. docs/reference/problems.md lists the same. */
export const PROBLEMS = {
  'invalid-json': { status: 400, title: 'The body is not valid JSON' },
  'invalid-link': { status: 400, title: 'The link is invalid or has expired' },
  'invalid-code': { status: 400, title: 'The code is invalid or has expired' },
  'passkey-refused': { status: 400, title: 'The passkey was rejected' },
  'social-refused': { status: 400, title: 'The sign-in at the provider was rejected' },
  'social-cancelled': { status: 400, title: 'The sign-in at the provider was canceled' },
  'social-no-address': { status: 400, title: 'The provider vouches for no email address' },
  'authorization-refused': { status: 400, title: 'The request of the app was rejected' },
  'passkey-unknown': { status: 400, title: 'The passkey is unknown' },
  'invalid-credentials': { status: 401, title: 'Email or password is incorrect' },
  'authentication-required': { status: 401, title: 'Authentication is required' },
  'invalid-token': { status: 401, title: 'The token is invalid' },
  'token-expired': { status: 401, title: 'The token has expired' },
  'session-ended': { status: 401, title: 'The session has ended or is unknown' },
  'refresh-token-reused': {
    status: 401,
    title: 'The refresh token was used before, so its session has ended',
  },
  'invalid-second-factor': { status: 401, title: 'The code is incorrect or was used before' },
  'sign-in-expired': { status: 401, title: 'The sign-in has expired' },
  'insufficient-user-authentication': { status: 401, title: 'A recent sign-in is required' },
  'cross-site-request': { status: 403, title: 'Cross-site request rejected' },
  forbidden: { status: 403, title: 'Permission denied' },
  'human-check-failed': { status: 403, title: 'The check for programs failed' },
  'registration-closed': { status: 403, title: 'Registration is closed' },
  'not-found': { status: 404, title: 'Not found' },
  'method-not-allowed': { status: 405, title: 'Method not allowed' },
  'account-mismatch': { status: 409, title: 'Another account is signed in' },
  'password-not-set': { status: 409, title: 'The account has no password' },
  'email-not-verified': { status: 409, title: 'The email address is not verified' },
  'second-factor-not-set': { status: 409, title: 'The account has no second factor' },
  'mailbox-not-proven': { status: 409, title: 'The sign-in was not begun by a mailed link' },
  'second-factor-required': { status: 409, title: 'The account must keep a second factor' },
  'last-way-in': { status: 409, title: 'This is the last way into the account' },
  'last-administrator': { status: 409, title: 'You are the last administrator' },
  'identity-refused': { status: 409, title: 'The identity was not connected' },
  'account-exists': { status: 409, title: 'An account with this email address exists' },
  'body-too-large': { status: 413, title: 'Request too large' },
  'unsupported-media-type': { status: 415, title: 'Unsupported content type' },
  'invalid-input': { status: 422, title: 'Some fields are invalid' },
  'password-refused': { status: 422, title: 'The password was rejected' },
  'mode-not-offered': { status: 422, title: 'This sign-in mode is not offered' },
  'too-many-attempts': { status: 429, title: 'Too many attempts' },
  'internal-error': { status: 500, title: 'Something went wrong' },
  'provider-unavailable': { status: 502, title: 'The sign-in provider is unavailable' },
  'store-unavailable': { status: 503, title: 'Storage is unavailable' },
} as const satisfies Record<string, { status: ContentfulStatusCode; title: string }>

export type ProblemCode = keyof typeof PROBLEMS

export function isProblemCode(text: string): text is ProblemCode {
  return Object.hasOwn(PROBLEMS, text)
}

/** One field of the input and what is wrong with it. Never holds the value. */
export interface FieldError {
  readonly field: string
  readonly code: string
  readonly message: string
}

export interface ProblemOptions {
  /** Holds what to do about it, for this occurrence. Holds no secret and no personal data. */
  readonly detail?: string
  readonly errors?: readonly FieldError[]
  /** Says what a caller must prove, in the words of RFC 9470 §3. */
  readonly needs?: ProofNeeds
  readonly headers?: Readonly<Record<string, string>>
}

/** Says what a caller must prove: how many seconds ago at most, and the level to reach. */
export interface ProofNeeds {
  readonly max_age: number
  readonly acr_values?: string
}

/** A refusal. Handlers throw it; {@link problemResponse} alone turns it into bytes. */
export class Problem extends Error {
  override readonly name = 'Problem'

  constructor(
    readonly code: ProblemCode,
    readonly options: ProblemOptions = {},
  ) {
    super(PROBLEMS[code].title)
  }
}

/**
 * The challenges of a 401 (RFC 9110 §11.6.1): bare when no bearer token was presented, `invalid_token` when a bad one
 * was (RFC 6750 §3.1).
 */
export const BARE_CHALLENGE = { 'WWW-Authenticate': 'Bearer' }
export const INVALID_TOKEN_CHALLENGE = { 'WWW-Authenticate': 'Bearer error="invalid_token"' }

/** Returns the headers of a problem, however it is presented: a 401 always has a challenge. */
export function problemHeaders({ code, options }: Problem): Readonly<Record<string, string>> {
  return { ...(PROBLEMS[code].status === 401 ? BARE_CHALLENGE : {}), ...options.headers }
}

/** A refusal as plain data, to be handed from one Worker to another. */
export interface PresentedProblem {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: ProblemBody
}

/** RFC 9457 members; `code`, `errors` and what is to be proven as extensions. */
export interface ProblemBody extends Partial<ProofNeeds> {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: ProblemCode
  readonly detail?: string
  /** The id of the request. */
  readonly instance: string
  readonly errors?: readonly FieldError[]
}

/** Returns what stands before the code in the `type` of a problem of an issuer. */
export function typeBaseOf(issuer: string): string {
  return `${issuer}/problems/`
}

/** Stands before the code where no issuer is known. */
export const NO_TYPE_BASE = 'urn:janus:problem:'

export function presentProblem(
  problem: Problem,
  { typeBase, requestId }: { readonly typeBase: string; readonly requestId: string },
): PresentedProblem {
  const { code, options } = problem
  const { status, title } = PROBLEMS[code]
  const body = {
    type: `${typeBase}${code}`,
    title,
    status,
    code,
    ...(options.detail === undefined ? {} : { detail: options.detail }),
    instance: `urn:uuid:${requestId}`,
    ...(options.errors === undefined ? {} : { errors: options.errors }),
    ...options.needs,
  }
  return { status, headers: problemHeaders(problem), body }
}

/** Returns the response of a problem. */
export function problemResponse({ status, headers, body }: PresentedProblem): Response {
  const type = 'application/problem+json; charset=utf-8'
  return new Response(JSON.stringify(body), { status, headers: { ...headers, 'Content-Type': type } })
}
