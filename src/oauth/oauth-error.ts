/**
 * The errors of RFC 6749 §4.1.2.1 and §5.2, RFC 6750 §3.1, RFC 8628 §3.5, RFC 8707 §2, OpenID Connect Core §3.1.2.6 and OpenID Connect Core Error Code
 * unmet_authentication_requirements 1.0 that are answered here.
 */
export type OAuthErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_token'
  | 'insufficient_scope'
  | 'invalid_grant'
  | 'invalid_scope'
  | 'invalid_target'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'authorization_pending'
  | 'slow_down'
  | 'expired_token'
  | 'unsupported_response_type'
  | 'access_denied'
  | 'login_required'
  | 'consent_required'
  | 'unmet_authentication_requirements'
  | 'request_not_supported'
  | 'request_uri_not_supported'

/** A refusal in the words of OAuth. The description says what to change, and repeats nothing that was sent. */
export interface OAuthError {
  readonly error: OAuthErrorCode
  readonly description: string
}

export function oauthError(error: OAuthErrorCode, description: string): OAuthError {
  return { error, description }
}

export function isOAuthError(value: object | string): value is OAuthError {
  return typeof value === 'object' && 'error' in value && 'description' in value
}
