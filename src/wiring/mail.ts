import type { AnswerVerifiedRegistration } from '../api/sign-in/verified-registration'
import type { Mailer } from '../mail/mailer'
import type { OwnMailTexts } from '../mail/render-mail'
import type { SendMail } from '../runtime/queued-mail'
import type { MailServices, Services } from '../services'
import type { Defer } from '../sessions/resolve-session'
import type { MailQueue } from '../storage/sql/mail-queue'
import type { Part, PartSettings } from './part'

/** The parts that mail takes. A service that is not given them has no routes that mail, and carries none of their code. */
export interface Mail extends Part, MailServices {
  readonly queue: MailQueue
  readonly send: SendMail
  /** Registers where addresses are to be proven first. */
  answerVerified(services: Services): AnswerVerifiedRegistration
}

export interface MailParts extends Omit<PartSettings, 'mailQueue'> {
  /** In place of the one that `MAILER` names. */
  readonly mailer: Mailer | null
  /** Holds what the app says in its own words. */
  readonly mailTexts?: OwnMailTexts | undefined
  readonly defer: Defer
}

/** Makes the parts that mail takes. */
export type CreateMail = (parts: MailParts) => Mail
