import { auditEvent } from '../../audit/audit-event'
import type { FactorRecoveryStore } from '../../factors/factor-recovery'
import type { Language } from '../../request-source/language'
import { recordIfChanged } from './audit-log'
import { type MailQueue, mailIds, newMailId } from './mail-queue'
import { endContext } from './sessions'
import type { SqlDatabase } from './sql-database'
import { ifChanged, PREVIOUS_CHANGED, sql } from './statement'

/** Recoveries of second factors. What belongs together is one transaction. */
export function createFactorRecoveryStore(
  db: SqlDatabase,
  { mailQueue }: { readonly mailQueue: MailQueue },
): FactorRecoveryStore {
  return {
    async start({ tokenHash, userId, mode, cancel, dueAt, source, now }) {
      const by = { at: now, actorId: userId, subjectId: userId, mode, source }
      const waiting = { token_hash: tokenHash, user_id: userId, mode, now }
      const mail = { token: cancel, dueAt, source, now }
      const reminderId = newMailId()
      const half = now + Math.floor((dueAt - now) / 2)
      const rows = await db.transaction({
        started: sql<{ due_at: number }>(
          // guard: a recovery is asked for by whoever has just proven the mailbox
          // guard: a recovery takes an address that is proven
          `INSERT INTO factor_recoveries (user_id, cancel_hash, started_at, due_at, language, reminder_id)
           SELECT users.id, :cancel_hash, :now, :due_at, :language, :reminder_id FROM users
             JOIN pending_sign_ins ON pending_sign_ins.user_id = users.id
            WHERE token_hash = :token_hash AND users.id = :user_id AND mode = :mode AND expires_at > :now
              AND methods LIKE '%"link"%' AND email_verified_at IS NOT NULL AND disabled_at IS NULL
              AND (second_factor_at IS NOT NULL OR EXISTS (SELECT 1 FROM passkeys WHERE passkeys.user_id = users.id))
           ON CONFLICT (user_id) DO NOTHING RETURNING due_at`,
          {
            ...waiting,
            cancel_hash: cancel.hash,
            due_at: dueAt,
            language: source.language,
            reminder_id: reminderId,
          },
        ),
        recorded: ifChanged('started', recordIfChanged(auditEvent('second-factor-recovery-requested', by))),
        mailed: await mailQueue.recovery({
          ...mail,
          kind: 'second-factor-recovery',
          id: newMailId(),
          sendAt: now,
        }),
        reminder: await mailQueue.recovery({
          ...mail,
          kind: 'second-factor-recovery-soon',
          id: reminderId,
          sendAt: half,
        }),
        running: sql<{ methods: string; due_at: number | null }>(
          `SELECT methods, due_at FROM pending_sign_ins
             LEFT JOIN factor_recoveries ON factor_recoveries.user_id = pending_sign_ins.user_id
            WHERE token_hash = :token_hash AND pending_sign_ins.user_id = :user_id AND mode = :mode AND expires_at > :now`,
          waiting,
        ),
      })
      const [row] = rows.running
      if (!row) return { outcome: 'over' }
      // guard: a recovery that runs is told of only to whoever could have asked for it
      if (row.due_at === null || !row.methods.includes('"link"')) return { outcome: 'mailbox-not-proven' }
      return { outcome: 'started', dueAt: row.due_at, mailIds: mailIds(rows.mailed) }
    },

    async cancel(cancelHash, source, now) {
      const found = await db.first(
        sql<{ user_id: string }>('SELECT user_id FROM factor_recoveries WHERE cancel_hash = :cancel_hash', {
          cancel_hash: cancelHash,
        }),
      )
      if (!found) return false
      const { user_id: userId } = found
      const event = { at: now, actorId: userId, subjectId: userId, source }
      const rows = await db.transaction({
        cancelled: sql<{ user_id: string }>(
          'DELETE FROM factor_recoveries WHERE user_id = :user_id AND cancel_hash = :cancel_hash RETURNING user_id',
          { user_id: userId, cancel_hash: cancelHash },
        ),
        recorded: ifChanged(
          'cancelled',
          recordIfChanged(auditEvent('second-factor-recovery-cancelled', event)),
        ),
      })
      return rows.cancelled.length > 0
    },

    async cancelOwn({ userId, sessionId, mode }, source, now) {
      const event = { at: now, actorId: userId, subjectId: userId, sessionId, mode, source }
      const rows = await db.transaction({
        cancelled: sql<{ user_id: string }>(
          'DELETE FROM factor_recoveries WHERE user_id = :user_id RETURNING user_id',
          { user_id: userId },
        ),
        recorded: ifChanged(
          'cancelled',
          recordIfChanged(auditEvent('second-factor-recovery-cancelled', event)),
        ),
      })
      return rows.cancelled.length > 0
    },

    async listDue(now, limit) {
      const rows = await db.all(
        sql<{ user_id: string; language: Language }>(
          'SELECT user_id, language FROM factor_recoveries WHERE due_at <= :now ORDER BY due_at, user_id LIMIT :limit',
          { now, limit },
        ),
      )
      return rows.map(({ user_id: userId, language }) => ({ userId, language }))
    },

    async complete({ userId, language }, now) {
      const source = { requestId: 'sweep', address: null, userAgent: null, country: null, language }
      const due = { user_id: userId, now }
      // Nothing of it happens to an account whose recovery was cancelled a moment ago: each statement looks.
      const isDue =
        'EXISTS (SELECT 1 FROM factor_recoveries AS due WHERE due.user_id = :user_id AND due_at <= :now)'
      const rows = await db.transaction(
        {
          seedGone: sql(`DELETE FROM totp_factors WHERE user_id = :user_id AND ${isDue}`, due),
          codesGone: sql(`DELETE FROM recovery_codes WHERE user_id = :user_id AND ${isDue}`, due),
          passkeysGone: sql(`DELETE FROM passkeys WHERE user_id = :user_id AND ${isDue}`, due),
          // guard: a recovery ends every session
          ended: sql(
            `UPDATE sessions SET ended_at = :now, end_reason = 'second-factor-changed', end_context = :context
              WHERE user_id = :user_id AND ended_at IS NULL AND ${isDue}`,
            { ...due, context: endContext({ actorId: null, source }) },
          ),
          // guard: a recovery takes effect once its delay is over
          taken: sql(`DELETE FROM factor_recoveries WHERE user_id = :user_id AND due_at <= :now`, due),
          marked: ifChanged(
            'taken',
            sql(`UPDATE users SET second_factor_at = NULL WHERE id = :user_id AND ${PREVIOUS_CHANGED}`, {
              user_id: userId,
            }),
          ),
          recorded: ifChanged(
            'marked',
            recordIfChanged(auditEvent('second-factor-recovered', { at: now, subjectId: userId })),
          ),
          ownerTold: ifChanged(
            'recorded',
            mailQueue.noticeIfChanged({ kind: 'second-factor-recovered', source, now }, { userId }),
          ),
        },
        { outcomeMatters: false },
      )
      return { mailIds: mailIds(rows.ownerTold) }
    },
  }
}
