import { env } from 'cloudflare:workers'
import { Hono } from 'hono'
import { createJanus } from '../../src/janus'
import type { Services } from '../../src/services'
import { createMail } from '../../src/wiring/create-mail'
import { createPasskeys } from '../../src/wiring/create-passkeys'
import { createSecondFactors } from '../../src/wiring/create-second-factors'
import { createSelfService } from '../../src/wiring/create-self-service'
import { type RecordingD1, recordingD1 } from '../../test/support/recording-d1'
import { CLIENT_LIMIT } from '../bench/servers/client-limit'

/** Janus on one of the databases. */
interface Grown {
  readonly db: D1Database
  readonly sent: RecordingD1['sent']
  readonly services: Services
  readonly fetch: (request: Request, env: unknown, context: ExecutionContext) => Response | Promise<Response>
  sweep(): Promise<void>
}

const bindings: Readonly<Record<string, unknown>> = { ...env }
const grown = new Map<string, Grown>()

/** Returns the database that the header of a request names by its binding. */
function grownOf(request: Request): Grown {
  const name = request.headers.get('Growth-Database') ?? ''
  const known = grown.get(name)
  if (known) return known
  const db = bindings[name] as D1Database
  const recording = recordingD1(db)
  const janus = createJanus(
    { ...bindings, DB: recording.db, LOGIN_LIMIT: CLIENT_LIMIT },
    { createMail, createPasskeys, createSecondFactors, createSelfService, log: () => {} },
  )
  if (!janus.services) throw new Error('Not configured')
  const { services, fetch, sweep } = janus
  const made = { db, sent: recording.sent, services, fetch, sweep }
  grown.set(name, made)
  return made
}

/** For who measures: besides the routes of Janus. */
const control = new Hono<{ Variables: { grown: Grown } }>()
  .basePath('/growth')
  .use(async (c, next) => {
    c.set('grown', grownOf(c.req.raw))
    await next()
  })

  .get('/password-hash', async (c) =>
    c.text(await c.var.grown.services.passwords.hash(c.req.query('of') ?? '')),
  )

  /** Holds the credentials of a client of that session. */
  .get('/credentials/:id', async (c) => {
    const { db, services } = c.var.grown
    const id = c.req.param('id')
    const row = await db
      .prepare('SELECT user_id, refresh_counter, expires_at FROM sessions WHERE id = ?1')
      .bind(id)
      .first<{ user_id: string; refresh_counter: number; expires_at: number }>()
    if (!row) return c.notFound()
    const { token } = await services.accessTokens.issue({
      userId: row.user_id,
      sessionId: id,
      roles: [],
      authenticatedAt: services.clock(),
      amr: ['pwd'],
      acr: 'urn:janus:1fa',
      sessionExpiresAt: row.expires_at,
    })
    const refreshToken = await services.refreshTokens.issue({ sessionId: id, counter: row.refresh_counter })
    return c.json({ access_token: token, refresh_token: refreshToken })
  })

  /** Sets how much waits for the sweep, if only for a minute. */
  .get('/waiting', async (c) => {
    const row = await c.var.grown.db
      .prepare(
        `SELECT (SELECT count(*) FROM audit_events WHERE chain_hash IS NULL)
              + (SELECT count(*) FROM sessions WHERE ended_at IS NOT NULL) AS waiting`,
      )
      .first()
    return c.json(row)
  })

  /**
   * So many sessions that have ended, and so many whose time is over, all of them long enough ago to be swept. And an attempt that
   * is never to be forgotten: where there is one, it is looked at.
   */
  .post('/over/:count', async (c) => {
    const { db, services } = c.var.grown
    const count = Number(c.req.param('count'))
    const now = services.clock()
    const ids = () => JSON.stringify(Array.from({ length: count }, () => crypto.randomUUID().slice(0, 22)))
    const insert = (expiresAt: number, ended: string) =>
      db
        .prepare(
          `INSERT INTO sessions (id, user_id, mode, secret_hash, created_at, authenticated_at, last_seen_at,
                                 idle_expires_at, expires_at)
           SELECT value, value, 'session', ?2, ?3, ?3, ?3, ?4, ?4 FROM json_each(?1)`,
        )
        .bind(ended, 'A'.repeat(43), now - 1000, expiresAt)
    const ended = ids()
    await db.batch([
      insert(now - 200, ids()),
      insert(now + 100_000, ended),
      db
        .prepare(
          `UPDATE sessions SET ended_at = ?2, end_reason = 'signed-out'
            WHERE id IN (SELECT value FROM json_each(?1))`,
        )
        .bind(ended, now - 200),
      db
        .prepare("INSERT OR IGNORE INTO budgets (budget_key, kind, spent_until) VALUES (?1, 'password', ?2)")
        .bind('-'.repeat(43), 2 * now),
    ])
    return c.body(null, 204)
  })

  .post('/sweep', async (c) => {
    await c.var.grown.sweep()
    return c.body(null, 204)
  })

export default {
  async fetch(request, given, context) {
    const { sent, fetch } = grownOf(request)
    sent.length = 0
    const isControl = new URL(request.url).pathname.startsWith('/growth/')
    const answer = await (isControl ? control.fetch(request) : fetch(request, given, context))
    const costs = { rowsRead: 0, rowsWritten: 0, d1Ms: 0 }
    for (const { rowsRead, rowsWritten, durationMs } of sent) {
      costs.rowsRead += rowsRead
      costs.rowsWritten += rowsWritten
      costs.d1Ms += durationMs
    }
    const told = new Response(answer.body, answer)
    told.headers.set('Growth-Costs', JSON.stringify(costs))
    return told
  },
} satisfies ExportedHandler
