import { createCookieCarrier } from './carrier.ts'
import type { JanusClientOptions } from './options.ts'
import { originOf } from './origin.ts'
import { isSignedOut, readAnswer } from './problem.ts'
import { createSignInState, type Listener } from './sign-in-state.ts'
import { inTime, unlessAborted } from './time-limit.ts'
import type { Credentials, Me, NewAccount, PendingSignIn, SignedIn, SignUp, TokenAnswer } from './types.ts'

/** Describes the options of every call. */
export interface Abortable {
  /** Rejects the call with the signal's reason. A request that was sent already may have been carried out. */
  readonly signal?: AbortSignal | undefined
}

/** A request to a route of Janus. */
export interface Call extends Abortable {
  /** `POST` by default. */
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly body?: object
  /** Sends the credential. Without it, the route is one that anybody may call. */
  readonly signedIn?: boolean
  /**
   * Adds to the body what a route takes: `device` the token of this device, `mode` also how this client wants its session. What the
   * answer gives of these is kept.
   */
  readonly sends?: 'device' | 'mode'
  /** The answer may renew the session, and what it gives is kept. */
  readonly renews?: boolean
  /** The session is over once the route has answered. */
  readonly ends?: boolean
}

/**
 * A client of Janus for one person. A call to Janus throws {@link JanusProblem} if Janus refuses it, and what `fetch` throws
 * if nothing answers. After `timeoutMs` without an answer it throws a `TypeError`, as `fetch` does.
 *
 * The routes of an account (password, address, sessions, and so on) are in `janus/client/account`.
 */
export interface JanusClient {
  /** Says how this client signs in. */
  readonly mode: 'session' | 'token'
  /** `null` until it is known: until somebody signs in, or the first call. */
  readonly signedIn: boolean | null
  signUp(account: NewAccount, options?: Abortable): Promise<SignUp>
  /** Signs in. For an account with a second factor it returns `next`: send the code to `/login/second-factor`, by {@link JanusClient.call}. */
  signIn(credentials: Credentials, options?: Abortable): Promise<SignedIn | PendingSignIn>
  /** Ends the session; one that is over already is no error. If it throws, ask `me`: the session may have ended although a copy of it is not deleted yet. */
  signOut(options?: Abortable): Promise<void>
  /** Returns who is signed in, or `null`. An answer from before somebody signed in or out is asked for again. */
  me(options?: Abortable): Promise<Me | null>
  /**
   * Works as `fetch`, with the credential. If the access token is refused, it is refreshed and the request sent once more, unless its
   * body is a stream. If nobody is signed in, the request goes without.
   *
   * With a token, redirects are not followed unless `init.redirect` says so: some runtimes take the token along.
   *
   * Rejects as soon as `signal` aborts, also while a refresh is under way, which goes on for the other calls.
   *
   * @throws {TypeError} If the URL is of an origin that is not listed; nothing is sent.
   */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>
  /** Calls back when somebody signs in or out, here or in another tab. Returns what ends that. */
  subscribe(listener: Listener): () => void
  /**
   * Calls a route of Janus and returns the body of its answer, or `null` if it has none. For routes that neither this client nor
   * `janus/client/account` has.
   */
  call<T = unknown>(path: string, call?: Call): Promise<T>
}

/** Not every runtime says that it knows of cookies. */
type Init = RequestInit & { credentials?: 'include' | 'omit' | 'same-origin' }

export function createJanusClient(options: JanusClientOptions): JanusClient {
  const { mode, timeoutMs = 10_000, fetch: send = (input, init) => fetch(input, init) } = options
  const hasTokens = mode === 'token'
  const issuer = options.issuer.replace(/\/$/, '')
  const origins = [issuer, ...(options.origins ?? [])].map(originOf)
  const createState = <Proof>(shared: boolean, adopt: (proof: Proof | null) => void) =>
    createSignInState(shared ? `janus ${mode} ${issuer}` : '', adopt)
  const carrier =
    options.mode === 'token'
      ? options.createTokens({
          ...options,
          issuer,
          createState,
          reach,
          readAnswer,
          isSignedOut,
        })
      : createCookieCarrier(createState(true, () => {}))
  const { state, cookies } = carrier

  /**
   * Asks Janus itself. A redirect is not followed: it would take passwords along.
   *
   * @param token `null`: nobody is signed in, and no cookie shall say otherwise.
   */
  function reach(path: string, { method = 'POST', body, signal }: Call, token?: string | null) {
    const init: Init = {
      method,
      redirect: 'manual',
      credentials: cookies && token !== null ? 'include' : 'omit',
    }
    if (body) {
      init.headers = { 'Content-Type': 'application/json' }
      init.body = JSON.stringify(body)
    }
    return inTime(timeoutMs, signal, (signal) => request(issuer + path, { ...init, signal }, token))
  }

  function request(input: string | Request, init: Init, token?: string | null): Promise<Response> {
    if (!token) return send(input, init)
    const headers = new Headers(init.headers)
    headers.set('Authorization', `Bearer ${token}`)
    return send(input, { redirect: 'manual', ...init, headers })
  }

  /** Sends a request. Alone if it may give a session: no answer to a refresh may put an older cookie in place of the new one. */
  function sendCall(path: string, call: Call): Promise<Response> {
    const sendOnce = (token?: string | null) => {
      const { sends, body } = call
      const sendNow = async () =>
        reach(path, sends ? { ...call, body: { ...body, ...(await carrier.fieldsOf(sends)) } } : call, token)
      return sends || call.renews ? state.withLock(sendNow) : sendNow()
    }
    return call.signedIn ? carrier.send(issuer, sendOnce) : sendOnce()
  }

  /** Keeps a session and the token of this device, where an answer has them. */
  async function keep(answer: Partial<SignedIn & TokenAnswer>): Promise<void> {
    const { user, session, device_token } = answer
    if (session && (user || answer.access_token)) await carrier.begin(answer)
    if (device_token) await carrier.keepDevice(device_token)
  }

  function end(changed: boolean): Promise<void> | void {
    state.end(changed)
    return carrier.forget()
  }

  /**
   * Calls a route and keeps what its answer gives.
   *
   * @param member One that the body of an answer must have, by its status.
   */
  function answerOf<T extends object>(
    path: string,
    call: Call,
    member?: (status: number) => keyof T,
  ): Promise<T> {
    return unlessAborted(call.signal, async () => {
      const unchanged = state.watch()
      const response = await sendCall(path, call)
      const answer = await readAnswer<T>(response, member?.(response.status))
      if ((call.sends || call.renews) && answer) await keep(answer)
      if (call.ends && unchanged()) await end(true)
      return answer
    })
  }

  const call = <T>(path: string, call: Call = {}) => answerOf<T & object>(path, call) as Promise<T>

  /** Signs in. @throws {JanusProblem} If the answer does not. */
  async function enter(path: string, body: object, options?: Abortable): Promise<SignedIn | PendingSignIn> {
    const answer = await answerOf<SignedIn & TokenAnswer & Partial<PendingSignIn>>(
      path,
      { ...options, body, sends: 'mode' },
      () => (hasTokens ? 'access_token' : 'user'),
    )
    return 'next' in answer ? pendingIn(answer) : { user: answer.user, session: answer.session }
  }

  async function findMe(signal: AbortSignal | undefined): Promise<Me | null> {
    const unchanged = state.watch()
    // Without tokens `GET /` is asked, which answers everybody with 200: browsers show each 401 as an error.
    const [path, member] = hasTokens ? (['/me', 'user'] as const) : (['/', 'authenticated'] as const)
    const response = await carrier.send(issuer, async (token) =>
      token === null ? null : reach(path, { method: 'GET', signal }, token),
    )
    if (!response) return null
    try {
      const { user, session } = await readAnswer<WhoAmI>(response, member)
      if (user && session && unchanged()) {
        state.confirm()
        return { user, session }
      }
    } catch (error) {
      if (!isSignedOut(error)) throw error
    }
    // Of whoever was signed in before.
    if (!unchanged()) return findMe(signal)
    await end(false)
    return null
  }

  const me = ({ signal }: Abortable = {}) => unlessAborted(signal, () => findMe(signal))

  return {
    mode,

    get signedIn() {
      return state.signedIn()
    },

    async signUp(account, options) {
      const answer = await answerOf<
        Partial<SignedIn & TokenAnswer & PendingSignIn> & { readonly binding: string }
      >('/register', { ...options, body: account, sends: 'mode' }, (status) =>
        status === 202 ? 'binding' : hasTokens ? 'access_token' : 'user',
      )
      const { user, session, binding } = answer
      if ('next' in answer) return { outcome: 'second-factor-due', ...pendingIn(answer) }
      return user && session
        ? { outcome: 'signed-in', user, session }
        : { outcome: 'verification-sent', binding }
    },

    signIn: (credentials, options) => enter('/login', credentials, options),

    async signOut(options) {
      const unchanged = state.watch()
      try {
        // A 401 would be shown as an error. Somebody may have signed in on a page of Janus since, so that is asked first.
        if (state.signedIn() !== false || (await me(options)))
          await call('/logout', { ...options, signedIn: true, body: {} })
      } catch (error) {
        if (!isSignedOut(error)) throw error
      }
      if (unchanged()) await end(true)
    },

    me,

    async fetch(input, init = {}) {
      const whole = input instanceof Request ? input : new Request(input)
      const origin = originOf(whole.url)
      if (!origin || !origins.includes(origin)) {
        throw new TypeError(`${origin} is not in "origins"`)
      }
      const merged: Init = { headers: whole.headers, signal: whole.signal, ...init }
      if (!hasTokens) merged.credentials = 'include'
      return unlessAborted(merged.signal, () =>
        carrier.send(
          whole.url,
          // A copy, because the body of a request can be read once.
          (token) => request(input === whole ? whole.clone() : whole.url, merged, token),
          init.body,
        ),
      )
    },

    subscribe: state.subscribe,
    call,
  }
}

type WhoAmI = Partial<Me> & { readonly authenticated?: boolean }

/** Returns the members of an answer that has `next`. */
function pendingIn({ next, expires_in, pending }: Partial<PendingSignIn>): PendingSignIn {
  return { next, expires_in, ...(pending && { pending }) } as PendingSignIn
}
