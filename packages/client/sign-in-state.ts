import { isSignedOut, readAnswer } from './problem.ts'
import { createTabs } from './tabs.ts'
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

export type Listener = (signedIn: boolean) => void

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

/**
 * Creates the state of one client's sign-in: whether there is one, and in token mode its access token.
 *
 * @param options.storage `null`: the refresh token is in a cookie, or there is none.
 * @param options.requestRefresh `POST /refresh`, with the token in the body or, if it is `null`, in the cookie; `ifPresent`: where there
 *   is no cookie, the answer is 204.
 * @param options.tabs The name under which tabs find one another; `''`: they share no sign-in.
 */
export function createSignInState({
  storage,
  hasTokens,
  requestRefresh,
  tabs: name,
}: {
  readonly storage: TokenStorage | null
  readonly hasTokens: boolean
  readonly requestRefresh: (refreshToken: string | null, ifPresent: boolean) => Promise<Response>
  readonly tabs: string
}) {
  let signedIn: boolean | null = null
  /** Moves with every sign-in and sign-out: what began before one says nothing of what holds after it. */
  let epoch = 0
  let token: Token | null = null
  let refreshing: Promise<void> | null = null
  let writing: Promise<void> = Promise.resolve()
  const listeners = new Set<Listener>()
  const { broadcast, withLock } = createTabs<Parameters<typeof setState>>(name, onBroadcast)

  /** @param changed Somebody signed in or out. `false`: it turned out who is, or the token is a new one. */
  function setState(now: boolean, next: Token | null, changed: boolean): void {
    token = next
    if (!changed && now === signedIn) return
    signedIn = now
    if (changed || !now) epoch++
    // Each by itself: one that throws fails neither the others nor a sign-in.
    for (const listener of listeners) Promise.resolve(now).then(listener)
  }

  /** Handles news of another tab. A refresh that was under way there does not sign in a tab that has signed out. */
  function onBroadcast(...news: Parameters<typeof setState>): void {
    if (news[2] || !isOut()) setState(...news)
  }

  /** Writes one token after the other, because a storage may not keep their order. */
  function write(refreshToken: string | undefined): Promise<void> {
    const written = writing.then(() => (refreshToken ? storage?.set(refreshToken) : storage?.remove()))
    writing = written.catch(() => {})
    return written
  }

  /**
   * Takes what Janus issued, which is no token in session mode, and tells the other tabs. Resolves when the refresh token is in
   * storage.
   *
   * @param changed As in `setState`.
   */
  function begin(
    { access_token: text, account_token: account, expires_in = 0, refresh_token }: Partial<TokenAnswer>,
    changed: boolean,
  ): Promise<void> {
    // Of this device's clock only the pace matters: it may be wrong, but it is the one that is asked later.
    const now = Date.now()
    const lifeMs = expires_in * 1000
    const refreshAt = now + lifeMs - Math.min(MARGIN_MS, lifeMs / 10)
    setState(
      true,
      text ? { text, account: account ?? text, refreshAt, expiresAt: now + lifeMs } : null,
      changed,
    )
    broadcast(true, token, changed)
    // A proof given again renews the access token alone.
    return text && !refresh_token ? writing : write(refresh_token)
  }

  /** @param changed `false`: it turned out to have ended. That is not told: another tab may be signed in anew by now. */
  function end(changed: boolean): Promise<void> {
    setState(false, null, changed)
    if (changed) broadcast(false, null, true)
    return write(undefined)
  }

  /** Returns whether it is known that nobody is signed in. */
  const isOut = () => signedIn === false

  /** Returns the access token, unless its time is over or it is the one that was refused. */
  function good(until: 'refreshAt' | 'expiresAt', refused: Token | null): Token | null {
    return token && token.text !== refused?.text && Date.now() < token[until] ? token : null
  }

  /** A token that is not the refused one, or `null` if nobody is signed in. @throws What the refresh threw. */
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

  /** Gives what tells whether nobody has signed in or out since. */
  function watch(): () => boolean {
    const then = epoch
    return () => epoch === then
  }

  /** Replaces the token, unless another tab is first, or somebody signs in or out meanwhile. */
  function refresh(): Promise<void> {
    const unchanged = watch()
    const old = token
    const due = () => unchanged() && token === old
    return withLock(async () => {
      const presented = storage && (await storage.get())
      if (!due()) return
      if (storage && !presented) return setState(false, null, false)
      try {
        const response = await requestRefresh(presented, signedIn === null)
        const isAnonymous = response.status === 204
        const answer = isAnonymous ? null : await readAnswer<TokenAnswer>(response, 'access_token')
        if (due()) await (answer ? begin(answer, false) : end(false))
      } catch (error) {
        if (!due()) return
        if (!isSignedOut(error)) throw error
        // A storage may be shared: whoever else refreshed or signed in has put a newer token there. There are no tabs
        // where there is a storage, so this does not wait for itself.
        if (storage && (await storage.get()) !== presented) return refresh()
        if (due()) await end(false)
      }
    })
  }

  return {
    watch,
    begin,
    end,
    withLock,
    signedIn: () => signedIn,
    /** Records that the session cookie is valid. */
    confirm: () => setState(true, token, false),
    subscribe(listener: Listener): () => void {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },

    /**
     * Sends a request with an access token, and once more with a new one if that was refused.
     *
     * @param of For whom the token is.
     * @param send Given `null` if nobody is signed in, and `undefined` if there are no tokens.
     * @param repeatable `false`: it is sent once. If its token was refused, that is the answer; the next call has a new one.
     * @throws What a refresh threw, where there is no token without it.
     */
    async sendWithToken<R extends Response | null>(
      of: 'account' | 'text',
      send: (token: string | null | undefined) => Promise<R>,
      repeatable = true,
    ): Promise<R> {
      const first = hasTokens ? await obtain(null) : undefined
      const response = await send(first ? first[of] : first)
      if (!first || !response || !(await isTokenRefused(response))) return response
      const second = await obtain(first)
      if (!second || !repeatable) return response
      // Unread, it would hold its connection.
      await response.text()
      return send(second[of])
    },
  }
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
