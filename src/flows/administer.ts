import { encodeBase64url } from '../crypto/base64url'
import { randomBytes } from '../crypto/random'
import type {
  AccountAdministration,
  AccountChange,
  ActedBy,
  AdministeredAccount,
} from '../identity/account-administration'
import type { AccountExport, AccountExports } from '../identity/account-export'
import type { EmailAddress } from '../identity/email-address'
import { mintSecret } from '../links/one-time-token'
import type { Clock } from '../runtime/clock'
import { deleteCachedCopies } from '../sessions/delete-cached-copies'
import type { RememberedSessionCache } from '../sessions/session-cache'

export interface AdministerServices {
  readonly administration: AccountAdministration
  readonly sessionCache: RememberedSessionCache
  readonly clock: Clock
}

/** Whoever administers. */
export interface Administrator {
  readonly userId: string
  /** The roles that they may give and take: their own, and those that the app lets its administrators give. */
  readonly gives: readonly string[]
  readonly requestId: string
}

/** Describes why nothing was done. */
export interface NotAdministered {
  readonly outcome: 'refused'
  readonly reason:
    | 'unknown-account'
    | 'own-account'
    | 'role-beyond-own'
    | 'account-exists'
    | 'account-disabled'
}

/**
 * Changes another's account. Refuses a change of one's own, so that nobody locks themselves out or raises themselves; a role that the
 * administrator may not give or take; and an account that has such a role.
 *
 * @throws {StoreUnavailable} Also when the account was changed but the cached copy of a session could not be deleted.
 */
export async function changeAccount(
  services: AdministerServices,
  administrator: Administrator,
  userId: string,
  change: AccountChange,
): Promise<NotAdministered | { readonly outcome: 'done'; readonly changed: boolean }> {
  // guard: an administrator does not change their own account
  if (userId === administrator.userId) return refused('own-account')
  const { account, by } = await look(services, administrator, { id: userId, canonicalEmail: '' })
  if (!account) return refused('unknown-account')
  const roles = change.to === 'roles' ? [...account.user.roles, ...change.roles] : account.user.roles
  if (!mayGive(administrator, roles)) return refused('role-beyond-own')
  const { changed, ended } = await services.administration.change(userId, change, by)
  await deleteCachedCopies(services.sessionCache, ended)
  return { outcome: 'done', changed }
}

/** Reads everything that is kept of an account but its secrets, and records who did. @throws {StoreUnavailable} */
export async function exportFor(
  services: AdministerServices & { readonly accountExports: AccountExports },
  administrator: Administrator,
  userId: string,
): Promise<NotAdministered | { readonly outcome: 'done'; readonly kept: AccountExport }> {
  const { account, by } = await look(services, administrator, { id: userId, canonicalEmail: '' })
  if (!account) return refused('unknown-account')
  const { actorId, requestId, now } = by
  const source = { requestId, address: null, userAgent: null, country: null, language: 'en' } as const
  return {
    outcome: 'done',
    kept: await services.accountExports.read({ userId, actorId, session: null, source, now }),
  }
}

/** An invitation that was made. */
export interface Invitation {
  readonly outcome: 'invited'
  readonly userId: string
  /** The token to hand over; `null`: it is mailed. */
  readonly token: string | null
}

/**
 * Makes an account without a password, and invites its owner to prove the address and to choose how to sign in. An account of the address
 * that nobody has proven is taken instead, and what was set up there goes.
 *
 * @throws {StoreUnavailable}
 */
export async function invite(
  services: AdministerServices,
  administrator: Administrator,
  invited: {
    readonly email: EmailAddress
    readonly name: string | null
    readonly roles: readonly string[]
    /** The language of the mail; `null`: the caller hands over the token. */
    readonly mailIn: string | null
  },
): Promise<NotAdministered | Invitation> {
  const { administration, sessionCache } = services
  const { email, name, roles, mailIn } = invited
  const { account, by } = await look(services, administrator, { id: '', canonicalEmail: email.canonical })
  if (account && account.disabledAt !== null) return refused('account-disabled')
  if (!mayGive(administrator, [...roles, ...(account?.user.roles ?? [])])) return refused('role-beyond-own')
  const token = mailIn === null ? await mintSecret() : null
  const carrier = token ? { tokenHash: token.hash } : { mailIn: mailIn ?? 'en' }
  const answer = { outcome: 'invited', token: token?.text ?? null } as const
  if (account) {
    const { id } = account.user
    const ended = await administration.inviteAgain(id, roles, carrier, by)
    if (!ended) return refused('account-exists')
    await deleteCachedCopies(sessionCache, ended)
    return { ...answer, userId: id }
  }
  const userId = encodeBase64url(randomBytes(16))
  const made = await administration.inviteNew({ userId, email, name, roles }, carrier, by)
  return made ? { ...answer, userId } : refused('account-exists')
}

async function look(
  { administration, clock }: AdministerServices,
  { userId: actorId, requestId }: Administrator,
  who: { readonly id: string; readonly canonicalEmail: string },
): Promise<{ readonly account: AdministeredAccount | null; readonly by: ActedBy }> {
  const now = clock()
  const { account, seen } = await administration.find(who, actorId, now)
  return { account, by: { actorId, requestId, now, seen } }
}

/** Returns whether an administrator may give each of these roles. */
function mayGive({ gives }: Administrator, roles: readonly string[]): boolean {
  // guard: nobody gives or takes a role beyond their own
  return roles.every((role) => gives.includes(role))
}

function refused(reason: NotAdministered['reason']): NotAdministered {
  return { outcome: 'refused', reason }
}
