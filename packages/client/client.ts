import type {
  Credentials,
  NewAccount,
  PasswordChange,
  SignedIn,
  SignInLink,
  SignUp,
  TokenAnswer,
} from './account.ts'
import { type JanusClientOptions, storageOf } from './options.ts'
import { originOf } from './origin.ts'
import { isSignedOut, readAnswer } from './problem.ts'
import { createSignInState, type Listener } from './sign-in-state.ts'
import { inTime, unlessAborted } from './time-limit.ts'

/**
 * A client of Janus for one person. A call to Janus throws {@link JanusProblem} if it is refused, and what `fetch` throws
 * if nothing answers. After 10 seconds without an answer it throws a `TypeError`, as `fetch` does.
 */
export interface JanusClient {
  /** `null` until it is known: until somebody signs in, or the first call. */
  readonly signedIn: boolean | null
  signUp(account: NewAccount): Promise<SignUp>
  signIn(credentials: Credentials): Promise<SignedIn>
  signInWithLink(link: SignInLink): Promise<SignedIn>
  /** Ends the session; one that is over already is no error. If it throws, ask `me` whether it has: Janus may have ended it and not be sure of every copy. */
  signOut(): Promise<void>
  /** Ends all sessions of the account, or all but this one. */
  signOutEverywhere(options?: { readonly keep_current?: boolean }): Promise<void>
  /** Ends the other sessions, and renews this one. */
  changePassword(change: PasswordChange): Promise<SignedIn>
  /** Who is signed in, or `null`. */
  me(): Promise<SignedIn | null>
  /**
   * As `fetch`, with the credential. If the access token is refused, it is refreshed and the request sent once more, unless its
   * body is a stream. If nobody is signed in, the request goes without.
   *
   * With a token, redirects are not followed unless `init.redirect` says so: some runtimes take the token along.
   *
   * Rejects as soon as `signal` aborts, also while a refresh is under way, which goes on for the other calls.
   *
   * @throws {TypeError} If the URL is of an origin that is not listed; nothing is sent.
   */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>
  /** Calls back when somebody signs in or out, here or in another tab. Gives what ends that. */
  subscribe(listener: Listener): () => void
}

/** Not every runtime says that it knows of cookies. */
type Init = RequestInit & { credentials?: 'include' | 'omit' | 'same-origin' }

export function createJanusClient(options: JanusClientOptions): JanusClient {
  const { mode, fetch: send = (input, init) => fetch(input, init) } = options
  const hasTokens = mode === 'token'
  const issuer = options.issuer.replace(/\/$/, '')
  const origins = [issuer, ...(options.origins ?? [])].map(originOf)
  const storage = storageOf(options)
  const modeFields = hasTokens ? { mode, refresh_in: storage ? 'body' : 'cookie' } : { mode }
  let device: string | null = null
  const { withLock, begin, sendWithToken, confirm, end, signedIn, subscribe, watch } = createSignInState({
    storage,
    hasTokens,
    requestRefresh: (text) => call('/refresh', text ? { refresh_token: text } : {}),
    tabs: storage ? '' : `janus ${mode} ${issuer}`,
  })

  /**
   * To Janus itself. A redirect is not followed: it would take passwords along.
   *
   * @param body `undefined`: it is a GET.
   * @param token `null`: nobody is signed in, and no cookie shall say otherwise.
   */
  function call(path: string, body?: object, token?: string | null): Promise<Response> {
    const init: Init = { redirect: 'manual', credentials: storage || token === null ? 'omit' : 'include' }
    if (body) {
      init.method = 'POST'
      init.headers = { 'Content-Type': 'application/json' }
      init.body = JSON.stringify(body)
    }
    return inTime((signal) => request(issuer + path, { ...init, signal }, token))
  }

  function request(input: string | Request, init: Init, token?: string | null): Promise<Response> {
    if (!token) return send(input, init)
    const headers = new Headers(init.headers)
    headers.set('Authorization', `Bearer ${token}`)
    return send(input, { redirect: 'manual', ...init, headers })
  }

  /** Adds the token of this device, if there is one and no cookie has it. */
  async function withDevice(body: object): Promise<object> {
    const device_token = (storage && (await attempt(() => storage.getDevice?.()))) || device
    return device_token ? { ...body, device_token } : body
  }

  /** Whether a URL is under the path of Janus, and not one of an app beside it. */
  function isOwn(url: string): boolean {
    return url.startsWith(issuer) && /^[/?#]|^$/.test(url.slice(issuer.length))
  }

  /** Signs in with an answer. @throws {JanusProblem} If it does not sign in. */
  async function enter(response: Response): Promise<SignedIn> {
    const answer = await readAnswer<SignedIn & TokenAnswer>(response, hasTokens ? 'access_token' : 'user')
    await begin(answer, true)
    const { user, session, device_token } = answer
    if (device_token) {
      device = device_token
      await attempt(() => storage?.setDevice?.(device_token))
    }
    return { user, session }
  }

  /** Alone, for no answer to a refresh may put an older cookie in place of the new one. */
  function postSignIn(path: string, body: object): Promise<Response> {
    return withLock(async () => call(path, await withDevice({ ...body, ...modeFields })))
  }

  /** @param isDone Whether a failure says that there is nothing left to do. */
  async function leave(
    path: string,
    body: { readonly keep_current?: boolean },
    isDone: (error: unknown) => boolean,
  ): Promise<void> {
    const unchanged = watch()
    try {
      await readAnswer(await sendWithToken('account', (token) => call(path, body, token)))
    } catch (error) {
      if (!isDone(error)) throw error
    }
    if (!body.keep_current && unchanged()) await end(true)
  }

  async function me(): Promise<SignedIn | null> {
    const unchanged = watch()
    const response = await sendWithToken('account', async (token) =>
      token === null ? null : call('/me', undefined, token),
    )
    if (!response) return null
    try {
      const answer = await readAnswer<SignedIn>(response, 'user')
      if (unchanged()) confirm()
      return answer
    } catch (error) {
      if (!isSignedOut(error)) throw error
      if (!unchanged()) return me()
      await end(false)
      return null
    }
  }

  return {
    get signedIn() {
      return signedIn()
    },

    async signUp(account) {
      const response = await postSignIn('/register', account)
      if (response.status !== 202) return { outcome: 'signed-in', ...(await enter(response)) }
      const { binding } = await readAnswer<{ binding: string }>(response, 'binding')
      return { outcome: 'verification-sent', binding }
    },

    signIn: async (credentials) => enter(await postSignIn('/login', credentials)),

    signInWithLink: async (link) => enter(await postSignIn('/login/link/confirm', link)),

    signOut: () => leave('/logout', {}, isSignedOut),

    signOutEverywhere: (options = {}) => leave('/logout/all', options, () => false),

    changePassword: async (change) =>
      enter(
        await sendWithToken('account', (token) =>
          withLock(async () => call('/password', await withDevice(change), token)),
        ),
      ),

    me,

    async fetch(input, init = {}) {
      const given = input instanceof Request ? input : new Request(input)
      const origin = originOf(given.url)
      if (!origin || !origins.includes(origin)) {
        throw new TypeError(`${origin} is not in "origins"`)
      }
      const asked: Init = { headers: given.headers, signal: given.signal, ...init }
      if (!hasTokens) asked.credentials = 'include'
      const send = () =>
        sendWithToken(
          isOwn(given.url) ? 'account' : 'text',
          // A copy, for the body of a request can be read once.
          (token) => request(input === given ? given.clone() : given.url, asked, token),
          !isStream(init.body),
        )
      return asked.signal ? unlessAborted(asked.signal, send) : send()
    },

    subscribe,
  }
}

/** Returns what a storage gives, or `undefined` if it fails: the token of a device must not keep anybody from signing in. */
async function attempt<T>(ask: () => T): Promise<Awaited<T> | undefined> {
  try {
    return await ask()
  } catch {
    return undefined
  }
}

/** Whether a body is gone once it was sent. */
function isStream(body: unknown): boolean {
  const object = Object(body)
  return 'getReader' in object || Symbol.asyncIterator in object
}
