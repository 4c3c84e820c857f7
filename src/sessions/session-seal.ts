import * as v from 'valibot'
import { encodeBase64url, parseBase64url } from '../crypto/base64url'
import type { Restores } from '../restores/restores'
import type { Clock } from '../runtime/clock'
import { ProvenMethods } from './proven-methods'
import { idleSeconds, type Session, type SessionLifetimes } from './session'
import { parseSessionToken } from './session-token'
import type { SignedTexts } from './signed-texts'

/** Describes what a request needs to know of a session, as the cache or the store had it. */
export interface ResolvedSession {
  readonly session: Pick<Session, 'id' | 'userId' | 'methods'>
  readonly roles: readonly string[]
  /** Says when the cache or the store was asked. */
  readonly asOf: number
  /** Until when that answer may be used without asking again, by whoever presents the seal. */
  readonly sealableUntil: number
}

/** A seal for the browser that holds the session token. */
export interface FreshSeal {
  readonly text: string
  /** Says how long it is accepted. */
  readonly seconds: number
}

/**
 * Seals: what the cache or the store last said of a session, signed for the one who presents its token. A request with a fresh seal asks no
 * storage, in any isolate.
 *
 * A seal is a base64url text around `<secret id>.<MAC>.<JSON>`, and the MAC covers the issuer and the whole session token. So a seal opens
 * nothing without its token, and none of another session.
 */
export interface SessionSeals {
  /** Says until when an answer of the cache or the store may be sealed: never past the instant at which the session slides or ends. */
  sealableUntil(session: Session, asOf: number): number
  /** Returns a seal, or `null` if it would be over already. */
  make(resolved: ResolvedSession, token: string): Promise<FreshSeal | null>
  /** Returns what a seal says, or `null` if it is not for this token, or over, or from before the database was put back. */
  open(text: string, token: string): Promise<ResolvedSession | null>
}

interface SessionSealParts {
  readonly signedTexts: SignedTexts
  readonly restores: Restores
  readonly lifetimes: SessionLifetimes
  /** Says how long a seal is accepted; 0: there are none. */
  readonly sealSeconds: number
  readonly clock: Clock
}

export function createSessionSeals(parts: SessionSealParts): SessionSeals {
  const { signedTexts, restores, lifetimes, sealSeconds, clock } = parts

  return {
    sealableUntil({ idleExpiresAt, expiresAt }, asOf) {
      const slides = idleExpiresAt < expiresAt
      // A session slides when half of its idle time is over, and only a request that asks storage slides it.
      // guard: a seal hides no request that slides its session
      const mustAskAt = slides ? idleExpiresAt - idleSeconds(lifetimes, 'session') / 2 : expiresAt
      return Math.min(asOf + sealSeconds, mustAskAt)
    },

    async make({ session, roles, asOf, sealableUntil }, token) {
      const seconds = Math.floor(sealableUntil - clock())
      if (seconds <= 0) return null
      const { userId, methods } = session
      const json = JSON.stringify({ userId, methods, roles, asOf, until: sealableUntil })
      const text = await signedTexts.sign(token, json)
      return { text: encodeBase64url(new TextEncoder().encode(text)), seconds }
    },

    async open(text, token) {
      const parsedToken = parseSessionToken(token)
      const bytes = sealSeconds > 0 && parsedToken ? parseBase64url(text) : null
      if (!bytes || !parsedToken) return null
      // guard: a seal is for the token it was made for
      const json = await signedTexts.open(token, new TextDecoder().decode(bytes))
      const parsed = v.safeParse(SealedFacts, json)
      if (!parsed.success) return null
      const { userId, methods, roles, asOf, until } = parsed.output
      const now = clock()
      // Lower SEAL_SECONDS, and older seals are over at once. One from the future has an unknown age.
      // guard: a seal is accepted for SEAL_SECONDS
      if (now >= until || Math.abs(now - asOf) > sealSeconds) return null
      // guard: a seal from before the database was put back is ignored
      if (asOf <= (await restores.lastAt())) return null
      return { session: { id: parsedToken.sessionId, userId, methods }, roles, asOf, sealableUntil: until }
    },
  }
}

const SealedFacts = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    userId: v.string(),
    methods: ProvenMethods,
    roles: v.array(v.string()),
    asOf: v.number(),
    until: v.number(),
  }),
)
