import type { AuditEvent, AuditEventName } from '../../audit/audit-event'
import type { FactorChange, OwnFactor, SecondFactorStore } from '../../factors/second-factor'
import type { NoticeKind } from '../../mail/mail'
import type { AttemptLimits } from '../../throttling/attempt-limits'
import { recordIfChanged } from './audit-log'
import { deviceIn, knowDevice } from './devices'
import { countTry, refuseTry, type SpentRow, useRecoveryCode, waitOfTry } from './factor-tries'
import { type MailQueue, mailIds } from './mail-queue'
import { renewedSession, renewSteps } from './session-renewal'
import { insertSessionIfChanged, startedSession } from './session-start'
import { endSessionsOf, LIVE_SESSION, selectEndedOf } from './sessions'
import type { SqlDatabase } from './sql-database'
import { ifChanged, PREVIOUS_CHANGED, type Statement, sql } from './statement'

/** Creates the store of second factors. What belongs together is one transaction. */
export function createSecondFactorStore(
  db: SqlDatabase,
  { mailQueue, limits }: { readonly mailQueue: MailQueue; readonly limits: AttemptLimits },
): SecondFactorStore {
  /** Steps after step `when`, which changed the factor: begin a session in place of every other, record it and tell the owner. */
  function renewSession<const Step extends string>(
    when: Step,
    { prepared, device, source, now }: FactorChange,
    told: { readonly event: AuditEventName; readonly kind: NoticeKind },
  ) {
    const { session } = prepared
    const { userId } = session
    return {
      begun: ifChanged(when, insertSessionIfChanged(prepared)),
      recorded: ifChanged(
        'begun',
        recordIfChanged({ ...byOwner(told.event, { ...session, sessionId: session.id }, now), source }),
      ),
      ownerTold: ifChanged(
        'recorded',
        mailQueue.noticeIfChanged({ kind: told.kind, source, now }, { userId }),
      ),
      ending: endSessionsOf({
        userId,
        except: session.id,
        reason: 'second-factor-changed',
        by: { actorId: userId, source },
        now,
        ifSession: session.id,
      }),
      ended: selectEndedOf(userId),
      ...knowDevice(device, { userId, source, now }, session.id),
    }
  }

  return {
    async find(userId) {
      const row = await db.first(
        sql<{ totp_since: number | null; codes_left: number; recovery_due_at: number | null }>(
          `SELECT (SELECT confirmed_at FROM totp_factors WHERE user_id = :user_id) AS totp_since,
                  (SELECT count(*) FROM recovery_codes WHERE user_id = :user_id AND used_at IS NULL) AS codes_left,
                  (SELECT due_at FROM factor_recoveries WHERE user_id = :user_id) AS recovery_due_at`,
          { user_id: userId },
        ),
      )
      return {
        totpSince: row?.totp_since ?? null,
        recoveryCodesLeft: row?.codes_left ?? 0,
        recoveryDueAt: row?.recovery_due_at ?? null,
      }
    },

    async setTotp({ sealed, step, recoveryHashes, replacedSessionId, ...change }) {
      const { userId } = change.prepared.session
      const { now } = change
      const rows = await db.transaction({
        set: sql(
          `INSERT INTO totp_factors (user_id, sealed_seed, encrypted_with, last_step, confirmed_at)
           SELECT user_id, :sealed_seed, :encrypted_with, :step, :now FROM sessions
            WHERE sessions.id = :session_id AND user_id = :user_id AND ${LIVE_SESSION}
           ON CONFLICT (user_id) DO UPDATE SET sealed_seed = excluded.sealed_seed,
             encrypted_with = excluded.encrypted_with, last_step = excluded.last_step, confirmed_at = excluded.confirmed_at
            WHERE totp_factors.last_step < excluded.last_step`,
          {
            user_id: userId,
            session_id: replacedSessionId,
            sealed_seed: sealed.text,
            encrypted_with: sealed.secretId,
            step,
            now,
          },
        ),
        marked: ifChanged(
          'set',
          sql(`UPDATE users SET second_factor_at = :now WHERE id = :user_id AND ${PREVIOUS_CHANGED}`, {
            user_id: userId,
            now,
          }),
        ),
        ...renewSession('marked', change, { event: 'second-factor-set', kind: 'second-factor-set' }),
        ...replaceCodes(userId, recoveryHashes, change.prepared.session.id),
      })
      const { begun, ended, ownerTold } = rows
      return startedSession(begun, { ended, deviceId: deviceIn(rows), mailIds: mailIds(ownerTold) })
    },

    async remove({ replacedSessionId, onlyBesidePasskey, ...change }) {
      const { id, userId } = change.prepared.session
      const rows = await db.transaction({
        marked: sql(
          `UPDATE users SET second_factor_at = NULL
            WHERE id = :user_id AND second_factor_at IS NOT NULL AND disabled_at IS NULL
              AND EXISTS (SELECT 1 FROM sessions WHERE sessions.id = :session_id AND user_id = :user_id AND ${LIVE_SESSION})
              AND (:only_beside_passkey = 0 OR EXISTS (SELECT 1 FROM passkeys WHERE passkeys.user_id = :user_id))`,
          {
            user_id: userId,
            session_id: replacedSessionId,
            now: change.now,
            only_beside_passkey: onlyBesidePasskey ? 1 : 0,
          },
        ),
        ...renewSession('marked', change, { event: 'second-factor-removed', kind: 'second-factor-removed' }),
        seedGone: sql(`DELETE FROM totp_factors WHERE user_id = :user_id AND ${HAS_BEGUN}`, {
          user_id: userId,
          begun: id,
        }),
        codesGone: forgetCodes(userId, id),
      })
      const { begun, ended, ownerTold } = rows
      return startedSession(begun, { ended, deviceId: deviceIn(rows), mailIds: mailIds(ownerTold) })
    },

    async renewSession({ factor, ...renewal }) {
      const { own, source, now } = renewal
      const { userId, sessionId } = own
      const from = `sessions WHERE sessions.id = :session_id AND user_id = :user_id AND ${LIVE_SESSION}`
      const rows = await db.transaction({
        counted: countTry({ from, values: { session_id: sessionId, user_id: userId } }, now, limits),
        proven: ifChanged('counted', useOwnFactor(userId, factor, now)),
        ...renewSteps('proven', renewal, {
          // What failed before is forgotten: whoever has the factor is the owner.
          settled: sql(
            `DELETE FROM budgets WHERE budget_key = :user_id AND kind = 'second-factor' AND ${PREVIOUS_CHANGED}`,
            { user_id: userId },
          ),
          ownerTold:
            factor.method === 'recovery'
              ? mailQueue.noticeIfChanged({ kind: 'recovery-code-used', source, now }, { userId })
              : null,
        }),
        waiting: sql<SpentRow>(
          `SELECT spent_until, blocked_until FROM sessions
             LEFT JOIN budgets ON budget_key = sessions.user_id AND kind = 'second-factor'
            WHERE sessions.id = :session_id`,
          { session_id: sessionId },
        ),
      })
      const renewed = renewedSession(rows)
      if (renewed) return { ...renewed, outcome: 'renewed' }
      if (rows.counted.length > 0) {
        const event = byOwner('reauthenticated', { ...own }, now)
        const refusal = { ...event, outcome: 'refused', reason: 'wrong-second-factor', source } as const
        const refused = await db.transaction(refuseTry(refusal, { userId, mailQueue }), {
          outcomeMatters: false,
        })
        return { outcome: 'wrong-code', mailIds: mailIds(refused.ownerTold) }
      }
      const [spent = { spent_until: null, blocked_until: null }] = rows.waiting
      return { outcome: 'throttled', retryAfterSeconds: waitOfTry(spent, limits, now) }
    },

    async setRecoveryCodes({ userId, sessionId, hashes, source, now }) {
      const event = byOwner('recovery-codes-renewed', { userId, sessionId, mode: null }, now)
      const rows = await db.transaction({
        // It changes nothing but says, to the statements after it, that there is a factor and a live session.
        held: sql<{ id: string }>(
          `UPDATE users SET second_factor_at = second_factor_at
            WHERE id = :user_id AND second_factor_at IS NOT NULL AND disabled_at IS NULL
              AND EXISTS (SELECT 1 FROM sessions WHERE sessions.id = :session_id AND user_id = :user_id AND ${LIVE_SESSION})
           RETURNING id`,
          { user_id: userId, session_id: sessionId, now },
        ),
        recorded: ifChanged('held', recordIfChanged({ ...event, source })),
        ownerTold: ifChanged(
          'recorded',
          mailQueue.noticeIfChanged({ kind: 'recovery-codes-renewed', source, now }, { userId }),
        ),
        ...replaceCodes(userId, hashes, sessionId),
      })
      return rows.held.length > 0 ? { mailIds: mailIds(rows.ownerTold) } : null
    },

    async findSealedBefore(secretId, limit) {
      const rows = await db.all(
        sql<{ user_id: string; sealed_seed: string; encrypted_with: string }>(
          `SELECT * FROM (SELECT user_id, sealed_seed, encrypted_with FROM totp_factors WHERE encrypted_with < :id
             UNION ALL SELECT user_id, sealed_seed, encrypted_with FROM totp_factors WHERE encrypted_with > :id) AS older
            LIMIT :limit`,
          { id: secretId, limit },
        ),
      )
      return rows.map((row) => ({
        userId: row.user_id,
        sealed: { text: row.sealed_seed, secretId: row.encrypted_with },
      }))
    },

    async reseal(userId, from, to) {
      await db.change(
        sql(
          `UPDATE totp_factors SET sealed_seed = :sealed_seed, encrypted_with = :encrypted_with
            WHERE user_id = :user_id AND sealed_seed = :from`,
          { user_id: userId, from: from.text, sealed_seed: to.text, encrypted_with: to.secretId },
        ),
        { outcomeMatters: false },
      )
    },
  }
}

/** Uses the factor up, if the statement right before changed a row: of many callers one changes the row. */
function useOwnFactor(userId: string, factor: OwnFactor, now: number): Statement {
  if (factor.method === 'recovery') return useRecoveryCode(userId, factor.codeHash, now)
  return sql(
    // guard: a code proves again who somebody is once
    `UPDATE totp_factors SET last_step = :step
      WHERE user_id = :user_id AND last_step < CAST(:step AS BIGINT) AND ${PREVIOUS_CHANGED}`,
    { user_id: userId, step: factor.step },
  )
}

const HAS_BEGUN = 'EXISTS (SELECT 1 FROM sessions WHERE id = :begun AND ended_at IS NULL)'

function forgetCodes(userId: string, begun: string): Statement {
  return sql(`DELETE FROM recovery_codes WHERE user_id = :user_id AND ${HAS_BEGUN}`, {
    user_id: userId,
    begun,
  })
}

/** Steps that replace every recovery code of an account, if it has a second factor and session `sessionId` is open. */
export function replaceCodes(userId: string, hashes: readonly string[], sessionId: string) {
  return {
    codesGone: forgetCodes(userId, sessionId),
    codesSet: sql(
      `INSERT INTO recovery_codes (user_id, code_hash)
       SELECT :user_id, value ->> 'hash' FROM json_each(:hashes) AS minted
        WHERE ${HAS_BEGUN} AND EXISTS (SELECT 1 FROM users WHERE id = :user_id AND second_factor_at IS NOT NULL)`,
      { user_id: userId, hashes: JSON.stringify(hashes.map((hash) => ({ hash }))), begun: sessionId },
    ),
  }
}

function byOwner(
  event: AuditEventName,
  { userId, sessionId, mode }: Pick<AuditEvent, 'sessionId' | 'mode'> & { readonly userId: string },
  now: number,
): Omit<AuditEvent, 'source'> {
  const by = { actorId: userId, subjectId: userId, accountKey: null, sessionId, mode }
  return { at: now, event, outcome: 'success', reason: null, ...by }
}
