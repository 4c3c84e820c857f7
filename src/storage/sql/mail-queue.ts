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
  type RecoveryMailKind,
} from '../../mail/mail'
import { describeDevice } from '../../request-source/device'
import type { RequestSource } from '../../request-source/request-source'
import { PREVIOUS_CHANGED, type SqlValue, type Statement, sql } from './statement'

/** Describes the row that a statement returns when it queues a mail. */
export interface QueuedRow {
  readonly outbox_id: string
}

export type Queues = Statement<QueuedRow> | null

/** Makes statements that queue mail, for the transaction of what it is about. `null` where no mail is sent. */
export interface MailQueue {
  notice(notice: Notice, to: Recipient): Queues
  /** Queues as `notice` does, if the statement right before changed a row, so that nobody is told of what did not happen. */
  noticeIfChanged(notice: Notice, to: Recipient): Queues
  /** Tells the owner of a session that has just begun, if it began on a device that is new to an account which knows others. */
  newDevice(begun: BegunSession): { readonly ownerTold: Queues; readonly deviceNamed: Statement | null }
  /** Mails the link of a one-time token, if it is there: to the address to have, unless that is another's, or to its account's. */
  link(mail: LinkMail): Promise<Queues>
  /** Mails how to cancel the recovery that has just been started under the secret of the mail, when it is time to. */
  recovery(mail: RecoveryMail): Promise<Queues>
}

/** Returns the ids of the mail that steps of a transaction have queued. */
export function mailIds(...steps: readonly (readonly QueuedRow[])[]): readonly string[] {
  return steps.flat().map(({ outbox_id: id }) => id)
}

export interface Notice {
  readonly kind: NoticeKind
  readonly source: RequestSource
  readonly now: number
}

export interface LinkMail {
  readonly kind: LinkMailKind
  readonly token: MintedSecret
  /** Six digits that stand for the link where it was asked for. */
  readonly code?: string | undefined
  readonly expiresAt: number
  readonly source: RequestSource
  readonly now: number
}

export interface RecoveryMail extends Pick<LinkMail, 'token' | 'source' | 'now'> {
  readonly kind: RecoveryMailKind
  /** Of the mail: see {@link newMailId}. */
  readonly id: string
  readonly sendAt: number
  /** Says when the recovery takes effect (seconds). */
  readonly dueAt: number
}

/** Names the account that a mail concerns; it goes to the address of that account unless another is given. */
export type Recipient =
  /** `passwordless`: only if the account has no password now. */
  | { readonly userId: string; readonly address?: string; readonly passwordless?: boolean }
  | { readonly sessionId: string }
  /** `except`: not if it is the account of this id. */
  | { readonly canonicalEmail: string; readonly except: string | null }

export interface BegunSession {
  readonly sessionId: string
  readonly userId: string
  readonly source: RequestSource
  readonly now: number
}

export function createMailQueue(keyring: Keyring): MailQueue {
  function queueNotice(notice: Notice, to: Recipient, condition: string): Statement<QueuedRow> {
    const { where, values } = accountOf(to)
    const address = 'address' in to ? (to.address ?? null) : null
    return insertMail(newNotice(notice), {
      from: `SELECT id AS subject, coalesce(:address, email) AS recipient FROM users WHERE ${where} AND disabled_at IS NULL`,
      values: { ...values, address },
      condition,
    })
  }

  return {
    notice: (notice, to) => queueNotice(notice, to, ALWAYS),

    noticeIfChanged: (notice, to) => queueNotice(notice, to, PREVIOUS_CHANGED),

    newDevice({ sessionId, userId, source, now }) {
      const device = `${describeDevice(source.userAgent) ?? 'unknown'}; ${source.country ?? 'unknown'}`
      const values = { user_id: userId, session_id: sessionId, device }
      return {
        ownerTold: insertMail(newNotice({ kind: 'new-sign-in', source, now }), {
          from: `SELECT id AS subject, email AS recipient FROM users
            WHERE id = :user_id AND EXISTS (SELECT 1 FROM sessions WHERE id = :session_id)
              AND EXISTS (SELECT 1 FROM known_devices WHERE user_id = :user_id)
              AND NOT EXISTS (SELECT 1 FROM known_devices WHERE user_id = :user_id AND device = :device)`,
          values,
          condition: ALWAYS,
        }),
        deviceNamed: sql(
          `INSERT INTO known_devices (user_id, device)
           SELECT :user_id, :device WHERE EXISTS (SELECT 1 FROM sessions WHERE id = :session_id)
           ON CONFLICT DO NOTHING`,
          values,
        ),
      }
    },

    async link({ kind, token, code, expiresAt, source, now }) {
      const id = newMailId()
      const text = code === undefined ? token.text : `${token.text}.${code}`
      // guard: the token of a waiting mail is encrypted
      const sealed = await seal(keyring, 'mail-encryption', id, new TextEncoder().encode(text))
      return insertMail(
        { id, kind, source, now, expiresAt, sealed },
        {
          // guard: nobody learns by an address change that an address is taken
          from: `SELECT users.id AS subject, coalesce(new_email, users.email) AS recipient
            FROM one_time_tokens LEFT JOIN users ON users.id = holder
            WHERE token_hash = :token_hash AND NOT EXISTS (
              SELECT 1 FROM users AS other WHERE other.email_canonical = new_email_canonical AND other.id <> holder)`,
          values: { token_hash: token.hash },
          condition: ALWAYS,
        },
      )
    },

    async recovery({ kind, id, token, dueAt, sendAt, source, now }) {
      const sealed = await seal(keyring, 'mail-encryption', id, new TextEncoder().encode(token.text))
      return insertMail(
        { id, kind, source, now, expiresAt: dueAt, sendAt, sealed },
        {
          from: `SELECT users.id AS subject, users.email AS recipient
            FROM factor_recoveries JOIN users ON users.id = user_id WHERE cancel_hash = :cancel_hash`,
          values: { cancel_hash: token.hash },
          condition: ALWAYS,
        },
      )
    },
  }
}

/** Queues nothing, where no mail is sent. */
export const NO_MAIL_QUEUE: MailQueue = {
  notice: () => null,
  noticeIfChanged: () => null,
  newDevice: () => ({ ownerTold: null, deviceNamed: null }),
  link: async () => null,
  recovery: async () => null,
}

const ALWAYS = 'true'

interface NewMail {
  readonly id: string
  readonly kind: MailKind
  readonly source: RequestSource
  readonly now: number
  readonly expiresAt: number
  /** Says when it leaves (seconds); at once, without. */
  readonly sendAt?: number
  readonly sealed: Sealed | null
}

/** Queues a mail. @param to Where `subject` and `recipient` come from, with the values of that, and on which condition. */
function insertMail(
  mail: NewMail,
  to: {
    readonly from: string
    readonly values: Readonly<Record<string, SqlValue>>
    readonly condition: string
  },
): Statement<QueuedRow> {
  const { userAgent, country, language } = mail.source
  // guard: what a client wrote stands in no mail
  const details: MailDetails = { device: describeDevice(userAgent), country, language }
  return sql(
    `INSERT INTO outbox (id, kind, subject_id, recipient, sealed_token, encrypted_with, details,
                         queued_at, expires_at, due_at)
     SELECT :mail_id, :kind, subject, recipient, :sealed_token, :encrypted_with, :details, :now, :expires_at, :send_at
       FROM (${to.from}) AS found WHERE ${to.condition}
     RETURNING id AS outbox_id`,
    {
      ...to.values,
      mail_id: mail.id,
      kind: mail.kind,
      sealed_token: mail.sealed?.text ?? null,
      encrypted_with: mail.sealed?.secretId ?? null,
      details: JSON.stringify(details),
      now: mail.now,
      expires_at: mail.expiresAt,
      send_at: mail.sendAt ?? mail.now,
    },
  )
}

function newNotice({ kind, source, now }: Notice): NewMail {
  return { id: newMailId(), kind, source, now, expiresAt: now + NOTICE_LIFETIME_SECONDS, sealed: null }
}

/** Returns the id of a mail that is about to be queued. */
export function newMailId(): string {
  return encodeBase64url(randomBytes(16))
}

/** Returns the condition that finds the account which a notice concerns. */
function accountOf(to: Recipient): {
  readonly where: string
  readonly values: Readonly<Record<string, SqlValue>>
} {
  if ('userId' in to) {
    const where = to.passwordless ? 'id = :user_id AND password_hash IS NULL' : 'id = :user_id'
    return { where, values: { user_id: to.userId } }
  }
  if ('sessionId' in to) {
    return {
      where: 'id = (SELECT user_id FROM sessions WHERE id = :session_id)',
      values: { session_id: to.sessionId },
    }
  }
  return {
    where: 'email_canonical = :email AND id IS DISTINCT FROM :except',
    values: { email: to.canonicalEmail, except: to.except },
  }
}
