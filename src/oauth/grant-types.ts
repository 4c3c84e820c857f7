/** The grant types that a client may have (RFC 6749 §1.3). */
export const GRANT_TYPES = ['authorization_code', 'refresh_token', 'client_credentials'] as const
