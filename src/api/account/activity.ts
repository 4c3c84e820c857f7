import type { RecordedEvent } from '../../audit/audit-event'
import type { SignedInEnv } from '../../guards/auth-env'
import { requireLiveSession } from '../../guards/require-live-session'
import { Hono } from '../../http/hono'
import { presentInstant } from '../../runtime/clock'
import type { SelfServices } from '../../services'
import { readCursor } from '../cursor'
import { presentDeviceNames } from '../present'

/** Sets how many events one answer lists. */
const PAGE_SIZE = 50

/** Creates `GET /me/activity`: what happened to one's own account, newest first. */
export function activityRoutes(services: SelfServices) {
  const { activity } = services
  return new Hono<SignedInEnv>().get('/me/activity', requireLiveSession(services), async (c) => {
    const before = readCursor(c, parseCursor)
    // One more than is shown tells whether there is a next page.
    const events = await activity.list(c.var.principal.userId, { before, limit: PAGE_SIZE + 1 })
    const shown = events.slice(0, PAGE_SIZE)
    const last = events.length > PAGE_SIZE ? shown.at(-1) : undefined
    return c.json({
      events: shown.map(presentEvent),
      ...(last ? { next_cursor: String(last.seq) } : {}),
    })
  })
}

/** Presents an event as the account's owner sees it. */
export function presentEvent(event: RecordedEvent) {
  return {
    id: String(event.seq),
    at: presentInstant(event.at),
    event: event.event,
    outcome: event.outcome,
    reason: event.reason,
    by_owner: event.byOwner,
    session_id: event.sessionId,
    mode: event.mode,
    address: event.address,
    country: event.country,
    ...presentDeviceNames(event.userAgent),
  }
}

function parseCursor(text: string): number | null {
  return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : null
}
