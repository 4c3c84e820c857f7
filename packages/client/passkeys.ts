// All that `janus/client/passkeys` exports: passkeys in a browser, for a client of `janus/client`.
import type { Abortable, JanusClient } from './client.ts'
import type { Goal, Passkey, SignedIn, TokenAnswer } from './types.ts'

export type { Passkey } from './types.ts'

/**
 * Describes what a browser does with passkeys. Each call asks the person, and throws what the browser throws if they do not agree
 * (`NotAllowedError`), and what those of {@link JanusClient} throw if Janus refuses.
 */
export interface PasskeyClient {
  /** Tells whether this browser can make and use passkeys. */
  readonly isSupported: boolean
  /**
   * Signs in with a passkey. With `mediation: 'conditional'` the browser offers passkeys in a field with `autocomplete="username webauthn"`,
   * until `signal` aborts. A challenge lasts five minutes: on a page that stays open, abort and call again before.
   */
  signIn(options?: Abortable & { readonly mediation?: 'conditional' }): Promise<SignedIn>
  /** Completes a sign-in whose `next` has `passkey`. @param step.pending What the first step answered, in token mode. */
  completeSignIn(step?: { readonly pending?: string }, options?: Abortable): Promise<SignedIn & Goal>
  /** Completes a sign-in whose `next` has `enrol-passkey`, by making one. */
  enrol(
    step?: { readonly pending?: string; readonly name?: string | null },
    options?: Abortable,
  ): Promise<SignedIn & Goal>
  /** Proves again who is signed in. */
  reauthenticate(options?: Abortable): Promise<SignedIn>
  /** Adds a passkey of this device to the account; it takes a proof of the last ten minutes. */
  add(passkey?: { readonly name?: string | null }, options?: Abortable): Promise<Passkey>
  /** Removes a passkey, and tells the browser which ones are left, so that it no longer offers it. */
  remove(id: string, options?: Abortable): Promise<void>
}

/** Options as Janus makes them, which the browser parses. */
type OptionsJson = { readonly challenge: string; readonly rpId?: string }

/** Describes methods of newer browsers that the types of TypeScript may lack. */
interface Ceremonies {
  parseRequestOptionsFromJSON(options: OptionsJson): object
  parseCreationOptionsFromJSON(options: OptionsJson): object
  signalUnknownCredential?(signal: { readonly rpId: string; readonly credentialId: string }): Promise<void>
  signalAllAcceptedCredentials?(signal: {
    readonly rpId: string
    readonly userId: string
    readonly allAcceptedCredentialIds: readonly string[]
  }): Promise<void>
}

/** Creates what uses passkeys in this browser, by a client of `janus/client`. */
export function createPasskeyClient({ call }: JanusClient): PasskeyClient {
  const scope = globalThis as unknown as {
    readonly PublicKeyCredential?: Ceremonies
    readonly navigator?: {
      readonly credentials?: Record<
        'get' | 'create',
        (options: object) => Promise<{ readonly id: string; toJSON(): object }>
      >
    }
  }
  const ceremonies = () => scope.PublicKeyCredential as Ceremonies
  const ask = (how: 'get' | 'create', options: object) => {
    const { credentials } = scope.navigator ?? {}
    if (!credentials) throw new TypeError('This browser has no passkeys')
    return credentials[how](options)
  }
  const signedIn = { signedIn: true } as const

  async function use<T extends object>(
    path: string,
    {
      options,
      more,
      rest,
      signal,
    }: { options: OptionsJson; more?: object; rest?: object; signal?: AbortSignal | undefined },
    how: object,
  ): Promise<T> {
    const publicKey = ceremonies().parseRequestOptionsFromJSON(options)
    const credential = await ask('get', { publicKey, ...(signal && { signal }), ...more })
    try {
      const body = { credential: credential.toJSON(), ...rest }
      return shown(await call<T & TokenAnswer>(path, { ...how, signal, body }))
    } catch (error) {
      const { rpId } = options
      // The device no longer offers what Janus does not know.
      if ((error as { code?: unknown }).code === 'passkey-unknown' && rpId)
        await ceremonies().signalUnknownCredential?.({ rpId, credentialId: credential.id })
      throw error
    }
  }

  /** Leaves the tokens out, which the client has. */
  function shown<T extends object>(answer: T & TokenAnswer): T {
    const { access_token, account_token, token_type, expires_in, refresh_token, device_token, ...rest } =
      answer
    return rest as unknown as T
  }

  async function create(options: OptionsJson, signal: AbortSignal | undefined): Promise<object> {
    const publicKey = ceremonies().parseCreationOptionsFromJSON(options)
    return (await ask('create', { publicKey, ...(signal && { signal }) })).toJSON()
  }

  return {
    get isSupported() {
      return typeof scope.PublicKeyCredential?.parseRequestOptionsFromJSON === 'function'
    },

    async signIn({ signal, mediation } = {}) {
      const path = '/login/passkey'
      const { options, binding } = await call<{ options: OptionsJson; binding: string }>(`${path}/options`, {
        signal,
        body: {},
      })
      const more = mediation ? { mediation } : {}
      return use(path, { options, more, rest: { binding }, signal }, { sends: 'mode' })
    },

    async completeSignIn({ pending } = {}, { signal } = {}) {
      const path = '/login/second-factor/passkey'
      const rest = pending ? { pending } : {}
      const options = await call<OptionsJson>(`${path}/options`, { signal, body: rest })
      return use(path, { options, rest, signal }, { sends: 'mode' })
    },

    async enrol({ pending, name } = {}, { signal } = {}) {
      const path = '/login/second-factor/set-up/passkey'
      const rest = pending ? { pending } : {}
      const options = await call<OptionsJson>(`${path}/options`, { signal, body: rest })
      const body = {
        credential: await create(options, signal),
        ...rest,
        ...(name === undefined ? {} : { name }),
      }
      return shown(await call<SignedIn & Goal & TokenAnswer>(path, { signal, body, sends: 'mode' }))
    },

    async reauthenticate({ signal } = {}) {
      const path = '/reauthenticate/passkey'
      const options = await call<OptionsJson>(`${path}/options`, { ...signedIn, signal, body: {} })
      return use(path, { options, signal }, { ...signedIn, renews: true })
    },

    async add({ name } = {}, { signal } = {}) {
      const options = await call<OptionsJson>('/passkeys/options', { ...signedIn, signal, body: {} })
      const body = { credential: await create(options, signal), ...(name === undefined ? {} : { name }) }
      return (await call<{ passkey: Passkey }>('/passkeys', { ...signedIn, signal, body })).passkey
    },

    async remove(id, { signal } = {}) {
      await call(`/passkeys/${encodeURIComponent(id)}/remove`, { ...signedIn, signal, body: {} })
      if (!scope.PublicKeyCredential?.signalAllAcceptedCredentials) return
      const left = await call<AcceptedPasskeys>('/passkeys', { ...signedIn, signal, method: 'GET' })
      const { rp_id: rpId, user_handle: userId } = left
      if (!rpId || !userId) return
      const allAcceptedCredentialIds = left.passkeys.map(({ credential_id }) => credential_id)
      await scope.PublicKeyCredential.signalAllAcceptedCredentials({ rpId, userId, allAcceptedCredentialIds })
    },
  }
}

interface AcceptedPasskeys {
  readonly passkeys: readonly Passkey[]
  readonly rp_id?: string
  readonly user_handle?: string | null
}
