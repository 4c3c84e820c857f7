import * as v from 'valibot'
import type { ProvenMethod } from '../../sessions/assurance'
import { ProvenMethods } from '../../sessions/proven-methods'
import type { LiveSession, Session } from '../../sessions/session'

/** A session as the database has it. */
export interface SessionRow {
  readonly id: string
  readonly user_id: string
  readonly mode: Session['mode']
  readonly secret_hash: string | null
  readonly created_at: number
  readonly authenticated_at: number
  readonly amr: string
  /** `null` in rows of older versions. */
  readonly methods: string | null
  readonly last_seen_at: number
  readonly idle_expires_at: number
  readonly expires_at: number
  readonly user_agent: string | null
  readonly country: string | null
  readonly client_id: string | null
  readonly key_name: string | null
  readonly key_used_at: number | null
  readonly scope: string | null
  readonly resource: string | null
}

/** A session with the roles of its account. */
export interface LiveSessionRow extends SessionRow {
  readonly roles: string
}

export function toSession(row: SessionRow): Session {
  return {
    id: row.id,
    userId: row.user_id,
    mode: row.mode,
    createdAt: row.created_at,
    authenticatedAt: row.authenticated_at,
    methods: methodsOf(row),
    lastSeenAt: row.last_seen_at,
    idleExpiresAt: row.idle_expires_at,
    expiresAt: row.expires_at,
    userAgent: row.user_agent,
    country: row.country,
  }
}

/** Proofs as the database has them: a JSON array. What is none counts as no proof at all. */
export function parseMethods(json: string): readonly ProvenMethod[] {
  const methods = v.safeParse(ProvenMethods, JSON.parse(json))
  return methods.success ? methods.output : []
}

function methodsOf(row: SessionRow): readonly ProvenMethod[] {
  if (row.methods !== null) return parseMethods(row.methods)
  return [{ method: row.amr === 'pwd' ? 'pwd' : 'link', at: row.authenticated_at }]
}

/** Roles as the database has them: a JSON array, of which only text is a role. */
export function parseRoles(json: string): readonly string[] {
  const roles: unknown[] = JSON.parse(json)
  return roles.filter((role) => typeof role === 'string')
}

export function toLiveSession(row: LiveSessionRow): LiveSession {
  return { session: toSession(row), roles: parseRoles(row.roles), secretHash: row.secret_hash }
}
