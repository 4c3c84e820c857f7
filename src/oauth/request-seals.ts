import { createExpiringSeals, type Seals } from '../crypto/expiring-seals'
import type { Keyring } from '../crypto/keyring'
import type { AuthorizationRequest } from './authorization-request'

/** A request that waits until its person has signed in. */
export interface PendingRequest {
  readonly request: AuthorizationRequest
  /** Says when the request came (seconds), for `prompt=login` and `max_age`. */
  readonly startedAt: number
  /** Says whether its person was led to a second factor. */
  readonly secondFactorAsked: boolean
  /** Names the only person about whom the client wants an answer; `null`: any. */
  readonly hintedSubject: string | null
  /** SHA-256 of a secret of the browser that it came from, base64url. */
  readonly bindingHash: string
  readonly expiresAt: number
}

/** A request that was shown to a person. */
export interface ShownRequest {
  readonly request: AuthorizationRequest
  /** Says when the request came (seconds), for `prompt=login` and `max_age`. An older Worker sealed none. */
  readonly startedAt?: number
  /** Names the only person about whom the client wants an answer; `null`: any. */
  readonly hintedSubject: string | null
  /** To whom. */
  readonly userId: string
  readonly expiresAt: number
}

/** A sign-out that a person was asked about. */
export interface AskedSignOut {
  /** Says where the browser is led on; `null`: nowhere. */
  readonly target: string | null
  /** Names who was asked. */
  readonly userId: string
  readonly expiresAt: number
}

/** The request of a device, as a person was asked about it. */
export interface ShownDevice {
  readonly userCodeHash: string
  readonly userId: string
  readonly scope: string
  readonly resource: string | null
  readonly expiresAt: number
}

/** Seals what a browser carries and must neither read nor change, so that asking stores nothing. */
export interface RequestSeals {
  readonly pending: Seals<PendingRequest>
  readonly shown: Seals<ShownRequest>
  readonly signOut: Seals<AskedSignOut>
  readonly device: Seals<ShownDevice>
}

/** Limits how long a person may take to sign in and to decide, in seconds. */
export const REQUEST_SECONDS = 10 * 60

/** Limits how long a request may last in all, in seconds, however often its browser comes back. */
const WHOLE_REQUEST_SECONDS = 60 * 60

/** Returns until when the next step of a request may be taken, which began at `startedAt`. */
export function stepUntil(startedAt: number, now: number): number {
  // guard: a request is not kept alive by coming back, for a proof given since it began counts as one that it asked for
  return Math.min(now + REQUEST_SECONDS, startedAt + WHOLE_REQUEST_SECONDS)
}

/** Limits the length of a seal. A form takes a longer `return_to` (src/api/fields.ts). */
export const SEALED_MAX_LENGTH = 3400

export function createRequestSeals({
  keyring,
  issuer,
}: {
  readonly keyring: Keyring
  readonly issuer: string
}): RequestSeals {
  const sealsOf = <T extends { readonly expiresAt: number }>(kind: keyof RequestSeals) =>
    createExpiringSeals<T>({
      keyring,
      purpose: 'authorization-request',
      // guard: a request that waits is none that was shown
      name: JSON.stringify([issuer, kind]),
      maxLength: SEALED_MAX_LENGTH,
    })
  return {
    pending: sealsOf('pending'),
    shown: sealsOf('shown'),
    signOut: sealsOf('signOut'),
    device: sealsOf('device'),
  }
}
