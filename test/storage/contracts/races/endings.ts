import { deviceProof } from '../../../../src/devices/device'
import { sql } from '../../../../src/storage/sql/statement'
import { linkFor, NOW, passwordHash, random, register, reserved, signIn, source } from '../arrange'
import { setUp } from '../second-factor-contract'
import { type Course, type Ground, nextStep, prepareOn, type Racer, type Ready } from './racer'

/** Something that takes away that somebody may begin a session, or keep one. */
export interface Ending {
  /** Lists the grounds that it takes away. Nothing that rests on one of these is left when it is done. */
  readonly takes: readonly Ground[]
  /** Makes it ready. Run, it returns whether it was done. */
  readonly end: (course: Course, ada: Racer) => Promise<Ready<boolean>>
}

export const CHANGE = 'a change of the password'
export const DISABLING = 'the disabling of the account'
export const END_OF_ALL = 'the end of all sessions'
export const SIGN_OUT_AFTER_RENEWAL = 'a sign-out after a renewal'
export const DELETED_ROW = 'the deletion of its row'

export const ENDINGS: Readonly<Record<string, Ending>> = {
  [CHANGE]: {
    takes: ['password', 'session'],
    end:
      async ({ stores: { ownAccounts } }, ada) =>
      async () => {
        const prepared = prepareOn(ada, ['pwd', 'totp'])
        const device = deviceProof([], prepared.newDeviceId)
        const proof = { passwordHash: ada.hash, reserved: reserved(), source }
        return (
          (await ownAccounts.changePassword({ ...proof, newHash: passwordHash(), prepared, device })) !== null
        )
      },
  },
  'a reset of the password': {
    takes: ['password', 'session'],
    async end({ stores }, ada) {
      const use = await linkFor(stores, ada, 'reset-password')
      const reset = { ...use, userId: ada.user.id, passwordHash: passwordHash() }
      return async () => (await stores.links.resetPassword(reset)) !== null
    },
  },
  'the deletion of the account': {
    takes: ['password'],
    end:
      async ({ stores: { ownAccounts } }, ada) =>
      async () => {
        const { id, mode } = ada.prepared.session
        const account = { userId: ada.user.id, session: { id, mode }, reserved: reserved(), source }
        return (await ownAccounts.delete({ ...account, passwordHash: ada.hash }, NOW)) !== null
      },
  },
  [DISABLING]: { takes: ['account'], end: bySql('UPDATE users SET disabled_at = 1 WHERE id = :id') },
  [DELETED_ROW]: { takes: ['account'], end: bySql('DELETE FROM users WHERE id = :id') },
  [END_OF_ALL]: {
    takes: ['session'],
    end:
      async ({ stores: { sessions } }, ada) =>
      async () => {
        const by = { actorId: ada.user.id, source }
        await sessions.endAll(ada.user.id, { except: null }, { reason: 'signed-out', by, now: NOW })
        return true
      },
  },
  // Between the two, what was granted is handed on: whatever begins then has to go along.
  [SIGN_OUT_AFTER_RENEWAL]: {
    takes: ['browser'],
    async end({ stores: { ownAccounts, sessions } }, ada) {
      const userId = ada.user.id
      const own = { userId, sessionId: ada.prepared.session.id, mode: 'session' } as const
      const replacement = prepareOn(ada, ['pwd'])
      const methods = [{ method: 'pwd', at: NOW }] as const
      const renewal = { own, methods, replacement, source, now: NOW }
      const proof = { reserved: reserved(), passwordHash: ada.hash }
      return async () => {
        if ((await ownAccounts.renewSession({ ...renewal, ...proof })) === null) return false
        const by = { actorId: userId, source }
        const { id } = replacement.session
        return (await sessions.end({ id, userId }, { reason: 'signed-out', by, now: NOW })) !== null
      }
    },
  },
  'a sign-in of another account in its place': {
    takes: ['browser'],
    async end({ stores: { users } }, ada) {
      const eve = await register(users)
      const { session, secretHash } = ada.prepared
      const presented = [{ sessionId: session.id, secretHash }]
      return async () => (await signIn(users, eve, { presented })).started !== null
    },
  },
  'the setting up of a second factor': {
    takes: ['one factor', 'session'],
    end:
      async ({ stores }, ada) =>
      async () =>
        (await setUp(stores, ada, nextStep())).started !== null,
  },
  'a recovery of the second factor': {
    takes: ['second factor', 'passkey', 'session'],
    async end({ stores: { recoveries, auditLog }, db }, ada) {
      const userId = ada.user.id
      await db.change(
        sql(
          `INSERT INTO factor_recoveries (user_id, cancel_hash, started_at, due_at, language, reminder_id)
           VALUES (:user_id, :cancel_hash, :started_at, :due_at, 'en', :reminder_id)`,
          {
            user_id: userId,
            cancel_hash: random(32),
            started_at: NOW - 10,
            due_at: NOW - 1,
            reminder_id: random(16),
          },
        ),
      )
      return async () => {
        await recoveries.complete({ userId, language: 'en' }, NOW)
        const events = await auditLog.list(userId, { before: null, limit: 99 })
        return events.some(({ event }) => event === 'second-factor-recovered')
      }
    },
  },
  'the removal of the passkey': {
    takes: ['passkey'],
    end:
      async ({ stores: { passkeys } }, ada) =>
      async () => {
        const { id: sessionId, mode } = ada.prepared.session
        const by = { userId: ada.user.id, sessionId, mode, source, now: NOW }
        const ways = { mail: true, passkeys: true, providers: [] }
        const terms = { ways, secondFactorRequired: false }
        return (await passkeys.remove(ada.passkey?.id ?? '', by, terms)).outcome === 'removed'
      },
  },
}

function bySql(text: string): Ending['end'] {
  return async ({ db }, { user: { id } }) =>
    async () => {
      await db.change(sql(text, { id }))
      return true
    }
}
