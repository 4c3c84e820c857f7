import { type AuditEvent, auditEvent } from '../../audit/audit-event'
import {
  type Finish,
  type FinishedSignIn,
  MOST_PENDING,
  PENDING_MAX_TRIES,
  type PendingSignInStore,
  type PresentedFactor,
} from '../../factors/pending-sign-in'
import type { PendingRecord } from '../../identity/user-store'
import type { AttemptLimits } from '../../throttling/attempt-limits'
import { insertAccount, replaceHash } from './accounts'
import { settleAttempt } from './attempts'
import { recordIfChanged } from './audit-log'
import { deviceIn, knowDevice } from './devices'
import { countTry, refuseTry, type SpentRow, useRecoveryCode, waitOfTry } from './factor-tries'
import { type MailQueue, mailIds } from './mail-queue'
import { type PasskeyRow, toPasskey } from './passkey-row'
import { useIfChanged } from './passkey-store'
import { parseMethods } from './session-row'
import { endBeyondLimit, endPresented, insertSessionOfPending, startedSession } from './session-start'
import type { SqlDatabase } from './sql-database'
import { ifChanged, NO_LIMIT, PREVIOUS_CHANGED, type Statement, sql } from './statement'
import { toUser, type UserRow } from './user-row'

/** Creates the store of sign-ins that wait for a second factor. What belongs together is one transaction. */
export function createPendingSignInStore(
  db: SqlDatabase,
  {
    mailQueue,
    maxSessions,
    limits,
    verifiedOnly,
  }: {
    readonly mailQueue: MailQueue
    readonly maxSessions: number
    readonly limits: AttemptLimits
    /** Says whether only an account with a verified address may be signed in to. */
    readonly verifiedOnly: boolean
  },
): PendingSignInStore {
  return {
    async holdPassword({ pending, passwordHash, reserved, rehashed, source }) {
      const { userId, tokenHash } = pending
      const current = rehashed ?? passwordHash
      const rows = await db.transaction({
        rehash: rehashed === null ? null : replaceHash({ userId, passwordHash, newHash: rehashed }),
        held: insertPending(
          pending,
          `password_hash = :password_hash ${verifiedOnly ? 'AND email_verified_at IS NOT NULL' : ''}`,
          { password_hash: current },
        ),
        recorded: ifChanged('held', recordIfChanged(firstFactorProven(pending, source))),
        settled: settleAttempt(reserved, { pendingSignIn: tokenHash }),
        oldest: forgetOldestPending(userId),
      })
      return rows.held.length > 0
    },

    async holdRegistration(account, { passwordHash, pending, source }) {
      const { id } = account.user
      const event = { at: pending.provenAt, actorId: id, subjectId: id, mode: pending.mode, source }
      const rows = await db.transaction(
        {
          added: insertAccount(account, passwordHash),
          held: ifChanged('added', insertPending(pending, PREVIOUS_CHANGED)),
          recorded: ifChanged('held', recordIfChanged(auditEvent('account-registered', event))),
        },
        { repeatable: true },
      )
      return rows.held.length > 0
    },

    async finish(finished) {
      const { tokenHash, userId, factor, prepared, presented, device, source, now } = finished
      const { session } = prepared
      const passkey = 'use' in factor
      const news = mailQueue.newDevice({ sessionId: session.id, userId, source, now })
      const rows = await db.transaction({
        // A passkey cannot be guessed, so whoever spends the budget of codes keeps its owner from nothing. Its challenge is of this pending
        // sign-in alone, which is taken once.
        counted: passkey ? null : countPendingTry(finished, limits),
        tried: passkey ? tryPasskey(finished) : ifChanged('counted', noteTry(tokenHash)),
        proven: ifChanged('tried', useFactor(finished)),
        begun: ifChanged('proven', insertSessionOfPending(prepared, tokenHash)),
        taken: ifChanged(
          'begun',
          sql<{ return_to: string | null }>(
            `DELETE FROM pending_sign_ins WHERE token_hash = :token_hash AND ${PREVIOUS_CHANGED} RETURNING return_to`,
            { token_hash: tokenHash },
          ),
        ),
        recorded: ifChanged('taken', recordIfChanged(signedIn(finished))),
        ownerTold:
          factor.method === 'recovery'
            ? ifChanged(
                'recorded',
                mailQueue.noticeIfChanged({ kind: 'recovery-code-used', source, now }, { userId }),
              )
            : null,
        // What failed before is forgotten: whoever has the factor is the owner.
        settled: sql(
          `DELETE FROM budgets WHERE budget_key = :user_id AND kind = 'second-factor'
              AND EXISTS (SELECT 1 FROM sessions WHERE id = :session_id)`,
          { user_id: userId, session_id: session.id },
        ),
        replaced: presented.flatMap((old) => endPresented(old, session, source)),
        beyondLimit: endBeyondLimit({ maxSessions, replacement: session, source }),
        ...knowDevice(device, { userId, source, now }, session.id),
        deviceTold: news.ownerTold,
        deviceNamed: news.deviceNamed,
        users: sql<UserRow>('SELECT * FROM users WHERE id = :user_id', { user_id: userId }),
        waiting: sql<SpentRow>(
          `SELECT spent_until, blocked_until FROM pending_sign_ins
             LEFT JOIN budgets ON budget_key = pending_sign_ins.user_id AND kind = 'second-factor'
            WHERE token_hash = :token_hash AND pending_sign_ins.user_id = :user_id AND mode = :mode AND expires_at > :now
              AND tries < ${PENDING_MAX_TRIES}`,
          { user_id: userId, mode: session.mode, now, token_hash: tokenHash },
        ),
      })
      const started = startedSession(rows.begun, {
        ended: [...rows.replaced, ...rows.beyondLimit],
        deviceId: deviceIn(rows),
        mailIds: mailIds(rows.ownerTold, rows.deviceTold),
      })
      const [user] = rows.users
      const [begun] = rows.begun
      if (started && begun && user) {
        const methods = parseMethods(begun.methods)
        return {
          outcome: 'begun',
          started,
          user: toUser(user),
          methods,
          returnTo: rows.taken[0]?.return_to ?? null,
        }
      }
      if (rows.counted.length + (passkey ? rows.tried.length : 0) > 0) {
        const refusal = { ...signedIn(finished), ...REFUSED }
        const refused = await db.transaction(refuseTry(refusal, { userId, mailQueue }), {
          outcomeMatters: false,
        })
        return { outcome: 'wrong-code', mailIds: mailIds(refused.ownerTold) }
      }
      return notCounted(rows.waiting, limits, now)
    },

    async findPasskeys({ tokenHash, userId }, mode, now) {
      const rows = await db.all(
        sql<PasskeyRow>(
          `SELECT passkeys.* FROM passkeys JOIN pending_sign_ins ON pending_sign_ins.user_id = passkeys.user_id
            WHERE token_hash = :token_hash AND passkeys.user_id = :user_id AND mode = :mode AND pending_sign_ins.expires_at > :now
              AND tries < ${PENDING_MAX_TRIES}
            ORDER BY created_at, credential_id`,
          { token_hash: tokenHash, user_id: userId, mode, now },
        ),
      )
      return rows.map(toPasskey)
    },

    async forget(expiredBefore, limit) {
      await db.change(
        sql(
          `DELETE FROM pending_sign_ins WHERE token_hash IN
             (SELECT token_hash FROM pending_sign_ins WHERE expires_at < :before ORDER BY expires_at, token_hash LIMIT :limit)`,
          { before: expiredBefore, limit },
        ),
        { outcomeMatters: false },
      )
    },
  }
}

/**
 * Makes a sign-in wait for the second factor of its account, if the account still has one, or still has none, and is not disabled.
 *
 * @param condition What else must hold of the account; may be {@link PREVIOUS_CHANGED}.
 */
export function insertPending(
  pending: PendingRecord,
  condition: string,
  values: Readonly<Record<string, string>> = {},
): Statement<{ user_id: string }> {
  return sql(
    `INSERT INTO pending_sign_ins (token_hash, user_id, mode, methods, code_macs, return_to, expires_at)
     SELECT :token_hash, id, :mode, :methods, :code_macs, :return_to, :expires_at FROM users
      WHERE id = :user_id AND second_factor_at IS ${pending.enrolled ? 'NOT NULL' : 'NULL'} AND disabled_at IS NULL AND ${condition}
     RETURNING user_id`,
    {
      token_hash: pending.tokenHash,
      user_id: pending.userId,
      mode: pending.mode,
      methods: JSON.stringify(pending.methods),
      code_macs: JSON.stringify(pending.codeMacs.map((mac) => ({ mac }))),
      return_to: pending.returnTo,
      expires_at: pending.expiresAt,
      ...values,
    },
  )
}

/** Forgets the oldest pending sign-ins of an account beyond {@link MOST_PENDING}. */
export function forgetOldestPending(userId: string): Statement {
  return sql(
    `DELETE FROM pending_sign_ins WHERE token_hash IN (
       SELECT token_hash FROM pending_sign_ins WHERE user_id = :user_id
        ORDER BY expires_at DESC, token_hash DESC LIMIT ${NO_LIMIT} OFFSET :kept)`,
    { user_id: userId, kept: MOST_PENDING },
  )
}

/** Returns the event that a first factor was proven. The sign-in is recorded once it is whole. */
export function firstFactorProven(
  { userId, mode, methods, provenAt }: PendingRecord,
  source: AuditEvent['source'],
) {
  return {
    at: provenAt,
    event: 'first-factor-proven',
    outcome: 'success',
    reason: methods[0]?.method ?? null,
    actorId: null,
    subjectId: userId,
    accountKey: null,
    sessionId: null,
    mode,
    source,
  } as const satisfies AuditEvent
}

/** Counts a try at a pending sign-in that may be completed: however often the sign-in is begun anew, the account is charged. */
function countPendingTry({ tokenHash, userId, prepared, now }: FinishedSignIn, limits: AttemptLimits) {
  // guard: a pending sign-in is completed in its own mode
  // guard: a pending sign-in expires
  // guard: a pending sign-in is tried so often, and then over
  const from = `pending_sign_ins
      WHERE token_hash = :token_hash AND user_id = :user_id AND mode = :mode AND expires_at > :now AND tries < ${PENDING_MAX_TRIES}`
  const values = { token_hash: tokenHash, user_id: userId, mode: prepared.session.mode }
  return countTry({ from, values }, now, limits)
}

/** Notes a try at a pending sign-in, if the statement right before counted it. */
function noteTry(tokenHash: string): Statement<{ token_hash: string }> {
  return sql(
    `UPDATE pending_sign_ins SET tries = tries + 1 WHERE token_hash = :token_hash AND ${PREVIOUS_CHANGED} RETURNING token_hash`,
    { token_hash: tokenHash },
  )
}

/** Notes a try with a passkey at a pending sign-in that may be completed. */
function tryPasskey({ tokenHash, userId, prepared, now }: FinishedSignIn): Statement<{ token_hash: string }> {
  return sql(
    `UPDATE pending_sign_ins SET tries = tries + 1
      WHERE token_hash = :token_hash AND user_id = :user_id AND mode = :mode AND expires_at > :now AND tries < ${PENDING_MAX_TRIES}
     RETURNING token_hash`,
    { token_hash: tokenHash, user_id: userId, mode: prepared.session.mode, now },
  )
}

/** Uses the code up, if it is right and was not used: of many callers one changes the row. */
function useFactor({ tokenHash, userId, factor, now }: FinishedSignIn): Statement {
  if ('use' in factor) return useIfChanged(factor.use, { userId, verifiedOnly: false, now })
  if (factor.method === 'recovery') {
    return useRecoveryCode(userId, factor.codeHash, now)
  }
  return sql(
    // guard: a code of a sign-in works once
    `UPDATE totp_factors SET last_step = ${TYPED_STEP}
      WHERE user_id = :user_id AND last_step < coalesce(${TYPED_STEP}, 0) AND ${PREVIOUS_CHANGED}`,
    { user_id: userId, token_hash: tokenHash, candidates: JSON.stringify(factor.candidates) },
  )
}

/** The step whose code was typed; `NULL` if it is none that is accepted now. */
const TYPED_STEP = `(SELECT max(CAST(typed.value ->> 'step' AS BIGINT)) FROM json_each(:candidates) AS typed
  JOIN pending_sign_ins ON token_hash = :token_hash
  JOIN json_each(code_macs) AS expected ON expected.value ->> 'mac' = typed.value ->> 'mac')`

/** Returns what a try is told that was not counted. */
function notCounted([row]: readonly SpentRow[], limits: AttemptLimits, now: number): Finish {
  if (!row) return { outcome: 'over' }
  return { outcome: 'throttled', retryAfterSeconds: waitOfTry(row, limits, now) }
}

const REFUSED = { outcome: 'refused', reason: 'wrong-second-factor', actorId: null, sessionId: null } as const

function signedIn({ userId, factor, prepared, source, now }: FinishedSignIn): AuditEvent {
  const { id, mode } = prepared.session
  const by = { actorId: userId, subjectId: userId, accountKey: null, sessionId: id, mode, source }
  return { at: now, event: 'signed-in', outcome: 'success', reason: REASONS[factor.method], ...by }
}

const REASONS: Readonly<Record<PresentedFactor['method'], string>> = {
  totp: 'second-factor',
  recovery: 'recovery-code',
  passkey: 'passkey',
  'synced-passkey': 'passkey',
}
