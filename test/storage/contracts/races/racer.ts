import { deviceProof } from '../../../../src/devices/device'
import type { Passkey } from '../../../../src/passkeys/passkey-store'
import type { AuthenticationMethod } from '../../../../src/sessions/assurance'
import type { Mode } from '../../../../src/sessions/mode'
import type { PreparedSession } from '../../../../src/sessions/prepared-session'
import type { SqlDatabase } from '../../../../src/storage/sql/sql-database'
import { type AllStores, NOW, prepare, type Registered, random, source } from '../arrange'

/** Names a condition that a session rests on when it begins or goes on. */
export type Ground =
  /** The account is there and enabled. */
  | 'account'
  /** The password is the one that was checked, or the link or the waiting sign-in is of an account with that password. */
  | 'password'
  /** The account asks for no second factor. */
  | 'one factor'
  /** The account has its second factor. */
  | 'second factor'
  | 'passkey'
  /** A session of the account is live. */
  | 'session'
  /** Whoever allowed it has not signed out of the browser, whatever took the place of the session there. */
  | 'browser'

/** Somebody whose account is raced about. */
export interface Racer extends Registered {
  readonly passkey?: Passkey
}

/** Says where a race is run. */
export interface Course {
  readonly stores: AllStores
  readonly db: SqlDatabase
}

/** A step of a race, ready to run: what it needs is there. */
export type Ready<T> = () => Promise<T>

/** Returns a session of somebody that is ready to begin, on these proofs. */
export function prepareOn(
  { user }: Pick<Registered, 'user'>,
  methods: readonly AuthenticationMethod[],
  mode: Mode = 'session',
): PreparedSession {
  const prepared = prepare(user.id, mode)
  const proven = methods.map((method) => ({ method, at: NOW }))
  return { ...prepared, session: { ...prepared.session, methods: proven } }
}

/** Returns the other arguments with which a store begins that session. */
export function startOf(prepared: PreparedSession) {
  return { prepared, presented: [], device: deviceProof([], prepared.newDeviceId), source, now: NOW + 1 }
}

/** Returns something that is used once. */
export const once = () => ({ id: random(16), expiresAt: NOW + 300 })

let lastStep = 1_000

/** Returns a step of an authenticator app that is later than those before. */
export const nextStep = () => lastStep++
