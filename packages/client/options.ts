import type { Carrier } from './carrier.ts'
import type { TokenStorage, TokenSurroundings } from './tokens.ts'

/** As `fetch`, or what passes calls on to it. */
export type Fetch = (input: string | Request, init?: RequestInit) => Promise<Response>

interface CommonOptions {
  /** The public base URL of Janus, as in its setting `ISSUER`. */
  readonly issuer: string
  /** Origins besides that of the issuer that may be sent the credential, as in `https://api.example.com`. */
  readonly origins?: readonly string[]
  /** Sends requests. The default is the global `fetch`. */
  readonly fetch?: Fetch
  /** Sets how long Janus may take to answer one request, in milliseconds. The default is 10,000; a password hash takes a quarter of a second. */
  readonly timeoutMs?: number
}

/** A cookie that scripts cannot read. For pages on the site of Janus. */
export interface SessionModeOptions extends CommonOptions {
  readonly mode: 'session'
}

interface TokenOptions extends CommonOptions {
  readonly mode: 'token'
  /** Takes `createTokens` of `janus/client/tokens`. A page in session mode does not load it. */
  readonly createTokens: (surroundings: TokenSurroundings) => Carrier
}

/** An access token in memory, and the refresh token in a cookie that scripts cannot read. For pages: their default. */
export interface TokenInCookieOptions extends TokenOptions {
  readonly refreshIn?: 'cookie'
}

/** An access token in memory, and the refresh token in a storage of one's own. The default where there is no page. */
export interface TokenInBodyOptions extends TokenOptions {
  readonly refreshIn?: 'body'
  /** Memory if it is not given. */
  readonly storage?: TokenStorage
}

export type JanusClientOptions = SessionModeOptions | TokenInCookieOptions | TokenInBodyOptions
