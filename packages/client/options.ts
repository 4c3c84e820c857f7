import type { TokenStorage } from './sign-in-state.ts'
import { inBrowser } from './tabs.ts'

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

/** An access token in memory, and the refresh token in a cookie that scripts cannot read. For pages: their default. */
export interface TokenInCookieOptions extends CommonOptions {
  readonly mode: 'token'
  readonly refreshIn?: 'cookie'
}

/** An access token in memory, and the refresh token in a storage of one's own. The default where there is no page. */
export interface TokenInBodyOptions extends CommonOptions {
  readonly mode: 'token'
  readonly refreshIn?: 'body'
  /** Memory if it is not given. */
  readonly storage?: TokenStorage
}

export type JanusClientOptions = SessionModeOptions | TokenInCookieOptions | TokenInBodyOptions

/** `null`: what there is to keep travels in a cookie. */
export function storageOf(options: JanusClientOptions): TokenStorage | null {
  const { mode, storage, refreshIn = storage || !inBrowser() ? 'body' : 'cookie' }: AnyOptions = options
  return mode === 'session' || refreshIn === 'cookie' ? null : (storage ?? createMemoryStorage())
}

interface AnyOptions {
  readonly mode: 'session' | 'token'
  readonly refreshIn?: 'cookie' | 'body'
  readonly storage?: TokenStorage
}

function createMemoryStorage(): TokenStorage {
  let kept: string | null = null
  return {
    get: () => kept,
    set(refreshToken) {
      kept = refreshToken
    },
    remove() {
      kept = null
    },
  }
}
