// All that `janus/client/account` exports: the routes of an account, for a client of `janus/client`.
import type { Abortable, JanusClient } from './client.ts'
import type {
  AccountExport,
  Activity,
  ApiKey,
  ApiKeys,
  Binding,
  ConnectedApp,
  Device,
  EmailVerified,
  FactorCode,
  Goal,
  ListedSession,
  OwnProofs,
  Passkey,
  PasswordChange,
  PendingSignIn,
  Profile,
  RecoveryCodes,
  SecondFactor,
  SignedIn,
  SignInLink,
  TokenAnswer,
  TotpOffer,
} from './types.ts'

export type {
  AccountExport,
  Activity,
  ApiKey,
  ApiKeys,
  Binding,
  ConnectedApp,
  Device,
  EmailVerified,
  FactorCode,
  Goal,
  GrantedApp,
  ListedSession,
  OwnProofs,
  Passkey,
  PasswordChange,
  RecoveryCodes,
  SecondFactor,
  SignInLink,
  TotpOffer,
} from './types.ts'

/** Selects a page of a list. */
export interface PageOptions extends Abortable {
  /** The `next_cursor` of the page before. */
  readonly cursor?: string | undefined
}

/** Names who gets a mail. */
export interface MailRecipient {
  readonly email: string
  /** The token of the widget, where the service has `TURNSTILE_SITE_KEY`. */
  readonly turnstile_token?: string
}

/** Describes what a person does with an account. Each call throws as those of {@link JanusClient} do. */
export interface AccountClient {
  /** Mails a link that signs in. Resolves alike whether or not there is an account. */
  requestSignInLink(recipient: MailRecipient, options?: Abortable): Promise<Binding>
  /** Signs in with the token of the mailed link, or with its code. An account with a second factor is answered as by {@link JanusClient.signIn}. */
  signInWithLink(link: SignInLink, options?: Abortable): Promise<(SignedIn & Goal) | PendingSignIn>
  /** Mails a link to choose a new password. Resolves alike whether or not there is an account. */
  forgotPassword(recipient: MailRecipient, options?: Abortable): Promise<void>
  /** Sets the password with the token of the mailed link, and ends every session of the account. Signs nobody in. */
  resetPassword(
    reset: { readonly token: string; readonly new_password: string },
    options?: Abortable,
  ): Promise<void>
  /** Proves an address with the token of the mailed link. Signs in too if it is confirmed where the account was registered. */
  verifyEmail(
    link: { readonly token: string; readonly binding?: string; readonly new_password?: string },
    options?: Abortable,
  ): Promise<EmailVerified>
  /** Mails the link that proves an address again. @param recipient.binding What signing up was answered, for a client without cookies. */
  resendVerification(
    recipient: { readonly email: string; readonly binding?: string },
    options?: Abortable,
  ): Promise<Binding>
  /** Ends the other sessions, and renews this one. */
  changePassword(change: PasswordChange, options?: Abortable): Promise<SignedIn>
  /** Mails a link to the new address, and a notice to the old one. */
  changeEmail(
    change: { readonly email: string; readonly password?: string },
    options?: Abortable,
  ): Promise<Binding>
  /** Puts the new address in place with the token of the mailed link. */
  confirmEmailChange(
    link: { readonly token: string; readonly binding?: string },
    options?: Abortable,
  ): Promise<void>
  /** Changes the name (`null`: none), and replaces the metadata (`null`: empties it). What is left out stays. */
  update(
    profile: {
      readonly name?: string | null
      readonly user_metadata?: Readonly<Record<string, unknown>> | null
    },
    options?: Abortable,
  ): Promise<Profile>
  /** Deletes the account and ends all its sessions. */
  delete(proof: { readonly password?: string }, options?: Abortable): Promise<void>
  /** Completes a sign-in that was answered with `next`. @param step.pending What the first step answered, in token mode. */
  completeSignIn(
    step: FactorCode & { readonly pending?: string },
    options?: Abortable,
  ): Promise<SignedIn & Goal>
  /** Begins to set up an authenticator app in a sign-in whose `next` has `enrol-totp`. */
  offerTotpInSignIn(step: { readonly pending?: string }, options?: Abortable): Promise<TotpOffer>
  /** Completes a sign-in with the first code of the app. */
  confirmTotpInSignIn(
    step: { readonly enrolment: string; readonly code: string; readonly pending?: string },
    options?: Abortable,
  ): Promise<SignedIn & RecoveryCodes & Goal>
  /** Lists what renews the proof of this session, for a call that threw `insufficient-user-authentication`. */
  proofs(options?: Abortable): Promise<OwnProofs>
  /** Proves again who is signed in. A passkey does, too: `janus/client/passkeys`. */
  reauthenticate(proof: { readonly password: string } | FactorCode, options?: Abortable): Promise<SignedIn>
  secondFactor(options?: Abortable): Promise<SecondFactor>
  /** Begins to set up an authenticator app. Nothing changes before {@link AccountClient.confirmTotp}. */
  offerTotp(options?: Abortable): Promise<TotpOffer>
  /** Sets the app up with its first code. Ends the other sessions, and renews this one. */
  confirmTotp(
    confirmation: { readonly enrolment: string; readonly code: string },
    options?: Abortable,
  ): Promise<SignedIn & RecoveryCodes>
  /** Removes the app and its recovery codes. Ends the other sessions, and renews this one. */
  removeSecondFactor(options?: Abortable): Promise<SignedIn>
  /** Replaces the recovery codes. */
  renewRecoveryCodes(options?: Abortable): Promise<RecoveryCodes>
  /** Lists the passkeys of the account, the oldest first. Adding, using and removing one: `janus/client/passkeys`. */
  passkeys(options?: Abortable): Promise<{ readonly passkeys: readonly Passkey[] }>
  renamePasskey(id: string, name: string, options?: Abortable): Promise<Passkey>
  /** Ends all sessions of the account, or all but this one. */
  signOutEverywhere(options?: Abortable & { readonly keep_current?: boolean }): Promise<void>
  /** Lists the sessions of the account, the newest first. */
  sessions(
    options?: PageOptions,
  ): Promise<{ readonly sessions: readonly ListedSession[]; readonly next_cursor?: string }>
  /** Ends one session of the account. */
  endSession(id: string, options?: Abortable): Promise<void>
  /** Lists the apps that the person connected, the newest first. */
  apps(options?: Abortable): Promise<{ readonly apps: readonly ConnectedApp[] }>
  /** Ends the access of an app. It has to ask again. */
  disconnectApp(id: string, options?: Abortable): Promise<void>
  /** Lists the API keys of the account, the newest first, and what a key can be made for. */
  apiKeys(options?: Abortable): Promise<ApiKeys>
  /** Makes an API key. `secret` is the key, which no other answer has. Takes a proof of the last minutes. */
  createApiKey(
    key: {
      readonly name: string
      /** Scopes of the resource, separated by spaces. */
      readonly scope: string
      /** May be left out where there is one. */
      readonly resource?: string
      /** 1 to 366; 90 if it is left out. */
      readonly expires_in_days?: number
    },
    options?: Abortable,
  ): Promise<{ readonly api_key: ApiKey; readonly secret: string }>
  /** Ends an API key at once. */
  revokeApiKey(id: string, options?: Abortable): Promise<void>
  /** Lists the browsers and apps that the account knows, the one used last first. */
  devices(options?: Abortable): Promise<{ readonly devices: readonly Device[] }>
  /** Makes a device unknown to the account. */
  forgetDevice(id: string, options?: Abortable): Promise<void>
  /** Returns everything that is kept of the account but its secrets. Takes a proof of the last minutes. */
  export(options?: Abortable): Promise<AccountExport>
  /** Lists what happened to the account, the newest first. */
  activity(
    options?: PageOptions,
  ): Promise<{ readonly events: readonly Activity[]; readonly next_cursor?: string }>
}

/** Creates what calls the routes of an account, by a client of `janus/client`. */
export function createAccountClient({ call }: JanusClient): AccountClient {
  const mailed = (path: string, body: object, options?: Abortable) =>
    call<Binding>(path, { ...options, body, sends: 'device' })
  const signedIn = { signedIn: true } as const
  const listed = <T>(path: string, { cursor, signal }: PageOptions = {}) =>
    call<T>(cursor === undefined ? path : `${path}?cursor=${encodeURIComponent(cursor)}`, {
      ...signedIn,
      method: 'GET',
      signal,
    })
  const ended = async (path: string, id: string, options?: Abortable) => {
    await call(`${path}/${encodeURIComponent(id)}`, { ...options, ...signedIn, method: 'DELETE' })
  }
  const posted = async (path: string, id: string, verb: string, options?: Abortable) => {
    await call(`${path}/${encodeURIComponent(id)}/${verb}`, { ...options, ...signedIn, body: {} })
  }
  /** Leaves the tokens out, which the client has. The first of two steps has none. */
  const entered = async <T extends SignedIn | EmailVerified | PendingSignIn>(
    given: Promise<T & Partial<TokenAnswer>>,
  ): Promise<T> => {
    const answer = await given
    if ('next' in answer) return answer
    const { access_token, account_token, token_type, expires_in, refresh_token, device_token, ...rest } =
      answer
    return rest as unknown as T
  }

  return {
    requestSignInLink: (recipient, options) => mailed('/login/link', recipient, options),
    signInWithLink: (link, options) =>
      entered(call('/login/link/confirm', { ...options, body: link, sends: 'mode' })),
    async forgotPassword(recipient, options) {
      await mailed('/password/forgot', recipient, options)
    },
    async resetPassword(reset, options) {
      await mailed('/password/reset', reset, options)
    },
    verifyEmail: (link, options) => entered(call('/email/verify', { ...options, body: link, sends: 'mode' })),
    resendVerification: (recipient, options) => mailed('/email/verify/resend', recipient, options),
    changePassword: (change, options) =>
      entered(call('/password', { ...options, ...signedIn, body: change, sends: 'device' })),
    changeEmail: (change, options) => call('/email/change', { ...options, ...signedIn, body: change }),
    async confirmEmailChange(link, options) {
      await call('/email/change/confirm', { ...options, body: link })
    },
    update: async (profile, options) =>
      (await call<{ user: Profile }>('/me', { ...options, ...signedIn, method: 'PATCH', body: profile }))
        .user,
    async delete(proof, options) {
      await call('/me/delete', { ...options, ...signedIn, body: proof, ends: true })
    },
    completeSignIn: (step, options) =>
      entered(call('/login/second-factor', { ...options, body: step, sends: 'mode' })),
    offerTotpInSignIn: (step, options) => call(SET_UP_TOTP, { ...options, body: step }),
    confirmTotpInSignIn: (step, options) =>
      entered(call(`${SET_UP_TOTP}/confirm`, { ...options, body: step, sends: 'mode' })),
    proofs: (options) => listed('/reauthenticate', options),
    reauthenticate: (proof, options) =>
      entered(
        call(`/reauthenticate${'password' in proof ? '' : '/second-factor'}`, {
          ...options,
          ...signedIn,
          body: proof,
          renews: true,
        }),
      ),
    secondFactor: (options) => listed('/me/second-factor', options),
    offerTotp: (options) => call('/me/totp', { ...options, ...signedIn, body: {} }),
    confirmTotp: (confirmation, options) =>
      entered(call('/me/totp/confirm', { ...options, ...signedIn, body: confirmation, sends: 'device' })),
    removeSecondFactor: (options) =>
      entered(call('/me/second-factor/remove', { ...options, ...signedIn, body: {}, sends: 'device' })),
    renewRecoveryCodes: (options) => call('/me/recovery-codes', { ...options, ...signedIn, body: {} }),
    passkeys: (options) => listed('/passkeys', options),
    renamePasskey: async (id, name, options) =>
      (
        await call<{ passkey: Passkey }>(`/passkeys/${encodeURIComponent(id)}/rename`, {
          ...options,
          ...signedIn,
          body: { name },
        })
      ).passkey,
    async signOutEverywhere({ signal, keep_current } = {}) {
      const body = keep_current === undefined ? {} : { keep_current }
      await call('/logout/all', { signal, ...signedIn, body, ends: !keep_current })
    },
    sessions: (options) => listed('/sessions', options),
    endSession: (id, options) => ended('/sessions', id, options),
    apps: (options) => listed('/apps', options),
    disconnectApp: (id, options) => posted('/apps', id, 'disconnect', options),
    apiKeys: (options) => listed('/api-keys', options),
    createApiKey: (key, options) => call('/api-keys', { ...options, ...signedIn, body: key }),
    revokeApiKey: (id, options) => posted('/api-keys', id, 'revoke', options),
    devices: (options) => listed('/devices', options),
    forgetDevice: (id, options) => ended('/devices', id, options),
    export: (options) => call('/me/export', { ...options, ...signedIn, method: 'GET' }),
    activity: (options) => listed('/me/activity', options),
  }
}

const SET_UP_TOTP = '/login/second-factor/set-up/totp'
