import { forgottenPasswordRoutes } from '../api/account/forgotten-password'
import { emailRoutes } from '../api/email/email'
import { mailedLinkRoutes } from '../api/sign-in/mailed-link'
import { answerVerifiedRegistration } from '../api/sign-in/verified-registration'
import { REPEAT_SECONDS } from '../flows/repetition'
import type { SignedInEnv } from '../guards/auth-env'
import { Hono } from '../http/hono'
import { createSignInCodes } from '../links/sign-in-code'
import { createMailer } from '../mail/create-mailer'
import { deliverQueued, sweepOutbox } from '../mail/deliver-mail'
import { createMailRenderer } from '../mail/render-mail'
import type { MailingServices } from '../services'
import { createSqlMailStores } from '../storage/sql/create-mail-stores'
import type { Mail, MailParts } from './mail'
import { FORGET_STEP } from './sweep'

/** Makes the parts that mail takes: carriers, texts, links and the routes that mail them. */
export function createMail({
  config,
  bindings,
  db,
  keyring,
  mailer,
  mailTexts,
  defer,
  clock,
  log,
}: MailParts): Mail {
  const carrier = mailer ?? createMailer(config.mail, bindings)
  const { maxSessions } = config
  const stores = createSqlMailStores(db, { keyring, mails: carrier !== null, maxSessions })
  const { links, outbox } = stores
  const renderMail = createMailRenderer(config, mailTexts)
  const delivery = carrier && { mailer: carrier, outbox, renderMail, clock, log }
  const services = { links, signInCodes: createSignInCodes(keyring), delivery }
  return {
    ...services,
    queue: stores.mailQueue,
    send(mailIds) {
      if (delivery && mailIds.length > 0) defer(deliverQueued(delivery, mailIds))
    },
    sweepParts: {
      links: () => links.forget({ expired: clock(), used: clock() - REPEAT_SECONDS }, FORGET_STEP),
      mail: async () => {
        if (delivery) await sweepOutbox(delivery)
      },
    },
    createRoutes: (others) => mailRoutes({ ...others, ...services }),
    answerVerified: (others) => (c, registration) =>
      answerVerifiedRegistration(c, { ...others, ...services }, registration),
  }
}

/** Creates the routes of mail. */
export function mailRoutes(services: MailingServices) {
  return new Hono<SignedInEnv>()
    .route('/', mailedLinkRoutes(services))
    .route('/', forgottenPasswordRoutes(services))
    .route('/', emailRoutes(services))
}
