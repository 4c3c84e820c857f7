import { readMetadata } from '../identity/metadata'
import type { User } from '../identity/user'
import type { Profile } from '../identity/user-store'
import { describeDevice } from '../request-source/device'
import { presentInstant } from '../runtime/clock'
import { assuranceOf } from '../sessions/assurance'
import type { ListedSession, Session } from '../sessions/session'

/** Presents an account as its owner sees it. */
export function presentUser(user: User) {
  return {
    id: user.id,
    email: user.email,
    email_verified: user.emailVerified,
    name: user.name,
    roles: user.roles,
    created_at: presentInstant(user.createdAt),
  }
}

/** Presents an account with what is kept on it. */
export function presentProfile({ user, metadata }: Profile) {
  return {
    ...presentUser(user),
    user_metadata: readMetadata(metadata.user_metadata),
    app_metadata: readMetadata(metadata.app_metadata),
  }
}

/** Presents a session as its owner sees it. The id is a handle for ending it, not a credential. */
export function presentSession(session: Session, currentId: string) {
  return {
    id: session.id,
    mode: session.mode,
    created_at: presentInstant(session.createdAt),
    ...presentAssurance(session),
    last_seen_at: presentInstant(session.lastSeenAt),
    idle_expires_at: presentInstant(session.idleExpiresAt),
    expires_at: presentInstant(session.expiresAt),
    ...presentDeviceNames(session.userAgent),
    country: session.country,
    current: session.id === currentId,
  }
}

/** Presents a session in the list of its account: the person's own, or that of an app that they allowed. */
export function presentListedSession(session: ListedSession, currentId: string) {
  return { ...presentSession(session, currentId), app: session.app }
}

function presentAssurance({ methods }: Session) {
  const { amr, acr, authenticatedAt } = assuranceOf(methods)
  return { authenticated_at: presentInstant(authenticatedAt), amr, acr }
}

/** Describes the device behind a request: what its client calls itself, and that in words such as `Firefox, Linux`. */
export function presentDeviceNames(userAgent: string | null) {
  return { user_agent: userAgent, device: describeDevice(userAgent) }
}
