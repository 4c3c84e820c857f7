import type { DeviceStore } from '../devices/device'
import type { UserStore } from '../identity/user-store'
import type { Clock } from '../runtime/clock'
import { assuranceOf } from '../sessions/assurance'
import { lacksFactor } from '../sessions/factor-policy'
import type { Mode } from '../sessions/mode'
import { formatSessionToken } from '../sessions/session-token'
import { deriveSession, REPEAT_SECONDS, type RequestIdentity } from './repetition'
import { type IssueServices, issueTokens, type SignedIn } from './sign-in/prepared-session'

export interface ResumeServices extends IssueServices {
  readonly users: UserStore
  readonly devices: DeviceStore
  readonly clock: Clock
}

/**
 * Returns the session that an equal request started seconds ago, with the credentials that it was given; `null` if there is none, or it
 * has ended. Starts nothing. The caller has proven what entitles to it.
 *
 * @param presentedIds Ids of the genuine device credentials that came along. @throws {StoreUnavailable}
 */
export async function resumeSession(
  services: ResumeServices,
  mode: Mode,
  identity: RequestIdentity,
  presentedIds: readonly string[],
): Promise<SignedIn | null> {
  const { users, devices, clock } = services
  const derived = await deriveSession(services.derivedSecrets, mode, identity)
  const now = clock()
  const live = await users.findWithSession(derived.id, now)
  // guard: a repetition gets the first session for seconds only
  if (!live || live.session.createdAt < now - REPEAT_SECONDS) return null
  const { user, session } = live
  if (lacksFactor(services.factorPolicy, { roles: user.roles, ...assuranceOf(session.methods) })) return null
  const deviceIds = (await devices.list(user.id, now)).map(({ id }) => id)
  const deviceId = [...presentedIds, derived.deviceId].find((id) => deviceIds.includes(id)) ?? null
  const credentials =
    mode === 'session'
      ? ({ mode, sessionToken: formatSessionToken(derived.id, derived.secret), seal: null } as const)
      : await issueTokens(services, { session, roles: user.roles }, 0)
  return { user, session, credentials, deviceId }
}
