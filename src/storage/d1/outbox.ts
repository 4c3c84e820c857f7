import type { Keyring } from '../../crypto/keyring'
import { unseal } from '../../crypto/sealing'
import type { MailDetails, MailKind } from '../../mail/mail'
import type { Outbox } from '../../mail/outbox'
import { isLanguage } from '../../request-source/language'
import { reach, reachToRead } from '../../runtime/outage'
import { recordEvent } from './audit-log'
import type { D1MailQueue } from './mail-queue'

/** After its n-th attempt a mail waits for 2^(n-1) minutes, at most for 64. */
const NEXT_ATTEMPT = '(60 << min(attempts, 6))'

/** The outbox in D1. Tokens of links are encrypted in it, for at rest they are nowhere in clear. */
export function createD1Outbox(db: D1Database, keyring: Keyring, queue: D1MailQueue): Outbox {
  return {
    takeQueued: () => queue.take(),

    async findDue(now, limit) {
      const due = await reachToRead('D1', () =>
        db
          .prepare('SELECT id FROM outbox WHERE due_at <= ?1 ORDER BY due_at, id LIMIT ?2')
          .bind(now, limit)
          .all<{ id: string }>(),
      )
      return due.results.map(({ id }) => id)
    },

    async claim(id, now) {
      const row = await reach('D1', () =>
        db
          .prepare(
            `UPDATE outbox SET attempts = attempts + 1, due_at = ?2 + ${NEXT_ATTEMPT}
              WHERE id = ?1 AND due_at <= ?2 RETURNING *`,
          )
          .bind(id, now)
          .first<OutboxRow>(),
      )
      if (!row) return null
      const { kind, subject_id: subjectId, recipient, queued_at: queuedAt, expires_at: expiresAt } = row
      const details = parseDetails(row.details)
      const mail = { id, kind, subjectId, recipient, details, queuedAt, expiresAt }
      const text = await unsealToken(keyring, row)
      if (text === 'unreadable') return { outcome: 'unreadable', mail }
      const [token = null, code = null] = text?.split('.') ?? []
      return { outcome: 'claimed', mail: { ...mail, token, code } }
    },

    async delete(id) {
      await reach('D1', () => db.prepare('DELETE FROM outbox WHERE id = ?1').bind(id).run())
    },

    async bury({ id, subjectId }, reason, now) {
      const event = {
        at: now,
        event: 'mail-failed',
        outcome: 'refused',
        reason,
        actorId: null,
        subjectId,
        accountKey: null,
        sessionId: null,
        mode: null,
        client: null,
      } as const
      await reach('D1', () =>
        db.batch([
          db.prepare('DELETE FROM outbox WHERE id = ?1').bind(id),
          recordEvent(db, event, 'if-changed'),
        ]),
      )
    },
  }
}

/** A mail that an older version queued names no language; one that a newer version queued may name another. */
function parseDetails(text: string): MailDetails {
  const { device = null, country = null, language }: Partial<MailDetails> = JSON.parse(text)
  return { device, country, language: isLanguage(language) ? language : 'en' }
}

/** The token of a link, and behind a full stop the code that stands for it, if there is one. */
async function unsealToken(keyring: Keyring, row: OutboxRow): Promise<string | 'unreadable' | null> {
  const { id, sealed_token: text, encrypted_with: secretId } = row
  if (text === null || secretId === null) return null
  const bytes = await unseal(keyring, 'mail-encryption', id, { text, secretId })
  return bytes ? new TextDecoder().decode(bytes) : 'unreadable'
}

interface OutboxRow {
  readonly id: string
  readonly kind: MailKind
  readonly subject_id: string | null
  readonly recipient: string
  readonly sealed_token: string | null
  readonly encrypted_with: string | null
  readonly details: string
  readonly queued_at: number
  readonly expires_at: number
}
