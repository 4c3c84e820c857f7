// All that `janus/client/social` exports: sign-in at other providers, for a client of `janus/client`.
import type { Abortable, JanusClient } from './client.ts'
import type { PendingSignIn, SignedIn, TokenAnswer } from './types.ts'

/** A provider that the service is set up with. */
export interface SocialProvider {
  /** As in paths and settings. */
  readonly name: string
  /** As on buttons. */
  readonly label: string
}

/** An identity of the account at a provider. */
export interface LinkedIdentity {
  readonly id: string
  /** The name of the provider. */
  readonly provider: string
  readonly label: string
  /** The address that the provider named when the identity was linked; `null` if it named none. */
  readonly email: string | null
  readonly created_at: string
  readonly last_used_at: string | null
}

/** Says where to go. */
export interface AuthorizationBegun {
  /** Open it in the browser of the person. */
  readonly authorization_url: string
  /** Says how many seconds the person has there. */
  readonly expires_in: number
  /** In token mode: keep it, and send it with what comes back. In session mode it is in a cookie. */
  readonly binding?: string
}

/** The parameters with which the browser came back to the app, and the binding that the first step returned. */
export interface ProviderAnswer {
  readonly state: string
  readonly code?: string
  readonly iss?: string
  readonly error?: string
  readonly error_description?: string
  readonly profile?: string
  readonly binding: string
}

/** Nobody is signed in: an account has the address (`sign-in`), or the address is not proven and a link was mailed (`mail`). */
export interface IdentityOffered {
  readonly next: readonly ('sign-in' | 'mail')[]
  /** Send it by {@link SocialClient.connect} once the person has signed in. */
  readonly offer: string
  readonly expires_in: number
  /** Binds the mailed link to this client. */
  readonly binding?: string
}

/** Names where the browser comes back to: in token mode required, and a URL of the app. */
export interface Return {
  readonly return_to?: string
}

/** Describes what a person does with accounts at other providers. Each call throws as those of {@link JanusClient} do. */
export interface SocialClient {
  /** Lists the providers, for buttons. */
  providers(options?: Abortable): Promise<{ readonly providers: readonly SocialProvider[] }>
  /** Begins a sign-in. In session mode the browser comes back signed in; in token mode hand on what comes back by {@link SocialClient.confirm}. */
  begin(provider: string, goal?: Return, options?: Abortable): Promise<AuthorizationBegun>
  /** Completes a sign-in in token mode. An account with a second factor is answered as by {@link JanusClient.signIn}. */
  confirm(answer: ProviderAnswer, options?: Abortable): Promise<SignedIn | PendingSignIn | IdentityOffered>
  /** Lists the identities of the account. */
  identities(options?: Abortable): Promise<{ readonly identities: readonly LinkedIdentity[] }>
  /** Begins to link an identity to the account. It takes a proof of the last ten minutes, as do the calls below. */
  beginLinking(provider: string, goal?: Return, options?: Abortable): Promise<AuthorizationBegun>
  /** Completes a linking in token mode. */
  confirmLinking(answer: ProviderAnswer, options?: Abortable): Promise<void>
  /** Connects the identity of a sign-in that was answered with an offer. Browsers have the offer in a cookie in session mode. */
  connect(offered?: { readonly offer?: string }, options?: Abortable): Promise<void>
  /** Unlinks an identity. The last way in stays. */
  unlink(id: string, options?: Abortable): Promise<void>
}

/** Creates what signs people in at other providers, by a client of `janus/client`. */
export function createSocialClient({ call, mode }: JanusClient): SocialClient {
  const signedIn = { signedIn: true } as const
  const change = async (path: string, body: object, options?: Abortable) => {
    await call(path, { ...options, ...signedIn, body })
  }

  return {
    providers: (options) => call('/login/social', { ...options, method: 'GET' }),
    // The mode says how the browser comes back.
    begin: (provider, goal = {}, options) =>
      call(`/login/social/${encodeURIComponent(provider)}`, { ...options, body: { ...goal, mode } }),
    async confirm(given, options) {
      const answer = await call<(SignedIn & TokenAnswer) | PendingSignIn | IdentityOffered>(
        '/login/social/confirm',
        { ...options, body: given, sends: 'mode' },
      )
      if ('next' in answer) return answer
      // The client has the tokens.
      const { access_token, account_token, token_type, expires_in, refresh_token, device_token, ...rest } =
        answer
      return rest
    },
    identities: (options) => call('/identities', { ...options, ...signedIn, method: 'GET' }),
    beginLinking: (provider, goal = {}, options) =>
      call(`/identities/${encodeURIComponent(provider)}/link`, { ...options, ...signedIn, body: goal }),
    confirmLinking: (given, options) => change('/identities/confirm', given, options),
    connect: ({ offer } = {}, options) =>
      change('/identities/connect', offer === undefined ? {} : { offer }, options),
    unlink: (id, options) => change(`/identities/${encodeURIComponent(id)}/remove`, {}, options),
  }
}
