import type { IdTokens } from '../../oauth/id-token'
import type { LogoutNotice, OpenIdStore } from '../../oauth/openid-store'
import type { Clock } from '../../runtime/clock'
import type { Log } from '../../runtime/log'

export interface DeliverLogoutsServices {
  readonly openId: OpenIdStore
  readonly idTokens: Pick<IdTokens, 'issueLogout'>
  /** Sends one request, as `fetch` does. */
  readonly send: (url: string, init: RequestInit) => Promise<Response>
  readonly clock: Clock
  readonly log: Log
}

/** Limits the notices that one run takes. Each is a subrequest, and the free plan allows 50. */
const STEP = 20

/** Says how long a notice is one caller's, in seconds. More than a run takes: all are sent at once. */
const CLAIM_SECONDS = 60

/** A client that could not be told for this long is not told. */
const LIFETIME_SECONDS = 24 * 60 * 60

/** Longer than this is as good as down. */
const PATIENCE_MS = 5000

/** Tells clients that what they were granted has ended (OpenID Connect Back-Channel Logout 1.0 §2.5). @throws {StoreUnavailable} */
export async function deliverLogouts(services: DeliverLogoutsServices): Promise<void> {
  const { openId, clock } = services
  const now = clock()
  const notices = await openId.claimNotices({ now, until: now + CLAIM_SECONDS, limit: STEP })
  await Promise.all(notices.map((notice) => deliver(notice, services)))
}

async function deliver(notice: LogoutNotice, services: DeliverLogoutsServices): Promise<void> {
  const { openId, clock, log } = services
  const { grantId, clientId, attempts, endedAt } = notice
  const error = notice.to === null ? null : await tryToTell(notice, notice.to, services)
  if (error === null) return openId.forgetNotice(grantId)
  const facts = { client_id: clientId, session_id: grantId, error }
  if (clock() - endedAt > LIFETIME_SECONDS) {
    log('logout-given-up', facts)
    return openId.forgetNotice(grantId)
  }
  log('logout-not-delivered', facts)
  // After its n-th attempt a notice waits for 2^(n-1) minutes, at most for 64.
  return openId.postponeNotice(grantId, clock() + 60 * 2 ** Math.min(attempts - 1, 6))
}

/** Returns the code of what went wrong, or `null`. Never words: they may quote the token. */
async function tryToTell(
  { grantId, clientId, subject }: LogoutNotice,
  { uri, alg }: NonNullable<LogoutNotice['to']>,
  { idTokens, send }: DeliverLogoutsServices,
): Promise<string | null> {
  const token = await idTokens.issueLogout({ grantId, clientId, subject, alg })
  try {
    const response = await send(uri, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'User-Agent': 'janus' },
      body: new URLSearchParams({ logout_token: token }).toString(),
      signal: AbortSignal.timeout(PATIENCE_MS),
      // guard: a logout token is not sent where its client points to
      redirect: 'manual',
    })
    await response.body?.cancel()
    return response.ok ? null : `HTTP ${response.status}`
  } catch (error) {
    return error instanceof Error ? error.name : 'unknown'
  }
}
