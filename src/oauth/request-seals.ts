import type { Keyring } from '../crypto/keyring'
import { seal, unseal } from '../crypto/sealing'
import type { AuthorizationRequest } from './authorization-request'

/** A request that waits until its person has signed in. */
export interface PendingRequest {
  readonly request: AuthorizationRequest
  /** Says when the request came (seconds), for `prompt=login` and `max_age`. */
  readonly startedAt: number
  /** SHA-256 of a secret of the browser that it came from, base64url. */
  readonly bindingHash: string
  readonly expiresAt: number
}

/** A request that was shown to a person. */
export interface ShownRequest {
  readonly request: AuthorizationRequest
  /** To whom. */
  readonly userId: string
  readonly expiresAt: number
}

/** Seals what a browser carries and must neither read nor change, so that asking stores nothing. */
export interface RequestSeals {
  readonly pending: Seals<PendingRequest>
  readonly shown: Seals<ShownRequest>
}

export interface Seals<T extends { readonly expiresAt: number }> {
  seal(value: T): Promise<string>
  /** Returns `null` for what was not sealed here, and for what has expired. */
  open(text: string, now: number): Promise<T | null>
}

/** Limits how long a person may take to sign in and to decide, in seconds. */
export const REQUEST_SECONDS = 10 * 60

/** Limits the length of a seal. A form takes a longer `return_to` (src/api/fields.ts). */
export const SEALED_MAX_LENGTH = 3400

export function createRequestSeals({
  keyring,
  issuer,
}: {
  readonly keyring: Keyring
  readonly issuer: string
}): RequestSeals {
  function sealsOf<T extends { readonly expiresAt: number }>(kind: 'pending' | 'shown'): Seals<T> {
    // guard: a request that waits is none that was shown
    const name = JSON.stringify([issuer, kind])
    return {
      async seal(value) {
        const bytes = new TextEncoder().encode(JSON.stringify(value))
        const { text, secretId } = await seal(keyring, 'authorization-request', name, bytes)
        return `${secretId}.${text}`
      },
      async open(text, now) {
        const [, secretId, sealed] =
          /^([\w-]{8})\.([\w-]+\.[\w-]+)$/.exec(text.slice(0, SEALED_MAX_LENGTH)) ?? []
        if (secretId === undefined || sealed === undefined) return null
        const bytes = await unseal(keyring, 'authorization-request', name, { text: sealed, secretId })
        // It was sealed here, so it has the form.
        const value = bytes && (JSON.parse(new TextDecoder().decode(bytes)) as T)
        // guard: an authorization request expires
        return value && now < value.expiresAt ? value : null
      },
    }
  }
  return { pending: sealsOf('pending'), shown: sealsOf('shown') }
}
