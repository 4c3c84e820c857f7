import { presentUser } from '../api/present'
import {
  type AdministerServices,
  type Administrator,
  changeAccount,
  exportFor,
  invite,
  type NotAdministered,
} from '../flows/administer'
import { CHANGE_OF_WAYS_IN, insufficient, isRecent, type RecentTerms } from '../guards/recent-proof'
import { sessionEnded } from '../guards/require-live-session'
import { Problem } from '../http/problem'
import type { AccountChange, AdministeredAccount } from '../identity/account-administration'
import { parseEmailAddress } from '../identity/email-address'
import { checkRoles, ROLES_MAX_BYTES } from '../identity/roles'
import { checkVisibleText } from '../identity/visible-text'
import { VERIFY_EMAIL_PATH } from '../mail/link-paths'
import { isLanguageTag } from '../request-source/language-tag'
import { presentInstant } from '../runtime/clock'
import { assuranceOf } from '../sessions/assurance'
import { lacksFactor } from '../sessions/factor-policy'
import { createAccountAdministration } from '../storage/sql/account-administration'
import { createAccountExports } from '../storage/sql/account-export'
import type { AccountFacts, ActingPrincipal, Administration, AdminOptions } from './administration'
import { createOrProblem, refuseUnconfigured } from './or-problem'
import type { WiredServices } from './wired-services'

/** Makes the administration of a service. A service that is not configured lets nobody administer. */
export function createAdmin(
  { services }: { readonly services: WiredServices | null },
  options: AdminOptions = {},
): Administration {
  return services ? administrationOf(services, options) : unconfigured()
}

function administrationOf(services: WiredServices, options: AdminOptions): Administration {
  const { config, clock, log, sessions } = services
  const orProblem = createOrProblem(config.issuer, log)
  const { role = config.adminRole, gives = [], recent = CHANGE_OF_WAYS_IN } = options
  const administration = createAccountAdministration(services.db)
  const accountExports = createAccountExports(services.db)
  const administer: AdministerServices = { administration, sessionCache: services.sessionCache, clock }

  /** Lets a principal in who may do this. @param terms `null`: only looks. @throws {Problem} For everybody else. @throws {StoreUnavailable} */
  async function admit(
    by: ActingPrincipal,
    terms: RecentTerms | null,
    requestId: string,
  ): Promise<Administrator> {
    const live = await sessions.findLive(by.sessionId, clock())
    // guard: an administrator is somebody whose session stands
    if (live?.session.userId !== by.userId) throw sessionEnded({ ...by, ...NOTHING_MORE })
    const assurance = assuranceOf(live.session.methods)
    // guard: who must have a second factor administers with one
    if (lacksFactor(services.factorPolicy, { roles: live.roles, ...assurance }))
      throw sessionEnded({ ...by, ...NOTHING_MORE })
    // guard: administration takes the role, as the account has it now
    if (!live.roles.includes(role)) throw new Problem('forbidden', { detail: `This takes the role ${role}.` })
    // guard: administration takes a recent proof
    if (terms && !isRecent(assurance, clock(), terms)) throw insufficient(terms)
    return { userId: by.userId, gives: [...live.roles, ...gives], requestId }
  }

  const change = (by: ActingPrincipal, id: string, to: AccountChange) =>
    orProblem(new Headers(), async (requestId) => {
      const administrator = await admit(by, recent, requestId)
      const result = await changeAccount(administer, administrator, id, to)
      return { changed: orRefuse(result).changed }
    })

  return {
    list: (by, { prefix = '', after = null, limit = 50 } = {}) =>
      orProblem(new Headers(), async (requestId) => {
        await admit(by, null, requestId)
        const size = Math.min(Math.max(Math.trunc(limit) || 1, 1), MOST_LISTED)
        const page = { prefix: prefix.normalize('NFKC').toLowerCase(), after: after ?? '', limit: size + 1 }
        const found = await administration.search(page, clock())
        const shown = found.slice(0, size)
        const next = found.length > size ? (shown.at(-1)?.canonicalEmail ?? null) : null
        return { accounts: shown.map(presentAccount), next }
      }),

    show: (by, who) =>
      orProblem(new Headers(), async (requestId) => {
        await admit(by, null, requestId)
        const canonicalEmail = parseEmailAddress(who)?.canonical ?? ''
        const { account } = await administration.find({ id: who, canonicalEmail }, by.userId, clock())
        return { account: account && presentAccount(account) }
      }),

    setRoles: (by, id, roles) =>
      orProblem(new Headers(), async (requestId) => {
        const administrator = await admit(by, recent, requestId)
        const to = { to: 'roles', roles: parseRoles(roles) } as const
        return { changed: orRefuse(await changeAccount(administer, administrator, id, to)).changed }
      }),

    disable: (by, id) => change(by, id, { to: 'disabled' }),
    enable: (by, id) => change(by, id, { to: 'enabled' }),
    endSessions: (by, id) => change(by, id, { to: 'signed-out' }),
    removeSecondFactor: (by, id) => change(by, id, { to: 'without-second-factor' }),
    delete: (by, id) => change(by, id, { to: 'deleted' }),

    export: (by, id) =>
      orProblem(new Headers(), async (requestId) => {
        const administrator = await admit(by, recent, requestId)
        return { kept: orRefuse(await exportFor({ ...administer, accountExports }, administrator, id)).kept }
      }),

    invite: (by, invited) =>
      orProblem(new Headers(), async (requestId) => {
        const administrator = await admit(by, recent, requestId)
        const { name = null, roles = [], language = 'en', mail = true } = invited
        const email = parseEmailAddress(invited.email)
        if (!email) throw invalid('email', 'Send an email address, for example ada@example.com.')
        if (!isLanguageTag(language)) throw invalid('language', 'Send a language tag such as en or pt-BR.')
        if (name !== null && ([...name].length > 100 || checkVisibleText(name)))
          throw invalid('name', 'Use at most 100 characters that can be seen.')
        const mailIn = mail && services.mail?.delivery ? language : null
        const person = { email, name, roles: parseRoles(roles), mailIn }
        const { userId, token } = orRefuse(await invite(administer, administrator, person))
        return {
          id: userId,
          link: token === null ? null : `${config.issuer}${VERIFY_EMAIL_PATH}?token=${token}`,
        }
      }),
  }
}

const MOST_LISTED = 100

/** Stands in for what a refusal of a session does not look at. */
const NOTHING_MORE = { roles: [], authenticatedAt: 0, amr: [], acr: 'urn:janus:1fa', claims: {} } as const

/** Returns each role once. @throws {Problem} If one is no text that can be seen, or all are too long. */
function parseRoles(roles: readonly string[]): readonly string[] {
  const each = [...new Set(roles)]
  if (checkRoles(each) !== null)
    throw invalid('roles', `Send texts that can be seen, at most ${ROLES_MAX_BYTES} bytes of JSON.`)
  return each
}

function invalid(field: string, message: string): Problem {
  return new Problem('invalid-input', { errors: [{ field, code: 'invalid', message }] })
}

/** Returns what was done. @throws {Problem} If nothing was. */
function orRefuse<T extends { readonly outcome: string }>(result: T | NotAdministered): T {
  if (!isRefused(result)) return result
  switch (result.reason) {
    case 'unknown-account':
      throw new Problem('not-found', { detail: 'There is no such account.' })
    case 'account-exists':
      throw new Problem('account-exists')
    case 'account-disabled':
      throw new Problem('account-exists', { detail: 'The account with this address is disabled.' })
    case 'own-account':
      throw new Problem('forbidden', { detail: 'You cannot change your own account here. Use /account.' })
    case 'role-beyond-own':
      throw new Problem('forbidden', {
        detail: 'The account has or would have a role that you cannot give. Ask somebody who has that role.',
      })
  }
}

function isRefused(result: { readonly outcome: string }): result is NotAdministered {
  return result.outcome === 'refused'
}

function presentAccount(account: AdministeredAccount): AccountFacts {
  const { user, disabledAt, hasPassword, secondFactorAt, passkeys, identities, openSessions } = account
  return {
    ...presentUser(user),
    disabled_at: disabledAt === null ? null : presentInstant(disabledAt),
    has_password: hasPassword,
    second_factor_at: secondFactorAt === null ? null : presentInstant(secondFactorAt),
    passkeys,
    identities,
    open_sessions: openSessions,
  }
}

function unconfigured(): Administration {
  return {
    list: refuseUnconfigured,
    show: refuseUnconfigured,
    setRoles: refuseUnconfigured,
    disable: refuseUnconfigured,
    enable: refuseUnconfigured,
    endSessions: refuseUnconfigured,
    removeSecondFactor: refuseUnconfigured,
    delete: refuseUnconfigured,
    export: refuseUnconfigured,
    invite: refuseUnconfigured,
  }
}
