import { presentProfile } from '../api/present'
import { isId } from '../crypto/random'
import { endAnySession, type SignOutServices } from '../flows/sign-out'
import type { GuardServices } from '../guards/auth-env'
import type { Principal } from '../guards/principal'
import { insufficient, isRecent } from '../guards/recent-proof'
import { ensureLive } from '../guards/require-live-session'
import { type Caller, callerBehind } from '../guards/require-principal'
import type { CallerService, MetadataChange, Verdict } from '../guards/verdict'
import { serializeAuthCookie } from '../http/auth-cookies'
import { missingField } from '../http/body'
import { Problem } from '../http/problem'
import type { MetadataRules, StoredMetadata } from '../identity/metadata'
import type { Services } from '../services'
import type { BoundClaims } from '../tokens/custom-claims'
import { createOrProblem, refuseUnconfigured } from './or-problem'

/** Creates the service of a Janus that is configured. @param customClaims `null`: the app adds no claims. */
export function createCallerService(
  services: GuardServices & SignOutServices & Pick<Services, 'config' | 'users' | 'metadataRules'>,
  customClaims: BoundClaims | null,
): CallerService {
  // guard: a token for Janus is not taken by an app
  /** The app is another audience than Janus: a token for it opens none of Janus's own routes, and the other way round (RFC 9068 §4). */
  const asApp = { ...services, accessTokens: services.apiTokens }

  const orProblem = createOrProblem(services.config.issuer, services.log)

  /** Returns a principal with claims. A token has them; for a cookie the app's function is called. */
  async function withClaims(principal: Principal): Promise<Principal> {
    if (!customClaims || principal.mode === 'token') return principal
    return { ...principal, claims: await customClaims(principal) }
  }

  const decide = (
    headers: Headers,
    method: string,
    check: (principal: Principal) => Principal | Promise<Principal>,
  ): Promise<Verdict> =>
    orProblem(headers, async () => {
      const { principal, seal } = await callerBehind(asApp, { headers, method })
      return { principal: await withClaims(await check(principal)), ...presentSeal(seal) }
    })

  const presentSeal = (seal: Caller['seal']) =>
    seal === null ? {} : { setCookie: serializeAuthCookie(services.cookies.seal, seal.text, seal.seconds) }

  return {
    authenticate: (headers, method = UNKNOWN_METHOD) => decide(headers, method, (principal) => principal),

    requireLive: (headers, method = UNKNOWN_METHOD) =>
      decide(headers, method, (principal) => ensureLive(asApp, principal)),

    requireRecent: (headers, terms, method = UNKNOWN_METHOD) =>
      decide(headers, method, (principal) => {
        // guard: another service is told of a proof that is too old
        if (!isRecent(principal, services.clock(), terms)) throw insufficient(terms)
        return principal
      }),

    user: ({ userId }) =>
      orProblem(new Headers(), async () => {
        const account = isId(userId) ? await services.users.findById(userId) : null
        return { user: account && !account.disabled ? presentProfile(account) : null }
      }),

    setMetadata: ({ userId }, change) =>
      orProblem(new Headers(), async (requestId) => {
        const parsed = await parseChange(services.metadataRules, change)
        const source = { ...NO_REQUEST, requestId }
        const by = { source, now: services.clock() }
        const changed = isId(userId) ? await services.users.setMetadata(userId, parsed, by) : null
        return { user: changed && presentProfile(changed) }
      }),

    endSession: (id) =>
      orProblem(new Headers(), async (requestId) => {
        const source = { ...NO_REQUEST, requestId }
        // guard: what is no id of a session reaches no store
        return { ended: isId(id) && (await endAnySession(services, id, source)) }
      }),
  }
}

/** A change that no request of a person caused. */
const NO_REQUEST = { address: null, userAgent: null, country: null, language: 'en' } as const

const HALVES = ['user_metadata', 'app_metadata'] as const

/** Parses the halves that are changed. @throws {Problem} `invalid-input`. */
async function parseChange(rules: MetadataRules, change: MetadataChange): Promise<Partial<StoredMetadata>> {
  const given = HALVES.filter((half) => change[half] !== undefined)
  if (given.length === 0) throw missingField('app_metadata')
  const parsed = await Promise.all(
    given.map(async (half) => [half, await rules.parse(half, change[half])] as const),
  )
  const errors = parsed.flatMap(([, each]) => (each.ok ? [] : each.errors))
  if (errors.length > 0) throw new Problem('invalid-input', { errors })
  return Object.fromEntries(parsed.map(([half, each]) => [half, each.ok ? each.json : null]))
}

/** Creates the service of a Janus that is not configured: it authenticates nobody. */
export function createUnconfiguredCallerService(): CallerService {
  return {
    authenticate: refuseUnconfigured,
    requireLive: refuseUnconfigured,
    requireRecent: refuseUnconfigured,
    user: refuseUnconfigured,
    setMetadata: refuseUnconfigured,
    endSession: refuseUnconfigured,
  }
}

// guard: a caller without a method counts as one that changes something
/** No safe method, so the cross-site rule applies. */
const UNKNOWN_METHOD = 'UNKNOWN'
