/** Every refusal that this version of Janus knows (RFC 9457). A newer one may know more. */
export type ProblemCode =
  | 'invalid-json'
  | 'invalid-link'
  | 'invalid-code'
  | 'passkey-refused'
  | 'authorization-refused'
  | 'passkey-unknown'
  | 'social-refused'
  | 'social-cancelled'
  | 'social-no-address'
  | 'invalid-credentials'
  | 'authentication-required'
  | 'invalid-token'
  | 'token-expired'
  | 'session-ended'
  | 'refresh-token-reused'
  | 'invalid-second-factor'
  | 'sign-in-expired'
  | 'insufficient-user-authentication'
  | 'cross-site-request'
  | 'forbidden'
  | 'registration-closed'
  | 'not-found'
  | 'method-not-allowed'
  | 'account-mismatch'
  | 'password-not-set'
  | 'email-not-verified'
  | 'second-factor-not-set'
  | 'mailbox-not-proven'
  | 'second-factor-required'
  | 'last-way-in'
  | 'last-administrator'
  | 'identity-refused'
  | 'account-exists'
  | 'body-too-large'
  | 'unsupported-media-type'
  | 'invalid-input'
  | 'password-refused'
  | 'mode-not-offered'
  | 'human-check-failed'
  | 'too-many-attempts'
  | 'internal-error'
  | 'provider-unavailable'
  | 'store-unavailable'

/** One field of the input and what is wrong with it. */
export interface FieldError {
  readonly field: string
  readonly code: string
  readonly message: string
}

interface ProblemBody {
  readonly code?: string
  readonly title?: string
  readonly detail?: string
  readonly instance?: string
  readonly errors?: readonly FieldError[]
}

const UNEXPECTED = 'unexpected-answer'

/** A refusal by Janus, or an answer that is not its own. Its message is the title. What `fetch` throws stays as it is. */
export class JanusProblem extends Error {
  /** `unexpected-answer`: something else answered, such as a proxy, or a network that wants one to sign in first. */
  declare readonly code: ProblemCode | typeof UNEXPECTED | (string & {})
  /** `0` if a browser was redirected. */
  declare readonly status: number
  declare readonly title: string
  /** Describes what to do about it; `null` if there is nothing to add to the title. */
  declare readonly detail: string | null
  /** Empty if it is not about fields. */
  declare readonly errors: readonly FieldError[]
  /** Names the request in the log of the service. */
  declare readonly requestId: string | null
  /** Sets how long to wait; `null` if Janus did not say. */
  declare readonly retryAfterSeconds: number | null

  constructor({ status, headers }: Pick<Response, 'status' | 'headers'>, body: ProblemBody | null) {
    const { code = UNEXPECTED, title = 'Unexpected answer' } = body ?? {}
    super(title)
    Object.assign(this, {
      name: 'JanusProblem',
      code,
      status,
      title,
      detail: body?.detail ?? null,
      errors: body?.errors ?? [],
      requestId: body?.instance?.replace('urn:uuid:', '') ?? null,
      // Janus says it in seconds (RFC 9110 §10.2.3 knows dates, too).
      retryAfterSeconds: Number(headers.get('Retry-After')) || null,
    })
  }
}

/** Returns whether Janus rejected the caller, and not the request. A caller whose sign-in is too old for something is signed in. */
export function isSignedOut(error: unknown): boolean {
  if (!(error instanceof JanusProblem) || error.code === 'insufficient-user-authentication') return false
  return error.status === 401 && error.code !== UNEXPECTED
}

/**
 * Returns the body of a success; `null` if it is not JSON.
 *
 * @param member One that it must have, unless it is the first step of a sign-in.
 * @throws {JanusProblem} If it was no success.
 */
export async function readAnswer<T extends object>(
  response: Response,
  member?: keyof T | undefined,
): Promise<T> {
  // Whether it is an answer of Janus is asked, and not whether Janus keeps its contract.
  const body = (await response.json().catch(() => null)) as T
  if (response.ok && (!member || Object(body)[member] !== undefined || Object(body).next)) return body
  throw new JanusProblem(response, body)
}
