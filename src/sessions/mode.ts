/** Describes what a client is given for a session: a cookie, or an access token and a refresh token. */
export type Mode = 'session' | 'token'
