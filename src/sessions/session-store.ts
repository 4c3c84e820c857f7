import type { RequestSource } from '../request-source/request-source'
import type { WithMail } from '../runtime/queued-mail'
import type { EndedBy, EndReason, LiveSession, Session } from './session'

/**
 * The truth about sessions. Every method throws {@link StoreUnavailable} when it cannot be reached; a write that
 * threw may still have happened.
 *
 * Sessions are started by the user store, in the same transaction as what entitles to one.
 */
export interface SessionStore {
  /** Finds the session if it has not ended or expired and its account may sign in, or `null`. */
  findLive(id: string, now: number): Promise<LiveSession | null>
  /**
   * Moves the idle expiry and gives the session as it then is, or `null` if it ended, expired, or was slid by another
   * request since `session` was read: of many callers one slides.
   */
  slide(session: Session, idleExpiresAt: number, now: number): Promise<LiveSession | null>
  /**
   * Ends the sessions whose own credentials were presented, by their owners. Gives those that are over, also if they were before, as
   * long as they are not swept: their cached copies may be there still.
   */
  endPresented(
    presented: readonly PresentedSession[],
    end: { readonly reason: EndReason; readonly source: RequestSource; readonly now: number },
  ): Promise<readonly EndedSession[]>
  /** Ends a session, whoever it belongs to. `null` if it is unknown or was over already. */
  endAny(id: string, end: End): Promise<EndedSession | null>
  /**
   * Ends the open sessions of a user, but for one if it is named. Gives those of session mode that have ended and are not swept
   * yet, these and others, newest first: all, or one more than a request deletes copies of.
   */
  endAll(userId: string, options: { except: string | null }, end: End): Promise<readonly EndedSession[]>
  /** Moves the refresh counter on for exactly one caller; see {@link Rotation}. */
  rotate(id: string, counter: number, terms: RotationTerms): Promise<Rotation>
  /** Finds ended sessions that the sweep has not confirmed yet, oldest first. */
  findEnded(endedBefore: number, limit: number): Promise<readonly EndedSession[]>
  /** Forgets ended sessions, once no copy of them is left. */
  deleteEnded(ids: readonly string[]): Promise<void>
  /** Forgets sessions whose time was over before `expiredBefore`. Gives how many, at most `limit`. */
  deleteExpired(expiredBefore: number, limit: number): Promise<number>
}

/** A session whose own credential was presented and proven: by the hash of its secret, or by what was signed. */
export interface PresentedSession {
  readonly sessionId: string
  /** `null` in token mode. */
  readonly secretHash: string | null
}

export interface EndedSession {
  readonly id: string
  readonly mode: Session['mode']
}

/** Describes how a session ends. */
export interface End {
  readonly reason: EndReason
  readonly by: EndedBy
  readonly now: number
}

export interface RotationTerms {
  readonly now: number
  readonly idleExpiresAt: number
  /** For how long after a counter was moved on it still leads to the one that is current. */
  readonly reuseSeconds: number
  /** Names who presents it: recorded if it turns out to be reused. */
  readonly source: RequestSource
}

/**
 * Describes what presenting counter c of a session did.
 *
 * - `rotated`: c was current; it is c+1 now. One caller ever gets this for a c.
 * - `repeated`: another request moved c on within the reuse window; the answer is the counter that is current by now, however many
 *   others were between.
 * - `reused`: c was moved on before that, so someone holds a copy. The session has been ended.
 * - `over`: the session ended, expired or is unknown, or its account may not sign in.
 */
export type Rotation =
  | {
      readonly outcome: 'rotated' | 'repeated'
      readonly live: LiveSession
      /** The one that is current. */
      readonly counter: number
    }
  | ({ readonly outcome: 'reused' } & WithMail)
  | { readonly outcome: 'over' }
