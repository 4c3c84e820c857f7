import type { Hono, MiddlewareHandler } from 'hono'
import type { AnswerVerifiedRegistration } from '../api/sign-in/verified-registration'
import type { Bindings } from '../config/bindings'
import type { Config } from '../config/config'
import type { Keyring } from '../crypto/keyring'
import type { SignedInEnv } from '../guards/auth-env'
import type { Mailer } from '../mail/mailer'
import type { Clock } from '../runtime/clock'
import type { Log } from '../runtime/log'
import type { MailServices, Services } from '../services'
import type { Defer } from '../sessions/resolve-session'
import type { MailQueue } from '../storage/sql/mail-queue'
import type { SqlDatabase } from '../storage/sql/sql-database'

/** The parts that mail takes. A service that is not given them has no routes that mail, and carries none of their code. */
export interface Mail extends MailServices {
  readonly queue: MailQueue
  /** Sends what a request has queued, behind its response. */
  deliver(defer: Defer): MiddlewareHandler
  /** What is left to do in the background, by name. */
  readonly sweepParts: Readonly<Record<string, () => Promise<void>>>
  createRoutes(services: Services): Hono<SignedInEnv>
  /** Registers where addresses are to be proven first. */
  answerVerified(services: Services): AnswerVerifiedRegistration
}

/** What a service is wired of: with mail, its routes, too. */
export interface WiredServices extends Services {
  readonly mail: Mail | null
}

export interface MailParts {
  readonly config: Config
  readonly bindings: Bindings
  readonly db: SqlDatabase
  readonly keyring: Keyring
  /** In place of the one that `MAILER` names. */
  readonly mailer: Mailer | null
  readonly clock: Clock
  readonly log: Log
}

/** Makes the parts that mail takes. */
export type CreateMail = (parts: MailParts) => Mail
