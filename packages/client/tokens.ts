// All that `janus/client/tokens` exports: token mode, for a client of `janus/client`.
import type { Carrier } from './carrier.ts'
import type { SignInState } from './sign-in-state.ts'
import { inBrowser } from './tabs.ts'
import type { TokenAnswer } from './types.ts'

/**
 * Keeps the refresh token if it is in no cookie. What throws fails the call that needed it, except `set` at a refresh: the
 * new access token is valid all the same.
 */
export interface TokenStorage {
  /** Returns the token last set, or `null`. */
  get(): string | null | Promise<string | null>
  set(refreshToken: string): void | Promise<void>
  remove(): void | Promise<void>
  /**
   * Returns the device token last set, or `null`. It opens nothing and stays after signing out: with it, Janus knows this client at the
   * next sign-in. Without these two it is in memory, and failures of theirs are ignored.
   */
  getDevice?(): string | null | Promise<string | null>
  setDevice?(deviceToken: string): void | Promise<void>
}

/** Holds what a client passes to {@link createTokens}. */
export interface TokenSurroundings {
  readonly issuer: string
  readonly storage?: TokenStorage | undefined
  readonly refreshIn?: 'cookie' | 'body' | undefined
  /** @param shared Tabs share the sign-in. */
  createState<Proof>(shared: boolean, adopt: (proof: Proof | null) => void): SignInState<Proof>
  /** Sends a request to a route of Janus. */
  reach(path: string, call: { readonly body: object }): Promise<Response>
  /** Returns the body of a success, which must have the member. */
  readAnswer(response: Response, member: 'access_token'): Promise<TokenAnswer>
  /** Returns whether an error says that nobody is signed in. */
  isSignedOut(error: unknown): boolean
}

/** An access token, and when it is to be replaced by the clock of this device. Milliseconds since the epoch. */
interface Token {
  readonly text: string
  /** For Janus's own routes. */
  readonly account: string
  readonly refreshAt: number
  readonly expiresAt: number
}

/** A token is replaced before it expires: by a tenth of its life, but no more than this. */
const MARGIN_MS = 30_000

/** Creates what carries a sign-in by tokens. Pass it to `createJanusClient`, with `mode: 'token'`. */
export function createTokens(surroundings: TokenSurroundings): Carrier {
  const { issuer, createState, reach, readAnswer, isSignedOut } = surroundings
  const storage = storageOf(surroundings)
  let token: Token | null = null
  let device: string | null = null
  let refreshing: Promise<void> | null = null
  let writing: Promise<void> = Promise.resolve()
  const state = createState<Token>(!storage, (next) => {
    token = next
  })

  /** Writes one token after the other, because a storage may not keep their order. */
  function write(refreshToken?: string): Promise<void> {
    const written = writing.then(() => (refreshToken ? storage?.set(refreshToken) : storage?.remove()))
    writing = written.catch(() => {})
    return written
  }

  /**
   * Takes what Janus issued, and tells the other tabs. Resolves when the refresh token is in storage.
   *
   * @param changed Somebody signed in. `false`: the token is a new one.
   */
  function begin(
    { access_token: text, account_token: account, expires_in = 0, refresh_token }: Partial<TokenAnswer>,
    changed = true,
  ): Promise<void> {
    // Of this device's clock only the pace matters: it may be wrong, but it is the one that is asked later.
    const now = Date.now()
    const lifeMs = expires_in * 1000
    const refreshAt = now + lifeMs - Math.min(MARGIN_MS, lifeMs / 10)
    state.tell(
      true,
      text ? { text, account: account ?? text, refreshAt, expiresAt: now + lifeMs } : null,
      changed,
    )
    // A proof given again renews the access token alone.
    return text && !refresh_token ? writing : write(refresh_token)
  }

  function end(): Promise<void> {
    state.end(false)
    return write()
  }

  /** Returns whether it is known that nobody is signed in. */
  const isOut = () => state.signedIn() === false

  /** Returns the access token, unless its time is over or it is the one that was refused. */
  function good(until: 'refreshAt' | 'expiresAt', refused: Token | null): Token | null {
    return token && token.text !== refused?.text && Date.now() < token[until] ? token : null
  }

  /** Returns a token that is not the refused one, or `null` if nobody is signed in. @throws The error of the refresh. */
  async function obtain(refused: Token | null): Promise<Token | null> {
    if (isOut()) return null
    const known = good('refreshAt', refused)
    if (known) return known
    refreshing ??= refresh().finally(() => {
      refreshing = null
    })
    try {
      await refreshing
    } catch (error) {
      // The token may be good for a while yet, and somebody may have signed in or out meanwhile.
      if (!isOut() && !good('expiresAt', refused)) throw error
    }
    return good('expiresAt', refused)
  }

  /** Replaces the token, unless another tab is first, or somebody signs in or out meanwhile. */
  function refresh(): Promise<void> {
    const unchanged = state.watch()
    const old = token
    const due = () => unchanged() && token === old
    return state.withLock(async () => {
      const presented = storage && (await storage.get())
      if (!due()) return
      if (storage && !presented) return state.end(false)
      try {
        // With `if_present`, the answer is 204 where there is no cookie, and no error in the console.
        const more = state.signedIn() === null ? { if_present: true } : {}
        const response = await reach('/refresh', { body: presented ? { refresh_token: presented } : more })
        const answer = response.status === 204 ? null : await readAnswer(response, 'access_token')
        if (due()) await (answer ? begin(answer, false) : end())
      } catch (error) {
        if (!due()) return
        if (!isSignedOut(error)) throw error
        // A storage may be shared: whoever else refreshed or signed in has put a newer token there. There are no tabs
        // where there is a storage, so this does not wait for itself.
        if (storage && (await storage.get()) !== presented) return refresh()
        if (due()) await end()
      }
    })
  }

  return {
    state,
    cookies: !storage,
    begin,
    forget: write,

    async fieldsOf(sends) {
      const device_token = (storage && (await attempt(() => storage.getDevice?.()))) || device
      return {
        ...(sends === 'mode' && { mode: 'token', refresh_in: storage ? 'body' : 'cookie' }),
        // guard: a client without cookies says which device it is
        ...(device_token && { device_token }),
      }
    },

    async keepDevice(deviceToken) {
      device = deviceToken
      await attempt(() => storage?.setDevice?.(deviceToken))
    },

    // Once more with a new token if that was refused. What a refresh threw is thrown where there is no token without it.
    async send(url, send, body) {
      const of = isUnder(issuer, url) ? 'account' : 'text'
      const first = await obtain(null)
      const response = await send(first ? first[of] : first)
      if (!first || !response || !(await isTokenRefused(response))) return response
      const second = await obtain(first)
      // A stream is gone; the next call has the new token.
      if (!second || isStream(body)) return response
      // Unread, it would hold its connection.
      await response.text()
      return send(second[of])
    },
  }
}

/** Returns where tokens are kept. `null`: what there is to keep travels in a cookie. */
function storageOf({
  storage,
  refreshIn = storage || !inBrowser() ? 'body' : 'cookie',
}: TokenSurroundings): TokenStorage | null {
  return refreshIn === 'cookie' ? null : (storage ?? createMemoryStorage())
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

/** Returns whether a URL is under the path of Janus, and not one of an app beside it. */
function isUnder(issuer: string, url: string): boolean {
  return url.startsWith(issuer) && /^[/?#]|^$/.test(url.slice(issuer.length))
}

/**
 * Returns whether a token was refused, and not what was done with it (RFC 6750 §3.1). Of another origin browsers show the challenge only
 * if it is exposed; then the body has the code.
 */
async function isTokenRefused(response: Response): Promise<boolean> {
  if (response.status !== 401) return false
  const said = response.headers.get('WWW-Authenticate') ?? (await response.clone().text())
  return /invalid.token|token.expired/.test(said)
}

/** Returns what a storage gives, or `undefined` if it fails: the token of a device must not keep anybody from signing in. */
async function attempt<T>(work: () => T): Promise<Awaited<T> | undefined> {
  try {
    return await work()
  } catch {
    return undefined
  }
}

/** Returns whether a body is gone once it was sent. */
function isStream(body: unknown): boolean {
  const object = Object(body)
  return 'getReader' in object || Symbol.asyncIterator in object
}
