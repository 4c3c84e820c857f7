import { describe, expect, it } from 'vitest'
import { chainHash, commitSource } from '../../../src/audit/audit-chain'
import type { AuditLog, SealedRow } from '../../../src/audit/audit-log'
import { DEVICE_LIFETIME_SECONDS } from '../../../src/devices/device'
import { NOW, type OpenStores, random, register, source } from './arrange'

/** Tests what every adapter of {@link DeviceStore} must do. */
export function deviceStoreContract(engine: string, open: OpenStores): void {
  describe(`${engine}, as a DeviceStore`, () => {
    it('lists the devices of an account, and forgets one', async () => {
      const { users, devices } = open()
      const { user, prepared } = await register(users)
      const { id: sessionId, mode } = prepared.session
      const device = {
        id: prepared.newDeviceId,
        createdAt: NOW,
        lastSeenAt: NOW,
        userAgent: source.userAgent,
      }
      expect(await devices.list(user.id, NOW)).toEqual([{ ...device, country: source.country }])
      expect(await devices.list(user.id, NOW + DEVICE_LIFETIME_SECONDS)).toEqual([])
      const target = { id: device.id, by: { userId: user.id, sessionId, mode }, source, now: NOW }
      const ofAnother = { ...target, by: { ...target.by, userId: random(16) } }
      expect(await devices.forget(ofAnother)).toBe(false)
      expect(await devices.forget(target)).toBe(true)
      expect(await devices.forget(target)).toBe(false)
      expect(await devices.list(user.id, NOW)).toEqual([])
    })

    it('forgets what nobody has used for long', async () => {
      const { users, devices } = open()
      const { user } = await register(users)
      await devices.forgetUnused(NOW + DEVICE_LIFETIME_SECONDS - 1, 1000)
      expect(await devices.list(user.id, NOW)).toHaveLength(1)
      await devices.forgetUnused(NOW + DEVICE_LIFETIME_SECONDS, 1000)
      expect(await devices.list(user.id, NOW)).toEqual([])
    })
  })
}

/** Tests what every adapter of {@link EventStore} must do. */
export function eventStoreContract(engine: string, open: OpenStores): void {
  describe(`${engine}, as an EventStore`, () => {
    const terms = { now: NOW, until: NOW + 60, settledBefore: NOW + 1, limit: 9 }

    it('begins at the end, gives what came since to one caller, and moves on', async () => {
      const { users, events } = open()
      await register(users)
      expect(await events.findBehind(['app', 'queue'], NOW)).toEqual([])
      expect(await events.findBehind(['app'], NOW)).toEqual([])
      const { user, prepared } = await register(users)
      expect([...(await events.findBehind(['app', 'queue'], NOW))].sort()).toEqual(['app', 'queue'])
      const claimed = await events.claim('app', terms)
      expect(await events.claim('app', terms)).toBeNull()
      expect(await events.findBehind(['app', 'queue'], NOW)).toEqual(['queue'])
      const [row] = claimed?.rows ?? []
      expect(claimed).toMatchObject({ attempts: 0, rows: [expect.anything()] })
      expect(row).toMatchObject({
        at: NOW,
        event: 'account-registered',
        outcome: 'success',
        actorId: user.id,
        subjectId: user.id,
        sessionId: prepared.session.id,
        user: { email: user.email, email_verified: false, name: user.name, emailVerifiedAt: null },
      })
      const [from, to] = [claimed?.place ?? 0, row?.seq ?? 0]
      await events.settle('app', { from, to: from, attempts: 2, dueAt: NOW + 5 })
      expect(await events.claim('app', terms)).toBeNull()
      expect(await events.claim('app', { ...terms, now: NOW + 5 })).toMatchObject({
        place: from,
        attempts: 2,
      })
      await events.settle('app', { from, to, attempts: 0, dueAt: 0 })
      // Whoever was slower moves nothing back.
      await events.settle('app', { from, to: from, attempts: 3, dueAt: 0 })
      expect(await events.findBehind(['app'], NOW)).toEqual([])
    })

    it('holds rows back that are too young, and records what is given up', async () => {
      const { users, events } = open()
      await events.findBehind(['webhook'], NOW)
      const { user } = await register(users)
      expect(await events.claim('webhook', { ...terms, settledBefore: NOW })).toMatchObject({ rows: [] })
      const claimed = await events.claim('webhook', { ...terms, now: NOW + 60 })
      const [row] = claimed?.rows ?? []
      expect(row?.subjectId).toBe(user.id)
      const [from, to] = [claimed?.place ?? 0, row?.seq ?? 0]
      await events.giveUp('webhook', { from, to, attempts: 0, dueAt: 0 }, { id: 'evt_1', now: NOW })
      const after = await events.claim('webhook', terms)
      expect(after).toMatchObject({
        place: to,
        rows: [{ event: 'event-given-up', outcome: 'refused', reason: 'webhook evt_1', subjectId: null }],
      })
    })
  })
}

/** Tests what every adapter of {@link AuditLog} must do. The trail must be this suite's own. */
export function auditLogContract(engine: string, open: OpenStores): void {
  const refused = (subjectId: string, at: number) => ({
    at,
    event: 'signed-in' as const,
    outcome: 'refused' as const,
    reason: 'wrong-password',
    actorId: null,
    subjectId,
    accountKey: random(32),
    sessionId: null,
    mode: null,
    source,
  })

  async function sealAll(auditLog: AuditLog): Promise<void> {
    const { head, rows } = await auditLog.findUnsealed(Number.MAX_SAFE_INTEGER, 1000)
    const sealed: SealedRow[] = []
    let hash = head
    for (const row of rows) {
      const source = await commitSource(row)
      hash = await chainHash(hash, { ...row, source_digest: source?.digest ?? null })
      sealed.push({ seq: Number(row.seq), hash, source })
    }
    if (sealed.length === 0) return
    expect(await auditLog.seal(sealed)).toBe(true)
    // Somebody who comes late changes nothing.
    expect(await auditLog.seal(sealed.map((row) => ({ ...row, hash: 'x' })))).toBe(false)
    await sealAll(auditLog)
  }

  describe(`${engine}, as an AuditLog`, () => {
    it('forgets addresses and agents of an account that is deleted, and of no other', async () => {
      const { auditLog, ownAccounts, users } = open()
      const [ada, eve] = [await register(users), await register(users)]
      const session = { id: random(16), mode: 'session' as const }
      const deletion = { userId: ada.user.id, session, passwordHash: ada.hash, reserved: null, source }
      expect(await ownAccounts.delete(deletion, NOW)).not.toBeNull()
      await sealAll(auditLog)
      while ((await auditLog.forgetSources(Number.MAX_SAFE_INTEGER, 1)) > 0);
      const of = async (id: string) =>
        (await auditLog.list(id, { before: null, limit: 9 })).map(({ address, userAgent }) => ({
          address,
          userAgent,
        }))
      expect((await of(ada.user.id)).length).toBeGreaterThan(1)
      expect(new Set((await of(ada.user.id)).flatMap(Object.values))).toEqual(new Set([null]))
      expect(await of(eve.user.id)).toEqual([{ address: source.address, userAgent: source.userAgent }])
    })

    it('lists the events of one account, newest first, page by page', async () => {
      const { auditLog } = open()
      const id = random(16)
      for (const at of [1, 2, 3]) await auditLog.record(refused(id, NOW + at))
      const all = await auditLog.list(id, { before: null, limit: 9 })
      expect(all.map(({ at }) => at)).toEqual([NOW + 3, NOW + 2, NOW + 1])
      expect(all[0]).toMatchObject({ reason: 'wrong-password', byOwner: false, userAgent: source.userAgent })
      const before = all[0]?.seq ?? 0
      expect(await auditLog.list(id, { before, limit: 1 })).toEqual([all[1]])
      expect(await auditLog.list(random(16), { before: null, limit: 9 })).toEqual([])
    })

    it('seals in order up to the first row that is too young, and prunes only what is sealed', async () => {
      const { auditLog } = open()
      const id = random(16)
      async function seal(until: number) {
        const { head, rows } = await auditLog.findUnsealed(until, 1000)
        const hashes: { seq: number; hash: string }[] = []
        let hash = head
        for (const row of rows) {
          hash = await chainHash(hash, row)
          hashes.push({ seq: Number(row.seq), hash })
        }
        await auditLog.seal(hashes)
        return rows.length
      }
      await seal(Number.MAX_SAFE_INTEGER)
      for (const at of [5, 7, 6]) await auditLog.record(refused(id, at))
      expect(await seal(7)).toBe(1)
      expect(await seal(7)).toBe(0)
      expect(await seal(8)).toBe(2)
      expect((await auditLog.findUnsealed(99, 9)).head).toMatch(/^[0-9a-f]{64}$/)
      await auditLog.record(refused(id, 6))
      const kept = (await auditLog.list(id, { before: null, limit: 9 })).length
      expect(kept).toBe(4)
      // Everything that is older is from this suite, too, and some of it is younger than what is sealed here.
      expect(await auditLog.prune(0, 1000)).toBe(0)
      while ((await auditLog.prune(Number.MAX_SAFE_INTEGER, 1000)) > 0);
      // The newest sealed row may go; what is not sealed, and the newest there is, stay.
      expect((await auditLog.list(id, { before: null, limit: 9 })).map(({ at }) => at)).toEqual([6])
    })
  })
}

/** Tests what every adapter of {@link SigningKeyStore} must do. */
export function signingKeyStoreContract(engine: string, open: OpenStores): void {
  const newKey = (generation: number) => ({
    kid: random(32),
    alg: 'EdDSA' as const,
    generation,
    signsFrom: NOW,
    publicJwk: { kty: 'OKP', x: 'ü' },
    privateKey: 'sealed',
    encryptedWith: 'secret-1',
    rotationRequested: false,
  })

  it(`${engine}, as a SigningKeyStore: gives a generation to one caller, lists in order, and forgets`, async () => {
    const { signingKeys } = open()
    await signingKeys.deleteBefore('EdDSA', 1000)
    const race = await Promise.all(Array.from({ length: 6 }, () => signingKeys.add(newKey(2))))
    expect(race.filter(Boolean)).toHaveLength(1)
    const first = newKey(1)
    expect(await signingKeys.add(first)).toBe(true)
    const listed = await signingKeys.list('EdDSA')
    expect(listed.map(({ generation }) => generation)).toEqual([1, 2])
    expect(listed[0]).toEqual(first)
    await signingKeys.deleteBefore('EdDSA', 2)
    expect((await signingKeys.list('EdDSA')).map(({ generation }) => generation)).toEqual([2])
  })
}

/** Tests what every adapter of {@link RestoreStore} must do on a database that was never put back. */
export function restoreStoreContract(engine: string, open: OpenStores): void {
  it(`${engine}, as a RestoreStore: knows a mark of its own trail, and misses one that it lacks`, async () => {
    const { restores, auditLog, users } = open()
    await register(users)
    const { head, rows } = await auditLog.findUnsealed(Number.MAX_SAFE_INTEGER, 1)
    const seq = Number(rows[0]?.seq)
    const hash = rows[0] ? await chainHash(head, rows[0]) : ''
    await auditLog.seal([{ seq, hash }])
    expect(await restores.findLastAt()).toBe(0)
    expect(await restores.wasPutBack({ seq, chainHash: hash, at: NOW })).toBe(false)
    expect(await restores.wasPutBack({ seq, chainHash: 'another', at: NOW })).toBe(true)
    expect(await restores.wasPutBack({ seq: seq + 1000, chainHash: hash, at: NOW })).toBe(true)
  })
}
