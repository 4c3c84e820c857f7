import type { MiddlewareHandler } from 'hono'
import type { AnswerVerifiedRegistration } from '../api/sign-in/verified-registration'
import type { Mailer } from '../mail/mailer'
import type { OwnMailTexts } from '../mail/render-mail'
import type { MailServices, Services } from '../services'
import type { Defer } from '../sessions/resolve-session'
import type { MailQueue } from '../storage/sql/mail-queue'
import type { Part, PartSettings } from './part'

/** The parts that mail takes. A service that is not given them has no routes that mail, and carries none of their code. */
export interface Mail extends Part, MailServices {
  readonly queue: MailQueue
  /** Sends what a request has queued, behind its response. */
  deliver(defer: Defer): MiddlewareHandler
  /** Registers where addresses are to be proven first. */
  answerVerified(services: Services): AnswerVerifiedRegistration
}

export interface MailParts extends Omit<PartSettings, 'mailQueue'> {
  /** In place of the one that `MAILER` names. */
  readonly mailer: Mailer | null
  /** What the app says in its own words. */
  readonly mailTexts?: OwnMailTexts | undefined
}

/** Makes the parts that mail takes. */
export type CreateMail = (parts: MailParts) => Mail
