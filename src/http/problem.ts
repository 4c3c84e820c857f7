import type { ContentfulStatusCode } from 'hono/utils/http-status'

/** Every refusal there is (RFC 9457): its status, its code, and one sentence on it. docs/reference/problems.md lists the same. */
export const PROBLEMS = {
  ...withStatus(400, {
    'invalid-json': 'The body is not valid JSON',
    'invalid-link': 'The link is invalid or has expired',
    'invalid-code': 'The code is invalid or has expired',
    'passkey-refused': 'The passkey was rejected',
    'social-refused': 'The sign-in at the provider was rejected',
    'social-cancelled': 'The sign-in at the provider was canceled',
    'social-no-address': 'The provider vouches for no email address',
    'authorization-refused': 'The request of the app was rejected',
    'passkey-unknown': 'The passkey is unknown',
  }),
  ...withStatus(401, {
    'invalid-credentials': 'Email or password is incorrect',
    'authentication-required': 'Authentication is required',
    'invalid-token': 'The token is invalid',
    'token-expired': 'The token has expired',
    'session-ended': 'The session has ended or is unknown',
    'refresh-token-reused': 'The refresh token was used before, so its session has ended',
    'invalid-second-factor': 'The code is incorrect or was used before',
    'sign-in-expired': 'The sign-in has expired',
    'insufficient-user-authentication': 'A recent sign-in is required',
  }),
  ...withStatus(403, {
    'cross-site-request': 'Cross-site request rejected',
    forbidden: 'Permission denied',
    'human-check-failed': 'The check for programs failed',
    'registration-closed': 'Registration is closed',
  }),
  ...withStatus(404, { 'not-found': 'Not found' }),
  ...withStatus(405, { 'method-not-allowed': 'Method not allowed' }),
  ...withStatus(409, {
    'account-mismatch': 'Another account is signed in',
    'password-not-set': 'The account has no password',
    'email-not-verified': 'The email address is not verified',
    'second-factor-not-set': 'The account has no second factor',
    'mailbox-not-proven': 'The sign-in was not begun by a mailed link',
    'second-factor-required': 'The account must keep a second factor',
    'last-way-in': 'This is the last way into the account',
    'last-administrator': 'You are the last administrator',
    'identity-refused': 'The identity was not connected',
    'account-exists': 'An account with this email address exists',
  }),
  ...withStatus(413, { 'body-too-large': 'Request too large' }),
  ...withStatus(415, { 'unsupported-media-type': 'Unsupported content type' }),
  ...withStatus(422, {
    'invalid-input': 'Some fields are invalid',
    'password-refused': 'The password was rejected',
    'mode-not-offered': 'This sign-in mode is not offered',
  }),
  ...withStatus(429, { 'too-many-attempts': 'Too many attempts' }),
  ...withStatus(500, { 'internal-error': 'Something went wrong' }),
  ...withStatus(502, { 'provider-unavailable': 'The sign-in provider is unavailable' }),
  ...withStatus(503, { 'store-unavailable': 'Storage is unavailable' }),
}

function withStatus<Status extends ContentfulStatusCode, Code extends string>(
  status: Status,
  titles: Readonly<Record<Code, string>>,
) {
  const rows = Object.entries<string>(titles).map(([code, title]) => [code, { status, title }])
  return Object.fromEntries(rows) as Readonly<Record<Code, { status: Status; title: string }>>
}

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
