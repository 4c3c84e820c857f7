import { describe, expect, it } from 'vitest'
import { deviceProof } from '../../../src/devices/device'
import {
  ADMIN_ROLE,
  MAX_SESSIONS,
  NOW,
  type OpenStores,
  passwordHash,
  prepare,
  random,
  register,
  reserved,
  signIn,
  source,
} from './arrange'

/** Tests what every adapter of {@link UserStore} must do. */
export function userStoreContract(engine: string, open: OpenStores): void {
  describe(`${engine}, as a UserStore`, () => {
    it('makes an account and its first session, and finds both', async () => {
      const { users } = open()
      const { user, email, hash, prepared, started } = await register(users)
      expect(started).toEqual({ roles: [], deviceId: prepared.newDeviceId, ended: [], mailIds: [] })
      const metadata = { user_metadata: null, app_metadata: null }
      const facts = { passwordHash: hash, secondFactor: null, hasPasskeys: false, disabled: false, metadata }
      const found = { user, canonicalEmail: email, ...facts }
      expect(await users.findById(user.id)).toEqual(found)
      expect(await users.findWithSession(prepared.session.id, NOW)).toEqual({
        ...found,
        session: prepared.session,
      })
      expect(await users.findWithSession(prepared.session.id, prepared.session.idleExpiresAt)).toBeNull()
      expect(await users.findById(random(16))).toBeNull()
      expect(await users.findWithSession(random(16), NOW)).toBeNull()
    })

    it('makes one account of an address, and no second session of one id', async () => {
      const { users, sessions } = open()
      const ada = await register(users)
      const other = prepare(random(16))
      const start = {
        passwordHash: ada.hash,
        source,
        prepared: other,
        device: deviceProof([], other.newDeviceId),
        presented: [],
      }
      const user = { ...ada.user, id: other.session.userId }
      expect(await users.create({ user, canonicalEmail: ada.email }, start)).toBeNull()
      expect(await sessions.findLive(other.session.id, NOW)).toBeNull()
      expect((await signIn(users, ada, { prepared: ada.prepared })).started).toBeNull()
    })

    it('starts a session only on the password that the account has', async () => {
      const { users, sessions } = open()
      const ada = await register(users)
      expect((await signIn(users, ada, { hash: passwordHash() })).started).toBeNull()
      const { prepared, started } = await signIn(users, ada)
      expect(started?.deviceId).toBe(prepared.newDeviceId)
      expect((await sessions.findLive(prepared.session.id, NOW))?.session).toEqual(prepared.session)
    })

    it('stores a new hash of the same password, once', async () => {
      const { users } = open()
      const ada = await register(users)
      const rehashed = passwordHash()
      const start = () => {
        const prepared = prepare(ada.user.id)
        const device = deviceProof([], prepared.newDeviceId)
        return {
          passwordHash: ada.hash,
          source,
          prepared,
          device,
          presented: [],
          reserved: reserved(),
          rehashed,
        }
      }
      expect(await users.startSession(start())).not.toBeNull()
      expect((await users.findById(ada.user.id))?.passwordHash).toBe(rehashed)
    })

    it('ends the sessions that were presented, and those beyond the limit', async () => {
      const { users, sessions } = open()
      const ada = await register(users)
      const prepared = prepare(ada.user.id, 'session', NOW + 1)
      const { session, secretHash } = ada.prepared
      const start = {
        passwordHash: ada.hash,
        source,
        prepared,
        device: deviceProof([], prepared.newDeviceId),
        presented: [{ sessionId: session.id, secretHash }],
        reserved: reserved(),
        rehashed: null,
      }
      expect((await users.startSession(start))?.ended).toEqual([{ id: session.id, mode: 'session' }])
      for (let nth = 2; nth <= MAX_SESSIONS; nth++) await signIn(users, ada, { now: NOW + nth })
      const { started } = await signIn(users, ada, { now: NOW + 9 })
      expect(started?.ended).toEqual([{ id: prepared.session.id, mode: 'session' }])
      expect(await sessions.list(ada.user.id, { before: null, limit: 9 }, NOW + 9)).toHaveLength(MAX_SESSIONS)
    })

    it('replaces a password and ends every session but the one that begins', async () => {
      const { ownAccounts, users, sessions, devices } = open()
      const ada = await register(users)
      const newHash = passwordHash()
      const change = () => {
        const prepared = prepare(ada.user.id)
        const device = deviceProof([], prepared.newDeviceId)
        return { passwordHash: ada.hash, newHash, prepared, device, reserved: reserved(), source }
      }
      const done = change()
      const started = await ownAccounts.changePassword(done)
      expect(started?.ended).toEqual([{ id: ada.prepared.session.id, mode: 'session' }])
      const open_ = await sessions.list(ada.user.id, { before: null, limit: 9 }, NOW)
      expect(open_).toEqual([{ ...done.prepared.session, app: null, keyUsedAt: null }])
      expect((await devices.list(ada.user.id, NOW)).map(({ id }) => id)).toEqual([done.prepared.newDeviceId])
      expect(await ownAccounts.changePassword({ ...change(), newHash: passwordHash() })).toBeNull()
      expect((await users.findById(ada.user.id))?.passwordHash).toBe(newHash)
    })

    it('renames an account in a live session of its own', async () => {
      const { ownAccounts, users } = open()
      const [ada, eve] = [await register(users), await register(users)]
      const { id } = ada.prepared.session
      expect(
        await ownAccounts.changeProfile(
          { id, userId: ada.user.id, mode: 'session' },
          { name: 'Ada 🦊', source, now: NOW },
        ),
      ).toEqual({
        user: { ...ada.user, name: 'Ada 🦊' },
        metadata: { user_metadata: null, app_metadata: null },
      })
      expect(
        await ownAccounts.changeProfile(
          { id, userId: eve.user.id, mode: 'session' },
          { name: 'Eve', source, now: NOW },
        ),
      ).toBeNull()
      expect(
        await ownAccounts.changeProfile(
          { id, userId: ada.user.id, mode: 'session' },
          { name: null, source, now: NOW + 601 },
        ),
      ).toBeNull()
    })

    it('keeps metadata, half by half, and none of an account that is gone', async () => {
      const { ownAccounts, users } = open()
      const ada = await register(users)
      const session = { id: ada.prepared.session.id, userId: ada.user.id, mode: 'session' } as const
      const by = { source, now: NOW }
      const own = JSON.stringify({ theme: 'dark', 'naïve "🦊"\\': ["it's", null, 1.5] })
      const changed = await ownAccounts.changeProfile(session, { userMetadata: own, source, now: NOW })
      expect(changed?.metadata).toEqual({ user_metadata: own, app_metadata: null })
      expect(changed?.user.name).toBe(ada.user.name)
      const app = `{"long":"${'x'.repeat(4096 - 11)}"}`
      await users.setMetadata(ada.user.id, { app_metadata: app }, by)
      const kept = { user_metadata: own, app_metadata: app }
      expect((await users.findById(ada.user.id))?.metadata).toEqual(kept)
      expect((await users.findWithSession(session.id, NOW))?.metadata).toEqual(kept)
      await users.setMetadata(ada.user.id, { user_metadata: null, app_metadata: '{"a":1}' }, by)
      expect((await users.findById(ada.user.id))?.metadata).toEqual({
        user_metadata: null,
        app_metadata: '{"a":1}',
      })
      expect(await users.setMetadata('A'.repeat(22), { app_metadata: '{"a":1}' }, by)).toBeNull()
    })

    it('deletes an account only with its password, and ends its sessions', async () => {
      const { ownAccounts, users, sessions } = open()
      const ada = await register(users)
      const { id, mode } = ada.prepared.session
      const account = { userId: ada.user.id, session: { id, mode }, reserved: reserved(), source }
      expect(await ownAccounts.delete({ ...account, passwordHash: passwordHash() }, NOW)).toBeNull()
      expect(await sessions.findLive(id, NOW)).not.toBeNull()
      expect(await ownAccounts.delete({ ...account, passwordHash: ada.hash }, NOW)).toEqual([{ id, mode }])
      expect(await users.findById(ada.user.id)).toBeNull()
      expect(await sessions.findLive(id, NOW)).toBeNull()
    })

    it('ADM-06: does not delete the last administrator, nor both of the last two at once', async () => {
      const { ownAccounts, users, sessions, giveRoles } = open()
      const deletionOf = ({ user, hash, prepared }: Awaited<ReturnType<typeof register>>) => {
        const { id, mode } = prepared.session
        return { userId: user.id, session: { id, mode }, passwordHash: hash, reserved: reserved(), source }
      }
      const [ada, grace, hedy] = [await register(users), await register(users), await register(users)]
      await giveRoles(ada.user.id, ['editor', ADMIN_ROLE])
      // Nearly the role is not the role.
      await giveRoles(grace.user.id, [ADMIN_ROLE.toUpperCase(), `${ADMIN_ROLE}s`, `a${ADMIN_ROLE}`])
      await giveRoles(hedy.user.id, ['editor'])
      const again = (await signIn(users, ada)).prepared.session
      expect(await ownAccounts.isLastAdministrator(ada.user.id)).toBe(true)
      expect(await ownAccounts.isLastAdministrator(grace.user.id)).toBe(false)
      expect(await ownAccounts.delete(deletionOf(ada), NOW)).toBeNull()
      expect(await users.findById(ada.user.id)).not.toBeNull()
      expect(await sessions.findLive(again.id, NOW)).not.toBeNull()

      await giveRoles(grace.user.id, [ADMIN_ROLE])
      expect(await ownAccounts.isLastAdministrator(ada.user.id)).toBe(false)
      expect(await ownAccounts.delete(deletionOf(hedy), NOW)).not.toBeNull()
      const both = await Promise.all([ada, grace].map((each) => ownAccounts.delete(deletionOf(each), NOW)))
      expect(both.filter((ended) => ended !== null)).toHaveLength(1)
    })
  })
}
