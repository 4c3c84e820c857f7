import { encodeBase64url } from '../../crypto/base64url'
import type { Keyring } from '../../crypto/keyring'
import { randomBytes } from '../../crypto/random'
import { type Sealed, seal } from '../../crypto/sealing'
import type { MintedSecret } from '../../links/one-time-token'
import {
  type LinkMailKind,
  type MailDetails,
  type MailKind,
  NOTICE_LIFETIME_SECONDS,
  type NoticeKind,
} from '../../mail/mail'
import { describeDevice } from '../../request-source/device'
import type { Client } from '../../request-source/request-source'

/**
 * Statements that queue mail, for the batch of what it is about. `if-changed`: only if the statement right before changed a
 * row, so that what did not happen is not told either.
 */
export interface D1MailQueue {
  /** No statement at all where no mail is sent. */
  notice(notice: Notice, to: Recipient, when?: 'always' | 'if-changed'): readonly D1PreparedStatement[]
  /** Tells the owner of a session that has just begun, if it began on a device that is new to an account which knows others. */
  newDevice(begun: BegunSession): readonly D1PreparedStatement[]
  /** Mails the link of a one-time token, if it is there: to the address to have, unless that is another's, or to its account's. */
  link(mail: LinkMail): Promise<readonly D1PreparedStatement[]>
  /** Notes which mail the statements of a batch have queued. */
  note(results: readonly D1Result[]): void
  /** Ids of what was noted since this was called last. */
  take(): readonly string[]
}

export interface Notice {
  readonly kind: NoticeKind
  readonly client: Client
  readonly now: number
}

export interface LinkMail {
  readonly kind: LinkMailKind
  readonly token: MintedSecret
  /** Six digits that stand for the link where it was asked for. */
  readonly code?: string | undefined
  readonly expiresAt: number
  readonly client: Client
  readonly now: number
}

/** Whose account a mail concerns; it goes to the address of that account unless another is given. */
export type Recipient =
  /** `passwordless`: only if the account has no password now. */
  | { readonly userId: string; readonly address?: string; readonly passwordless?: boolean }
  | { readonly sessionId: string }
  /** `except`: not if it is the account of this id. */
  | { readonly canonicalEmail: string; readonly except: string | null }

export interface BegunSession {
  readonly sessionId: string
  readonly userId: string
  readonly client: Client
  readonly now: number
}

export function createD1MailQueue(db: D1Database, keyring: Keyring): D1MailQueue {
  const queued = new Set<string>()

  /**
   * @param from Where `recipient` and `subject` come from, and on which condition; its values are numbered from ?9 on.
   */
  function insert(mail: NewMail, from: string, values: readonly (string | null)[]): D1PreparedStatement {
    const { userAgent, country, language } = mail.client
    const details: MailDetails = { device: describeDevice(userAgent), country, language }
    return db
      .prepare(
        `INSERT INTO outbox (id, kind, subject_id, recipient, sealed_token, encrypted_with, details,
                             queued_at, expires_at, due_at)
         SELECT ?1, ?2, subject, recipient, ?3, ?4, ?5, ?6, ?7, ?6 FROM (${from}) WHERE ?8 = 'always' OR changes() > 0
         RETURNING id AS outbox_id`,
      )
      .bind(
        mail.id,
        mail.kind,
        mail.sealed?.text ?? null,
        mail.sealed?.secretId ?? null,
        JSON.stringify(details),
        mail.now,
        mail.expiresAt,
        mail.when,
        ...values,
      )
  }

  return {
    notice({ kind, client, now }, to, when = 'always') {
      const { where, values } = whose(to)
      const from = `SELECT id AS subject, coalesce(?9, email) AS recipient FROM users WHERE ${where} AND disabled_at IS NULL`
      const address = 'address' in to ? (to.address ?? null) : null
      return [insert(newNotice(kind, client, now, when), from, [address, ...values])]
    },

    newDevice({ sessionId, userId, client, now }) {
      const device = `${describeDevice(client.userAgent) ?? 'unknown'}; ${client.country ?? 'unknown'}`
      const from = `SELECT id AS subject, email AS recipient FROM users
        WHERE id = ?9 AND EXISTS (SELECT 1 FROM sessions WHERE id = ?10)
          AND EXISTS (SELECT 1 FROM known_devices WHERE user_id = ?9)
          AND NOT EXISTS (SELECT 1 FROM known_devices WHERE user_id = ?9 AND device = ?11)`
      const notice = newNotice('new-sign-in', client, now, 'always')
      return [
        insert(notice, from, [userId, sessionId, device]),
        db
          .prepare(
            `INSERT OR IGNORE INTO known_devices (user_id, device)
             SELECT ?1, ?2 WHERE EXISTS (SELECT 1 FROM sessions WHERE id = ?3)`,
          )
          .bind(userId, device, sessionId),
      ]
    },

    async link({ kind, token, code, expiresAt, client, now }) {
      const id = newId()
      const text = code === undefined ? token.text : `${token.text}.${code}`
      const sealed = await seal(keyring, 'mail-encryption', id, new TextEncoder().encode(text))
      const from = `SELECT users.id AS subject, coalesce(new_email, users.email) AS recipient
        FROM one_time_tokens LEFT JOIN users ON users.id = holder
        WHERE token_hash = ?9 AND NOT EXISTS (
          SELECT 1 FROM users AS other WHERE other.email_canonical = new_email_canonical AND other.id <> holder)`
      return [insert({ id, kind, client, now, expiresAt, sealed, when: 'always' }, from, [token.hash])]
    },

    note(results) {
      for (const { results: rows } of results) {
        for (const row of rows as { outbox_id?: string }[]) if (row.outbox_id) queued.add(row.outbox_id)
      }
    },

    take() {
      const ids = [...queued]
      queued.clear()
      return ids
    },
  }
}

/** Where no mail is sent, none is queued. */
export const NO_MAIL_QUEUE: D1MailQueue = {
  notice: () => [],
  newDevice: () => [],
  link: async () => [],
  note: () => {},
  take: () => [],
}

interface NewMail {
  readonly id: string
  readonly kind: MailKind
  readonly client: Client
  readonly now: number
  readonly expiresAt: number
  readonly sealed: Sealed | null
  readonly when: 'always' | 'if-changed'
}

function newNotice(kind: NoticeKind, client: Client, now: number, when: NewMail['when']): NewMail {
  return { id: newId(), kind, client, now, expiresAt: now + NOTICE_LIFETIME_SECONDS, sealed: null, when }
}

function newId(): string {
  return encodeBase64url(randomBytes(16))
}

/** How the account that a notice concerns is found; the values are numbered from ?10 on. */
function whose(to: Recipient): { where: string; values: readonly (string | null)[] } {
  if ('userId' in to) {
    const where = to.passwordless ? 'id = ?10 AND password_hash IS NULL' : 'id = ?10'
    return { where, values: [to.userId] }
  }
  if ('sessionId' in to) {
    return { where: 'id = (SELECT user_id FROM sessions WHERE id = ?10)', values: [to.sessionId] }
  }
  return { where: 'email_canonical = ?10 AND id IS NOT ?11', values: [to.canonicalEmail, to.except] }
}
