import { auditEvent } from '../../audit/audit-event'
import type { Keyring } from '../../crypto/keyring'
import { unseal } from '../../crypto/sealing'
import { mintSecret } from '../../links/one-time-token'
import type { MailDetails, MailKind } from '../../mail/mail'
import type { Outbox } from '../../mail/outbox'
import { recordIfChanged } from './audit-log'
import type { SqlDatabase } from './sql-database'
import { ifChanged, type Statement, sql } from './statement'

/** After its n-th attempt a mail waits for 2^(n-1) minutes, at most for 64. */
const NEXT_ATTEMPT = '(CAST(60 AS BIGINT) << CAST(min(attempts, 6) AS INTEGER))'

/** Creates the outbox. Tokens of links are encrypted in it, for at rest they are nowhere in clear. */
export function createOutbox(db: SqlDatabase, keyring: Keyring): Outbox {
  return {
    async findDue(now, limit) {
      const due = await db.all(
        sql<{ id: string }>('SELECT id FROM outbox WHERE due_at <= :now ORDER BY due_at, id LIMIT :limit', {
          now,
          limit,
        }),
      )
      return due.map(({ id }) => id)
    },

    async claim(id, now) {
      const [row] = await db.change(
        sql<OutboxRow>(
          `UPDATE outbox SET attempts = attempts + 1, due_at = :now + ${NEXT_ATTEMPT}
            WHERE id = :id AND due_at <= :now RETURNING *`,
          { id, now },
        ),
        { outcomeMatters: false },
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

    async mintInvitation({ subjectId, expiresAt }) {
      const token = await mintSecret()
      const issued = await db.change(
        sql<{ holder: string }>(
          // guard: an invitation opens no account whose address is proven
          `INSERT INTO one_time_tokens (token_hash, purpose, holder, email_canonical, expires_at)
           SELECT :token_hash, 'verify-email', id, email_canonical, :expires_at
             FROM users WHERE id = :user_id AND email_verified_at IS NULL AND disabled_at IS NULL
           RETURNING holder`,
          { token_hash: token.hash, expires_at: expiresAt, user_id: subjectId },
        ),
        { outcomeMatters: false },
      )
      return issued.length > 0 ? token.text : null
    },

    async delete(id) {
      await db.change(deleteMail(id), { outcomeMatters: false })
    },

    async bury({ id, subjectId }, reason, now) {
      const event = auditEvent('mail-failed', { at: now, reason, subjectId })
      await db.transaction(
        { deleted: deleteMail(id), recorded: ifChanged('deleted', recordIfChanged(event)) },
        { outcomeMatters: false },
      )
    },
  }
}

function deleteMail(id: string): Statement {
  return sql('DELETE FROM outbox WHERE id = :id', { id })
}

/** Parses the details of a mail. One that an older version queued names no language; one that a newer version queued may name one that is not there. */
function parseDetails(text: string): MailDetails {
  const { device = null, country = null, language }: Partial<MailDetails> = JSON.parse(text)
  return { device, country, language: typeof language === 'string' ? language : 'en' }
}

/** Unseals the token of a link, with the code that stands for it behind a full stop, if there is one. */
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
