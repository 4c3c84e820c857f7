import type { SignedInEnv } from '../../guards/auth-env'
import { limitWrites } from '../../guards/limit-client'
import { requireLiveSession } from '../../guards/require-live-session'
import { requireRecent } from '../../guards/require-recent'
import { Hono } from '../../http/hono'
import type { AccountExport } from '../../identity/account-export'
import { requestSourceOf } from '../../request-source/read-request-source'
import { presentInstant } from '../../runtime/clock'
import type { SelfServices } from '../../services'

/** Creates `GET /me/export`: everything that is kept of one's own account but its secrets, as a file. */
export function exportRoutes(services: SelfServices) {
  const { accountExports, clock } = services
  const live = requireLiveSession(services)
  const recent = requireRecent(services)
  return new Hono<SignedInEnv>().get(
    '/me/export',
    live,
    recent,
    limitWrites(services, requestSourceOf),
    async (c) => {
      const { userId, sessionId, mode } = c.var.principal
      const session = { id: sessionId, mode }
      const caller = { userId, actorId: userId, session, source: requestSourceOf(c), now: clock() }
      c.header('Content-Disposition', 'attachment; filename="account.json"')
      return c.json(presentExport(await accountExports.read(caller)))
    },
  )
}

/** Presents the account, and a list for each other place. Instants are RFC 3339, and what is stored as JSON is JSON. */
function presentExport({ account, ...lists }: AccountExport) {
  const [own = {}] = account
  const places = Object.entries(lists).map(([place, rows]) => [place, rows.map(presentRow)] as const)
  return { account: presentRow(own), ...Object.fromEntries(places) }
}

/** Columns that hold JSON. */
const JSON_COLUMNS = ['roles', 'methods', 'transports', 'user_metadata', 'app_metadata']

function presentRow(row: AccountExport['account'][number]): Record<string, unknown> {
  const members = Object.entries(row).map(([column, value]) => {
    if (typeof value === 'number' && /(?:^|_)at$/.test(column)) return [column, presentInstant(value)]
    if (typeof value === 'string' && JSON_COLUMNS.includes(column)) return [column, JSON.parse(value)]
    return [column, value]
  })
  return Object.fromEntries(members)
}
