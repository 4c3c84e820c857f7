import type { Keyring } from '../../crypto/keyring'
import type { LinkStore } from '../../links/link-store'
import type { Outbox } from '../../mail/outbox'
import { createLinkRequests } from './link-store'
import { createLinkUses } from './link-uses'
import { createMailQueue, type MailQueue, NO_MAIL_QUEUE } from './mail-queue'
import { createOutbox } from './outbox'
import { createSignInCodeStore } from './sign-in-codes'
import type { SqlDatabase } from './sql-database'
import { createUsedLinks } from './used-links'

/** Describes what a database has for mail: what is queued, and the links that were mailed. */
export interface SqlMailStores {
  /** For the stores whose transactions queue mail. */
  readonly mailQueue: MailQueue
  readonly links: LinkStore
  readonly outbox: Outbox
}

/** Makes the stores that mail takes on one database. */
export function createSqlMailStores(
  db: SqlDatabase,
  {
    keyring,
    mails,
    maxSessions,
  }: {
    /** For what is encrypted at rest. */
    readonly keyring: Keyring
    /** Says whether mail is sent. Otherwise none is queued. */
    readonly mails: boolean
    readonly maxSessions: number
  },
): SqlMailStores {
  const mailQueue = mails ? createMailQueue(keyring) : NO_MAIL_QUEUE
  return {
    mailQueue,
    links: {
      ...createLinkRequests(db, mailQueue),
      ...createLinkUses(db, { mailQueue, maxSessions }),
      ...createSignInCodeStore(db),
      ...createUsedLinks(db),
    },
    outbox: createOutbox(db, keyring),
  }
}
