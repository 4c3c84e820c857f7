import type { SignInState } from './sign-in-state.ts'
import type { TokenAnswer } from './types.ts'

/** Carries the proof of a sign-in from call to call: a cookie does, or tokens. */
export interface Carrier {
  readonly state: Pick<
    SignInState<never>,
    'withLock' | 'signedIn' | 'confirm' | 'end' | 'watch' | 'subscribe'
  >
  /** Says whether requests take the cookies of Janus along. */
  readonly cookies: boolean
  /** Takes what Janus issued to somebody who signed in, and tells the other tabs. Resolves when it is kept. */
  begin(answer: Partial<TokenAnswer>): Promise<void> | void
  /** Forgets what is kept of a sign-in that has ended. */
  forget(): Promise<void> | void
  /** Returns what a route takes besides, unless it is in a cookie: how this client wants its session, and the token of this device. */
  fieldsOf(sends: 'device' | 'mode'): object | Promise<object>
  /** Keeps the token of this device. */
  keepDevice(token: string): Promise<void> | void
  /**
   * Sends a request with the proof.
   *
   * @param url Where it is sent.
   * @param send Given an access token, `null` if nobody is signed in, and `undefined` if a cookie proves it.
   * @param body Of the request. A stream can be sent once.
   */
  send<R extends Response | null>(
    url: string,
    send: (token: string | null | undefined) => Promise<R>,
    body?: unknown,
  ): Promise<R>
}

/** Creates the carrier of session mode. Browsers send the cookie; scripts cannot read it. */
export function createCookieCarrier(state: SignInState<never>): Carrier {
  return {
    state,
    cookies: true,
    begin: () => state.tell(true, null, true),
    forget() {},
    fieldsOf: (sends) => (sends === 'mode' ? { mode: 'session' } : {}),
    // It is in a cookie.
    keepDevice() {},
    send: (_, send) => send(undefined),
  }
}
