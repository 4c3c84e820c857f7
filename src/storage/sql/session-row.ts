import * as v from 'valibot'
import { nameOfUrl } from '../../oauth/app-metadata'
import type { Client } from '../../oauth/client'
import { AUTHENTICATION_METHODS, type ProvenMethod } from '../../sessions/assurance'
import type { ListedSession, LiveSession, Session } from '../../sessions/session'

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

/** A session with the name of the client that it is of, if any. */
export interface ListedSessionRow extends SessionRow {
  readonly client_name: string | null
  readonly client_registered_by: Client['registeredBy'] | null
  /** JSON. */
  readonly client_redirect_uris: string | null
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

export function toListedSession(row: ListedSessionRow): ListedSession {
  const { client_id: id, client_name: name, scope, resource } = row
  const app =
    id === null
      ? null
      : { id, name: name ?? row.key_name ?? id, host: hostOfClient(row), scope: scope ?? '', resource }
  return { ...toSession(row), app, keyUsedAt: row.key_used_at }
}

/** Returns the host that an app is known by which no operator registered. */
function hostOfClient(row: ListedSessionRow): string | null {
  const { client_id: id, client_registered_by: registeredBy, client_redirect_uris: uris } = row
  if (registeredBy === 'document' && id !== null) return nameOfUrl(id)
  return registeredBy === 'itself' && uris !== null ? nameOfUrl(JSON.parse(uris)[0]) : null
}

/** Proofs as the database has them: a JSON array. What is none counts as no proof at all. */
export function parseMethods(json: string): readonly ProvenMethod[] {
  const methods = v.safeParse(Methods, JSON.parse(json))
  return methods.success ? methods.output : []
}

const Methods = v.array(v.object({ method: v.picklist(AUTHENTICATION_METHODS), at: v.number() }))

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
