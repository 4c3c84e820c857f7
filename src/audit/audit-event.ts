import type { RequestSource } from '../request-source/request-source'
import type { Mode } from '../sessions/mode'

/** Something that happened to an account, as it is recorded. Holds no secret. */
export interface AuditEvent {
  readonly at: number
  readonly event: AuditEventName
  readonly outcome: 'success' | 'refused'
  /** Says why, by a short code. */
  readonly reason: string | null
  /** Names who did it, as far as that was proven. */
  readonly actorId: string | null
  /** Names whose account it concerns, if there is one. */
  readonly subjectId: string | null
  /** The key of the address that was tried (see throttling/account-key.ts), where a password was. */
  readonly accountKey: string | null
  readonly sessionId: string | null
  readonly mode: Mode | null
  readonly source: RequestSource | null
}

/**
 * Makes an event. One with a reason was refused, and one without succeeded. What is left out is `null`: an event that nobody proven
 * did, that concerns no account, or that no request caused.
 */
export function auditEvent(
  event: AuditEventName,
  facts: Pick<AuditEvent, 'at'> & Partial<Omit<AuditEvent, 'event' | 'outcome'>>,
): AuditEvent {
  return {
    event,
    outcome: (facts.reason ?? null) === null ? 'success' : 'refused',
    reason: null,
    actorId: null,
    subjectId: null,
    accountKey: null,
    sessionId: null,
    mode: null,
    source: null,
    ...facts,
  }
}

/** The end of a session is recorded too, as `session-ended`: by a trigger, whoever ends it. */
export type AuditEventName =
  | 'account-registered'
  | 'account-invited'
  | 'signed-in'
  | 'first-factor-proven'
  | 'reauthenticated'
  | 'second-factor-set'
  | 'second-factor-removed'
  | 'second-factor-recovery-requested'
  | 'second-factor-recovery-cancelled'
  | 'second-factor-recovered'
  | 'recovery-codes-renewed'
  | 'password-changed'
  | 'account-deleted'
  | 'email-verified'
  | 'password-reset-requested'
  | 'password-reset'
  | 'sign-in-link-requested'
  | 'email-change-requested'
  | 'email-changed'
  | 'device-forgotten'
  | 'passkey-added'
  | 'passkey-removed'
  | 'identity-linked'
  | 'identity-unlinked'
  | 'app-connected'
  | 'api-key-created'
  | 'app-disconnected'
  | 'roles-changed'
  | 'account-disabled'
  | 'account-enabled'
  | 'account-exported'
  | 'mail-failed'
  | 'event-given-up'
  | 'profile-changed'

/** An event of an account as its owner may see it. */
export interface RecordedEvent {
  /** Its place in the trail. */
  readonly seq: number
  readonly at: number
  readonly event: string
  readonly outcome: AuditEvent['outcome']
  readonly reason: string | null
  /** Says whether the owner did it, as far as that was proven. */
  readonly byOwner: boolean
  readonly sessionId: string | null
  readonly mode: Mode | null
  readonly address: string | null
  readonly country: string | null
  readonly userAgent: string | null
  /** The request that did it; `null` if none did. */
  readonly requestId: string | null
}
