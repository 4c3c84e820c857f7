import type { AuditEventName } from '../../audit/audit-event'
import type { DeviceProof } from '../../devices/device'
import type { StartedSession } from '../../identity/user-store'
import type { RequestSource } from '../../request-source/request-source'
import type { PresentedSession } from '../../sessions/session-store'
import { sessionEvent } from './accounts'
import { recordIfChanged } from './audit-log'
import { deviceIn, knowDevice } from './devices'
import { type MailQueue, mailIds } from './mail-queue'
import {
  endBeyondLimit,
  endPresented,
  insertSessionIfChanged,
  type NewSession,
  startedSession,
} from './session-start'
import { selectEndedOf } from './sessions'
import type { Rows } from './sql-database'
import { ifChanged } from './statement'

// A sign-in by what works once, as a passkey's challenge or an identity's: its use is the step before.

/** Describes a sign-in that was proven. */
export interface ProvenSignIn {
  readonly prepared: NewSession
  readonly presented: readonly PresentedSession[]
  readonly device: DeviceProof
  readonly source: RequestSource
}

/** Returns what follows when step `when` has changed a row: the session begins, and all that a sign-in does besides. */
export function signInSteps<const Step extends string>(
  when: Step,
  { prepared, presented, device, source }: ProvenSignIn,
  {
    event,
    reason,
    mailQueue,
    maxSessions,
  }: {
    readonly event: AuditEventName
    readonly reason: string
    readonly mailQueue: MailQueue
    readonly maxSessions: number
  },
) {
  const { session } = prepared
  const { id: sessionId, userId, createdAt: now } = session
  return {
    begun: ifChanged(when, insertSessionIfChanged(prepared)),
    recorded: ifChanged('begun', recordIfChanged({ ...sessionEvent(event, session, source), reason })),
    ...mailQueue.newDevice({ sessionId, userId, source, now }),
    ...knowDevice(device, { userId, source, now }, sessionId),
    replaced: presented.flatMap((old) => endPresented(old, session, source)),
    beyondLimit: endBeyondLimit({ maxSessions, replacement: session, source }),
    ended: selectEndedOf(userId),
  }
}

/** Returns what {@link signInSteps} began, or `null` if they began nothing. */
export function signedIn(rows: Rows<ReturnType<typeof signInSteps>>): StartedSession | null {
  const { begun, replaced, beyondLimit, ended, ownerTold } = rows
  return startedSession(begun, {
    ended: [...replaced, ...beyondLimit, ...ended],
    deviceId: deviceIn(rows),
    mailIds: mailIds(ownerTold),
  })
}
