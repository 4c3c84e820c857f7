import { describe, expect, it } from 'vitest'
import { deviceProof } from '../../../src/devices/device'
import { PENDING_SECONDS, type PresentedFactor } from '../../../src/factors/pending-sign-in'
import type { PreparedSession } from '../../../src/sessions/prepared-session'
import {
  type AllStores,
  NOW,
  type OpenStores,
  prepare,
  type Registered,
  random,
  register,
  reserved,
  source,
} from './arrange'

const SEALED = { text: 'nonce.ciphertext', secretId: 'A'.repeat(8) }

/** Returns a session that rests on both factors. */
function prepareBoth(userId: string, now = NOW): PreparedSession {
  const prepared = prepare(userId, 'session', now)
  const methods = [
    { method: 'pwd', at: now },
    { method: 'totp', at: now },
  ] as const
  return { ...prepared, session: { ...prepared.session, methods } }
}

export async function setUp(
  { secondFactors }: AllStores,
  ada: Registered,
  step: number,
  codes = [random(32)],
) {
  const prepared = prepareBoth(ada.user.id)
  const change = { prepared, device: deviceProof([], prepared.newDeviceId), source, now: NOW }
  const replacedSessionId = ada.prepared.session.id
  const set = { ...change, sealed: SEALED, step, recoveryHashes: codes, replacedSessionId }
  return { prepared, codes, started: await secondFactors.setTotp(set) }
}

export async function hold({ pendingSignIns }: AllStores, ada: Registered, mac: string): Promise<string> {
  const tokenHash = random(32)
  const pending = {
    tokenHash,
    userId: ada.user.id,
    mode: 'session',
    methods: [{ method: 'pwd', at: NOW }],
    enrolled: true,
    codeMacs: [random(32), mac],
    returnTo: '/after',
    provenAt: NOW,
    expiresAt: NOW + PENDING_SECONDS,
  } as const
  const proof = { passwordHash: ada.hash, reserved: reserved(), source, rehashed: null }
  expect(await pendingSignIns.holdPassword({ ...proof, pending })).toBe(true)
  return tokenHash
}

export function finish(
  { pendingSignIns }: AllStores,
  ada: Registered,
  tokenHash: string,
  factor: PresentedFactor,
  prepared = prepare(ada.user.id),
) {
  const methods = [{ method: factor.method, at: NOW }] as const
  const whole = { ...prepared, session: { ...prepared.session, methods } }
  const device = deviceProof([], prepared.newDeviceId)
  const by = { tokenHash, userId: ada.user.id, source, now: NOW, presented: [] }
  return pendingSignIns.finish({ ...by, factor, prepared: whole, device })
}

/** Tests what every adapter of {@link SecondFactorStore} and {@link PendingSignInStore} must do. */
export function secondFactorContract(engine: string, open: OpenStores): void {
  describe(`${engine}, as a SecondFactorStore and a PendingSignInStore`, () => {
    it('sets an authenticator app up in place of every session, once for each step', async () => {
      const stores = open()
      const ada = await register(stores.users)
      const { prepared, started } = await setUp(stores, ada, 100)
      expect(started?.ended.map(({ id }) => id)).toEqual([ada.prepared.session.id])
      expect((await stores.users.findById(ada.user.id))?.secondFactor).toEqual({
        since: NOW,
        totp: SEALED,
        passkeys: false,
      })
      expect(await stores.secondFactors.find(ada.user.id)).toEqual({
        totpSince: NOW,
        recoveryCodesLeft: 1,
        recoveryDueAt: null,
      })
      const again = { ...ada, prepared }
      expect((await setUp(stores, again, 100)).started).toBeNull()
      expect((await setUp(stores, ada, 101)).started).toBeNull()
      expect((await setUp(stores, again, 101)).started).not.toBeNull()
    })

    it('takes a pending sign-in with a code that was not used, for one caller', async () => {
      const stores = open()
      const ada = await register(stores.users)
      await setUp(stores, ada, 100)
      const mac = random(32)
      const tokenHash = await hold(stores, ada, mac)
      const wrong = { method: 'totp', candidates: [{ mac: random(32), step: 101 }] } as const
      expect(await finish(stores, ada, tokenHash, wrong)).toEqual({ outcome: 'wrong-code', mailIds: [] })
      const used = { method: 'totp', candidates: [{ mac, step: 100 }] } as const
      expect(await finish(stores, ada, tokenHash, used)).toEqual({ outcome: 'wrong-code', mailIds: [] })
      const right = { method: 'totp', candidates: [{ mac, step: 101 }] } as const
      const finishes = await Promise.all(
        Array.from({ length: 8 }, () => finish(stores, ada, tokenHash, right).catch(() => null)),
      )
      const begun = finishes.filter((each) => each?.outcome === 'begun')
      expect(begun).toHaveLength(1)
      expect(begun[0]).toMatchObject({
        returnTo: '/after',
        methods: [
          { method: 'pwd', at: NOW },
          { method: 'totp', at: NOW },
        ],
      })
      expect(await finish(stores, ada, tokenHash, right)).toEqual({ outcome: 'over' })
    })

    it('renews a session by a code that was not used or by the password, in either mode, and no other session', async () => {
      const stores = open()
      const ada = await register(stores.users)
      const { prepared, codes } = await setUp(stores, ada, 100)
      const { id } = prepared.session
      const own = { userId: ada.user.id, sessionId: id, mode: 'session' } as const
      const later = NOW + 5
      const methods = [
        { method: 'pwd', at: NOW },
        { method: 'totp', at: later },
      ] as const
      const inPlace = { own, methods, replacement: null, source, now: later }
      const byCode = (step: number | null) =>
        stores.secondFactors.renewSession({ ...inPlace, factor: { method: 'totp', step } })
      expect(await byCode(null)).toEqual({ outcome: 'wrong-code', mailIds: [] })
      expect(await byCode(100)).toEqual({ outcome: 'wrong-code', mailIds: [] })
      expect(await byCode(101)).toMatchObject({
        outcome: 'renewed',
        session: { id, methods, authenticatedAt: later },
      })
      expect(await byCode(101)).toEqual({ outcome: 'wrong-code', mailIds: [] })

      const byPassword = (
        passwordHash: string,
        renewal: Parameters<typeof stores.ownAccounts.renewSession>[0] | null = null,
      ) => stores.ownAccounts.renewSession({ ...inPlace, reserved: reserved(), ...renewal, passwordHash })
      expect(await byPassword('$other')).toBeNull()
      expect(await byPassword(ada.hash)).toMatchObject({ session: { id } })
      const fresh = prepareBoth(ada.user.id, later)
      const [code = ''] = codes
      const replaced = await stores.secondFactors.renewSession({
        ...inPlace,
        replacement: fresh,
        factor: { method: 'recovery', codeHash: code },
      })
      expect(replaced).toMatchObject({
        outcome: 'renewed',
        session: { id: fresh.session.id },
        ended: [{ id }],
      })
      expect(await stores.sessions.findLive(id, later)).toBeNull()
      expect(await byPassword(ada.hash)).toBeNull()
    })

    it('uses a recovery code once, and removes the factor with its codes', async () => {
      const stores = open()
      const ada = await register(stores.users)
      const { prepared, codes } = await setUp(stores, ada, 100)
      const [codeHash = ''] = codes
      const recovery = { method: 'recovery', codeHash } as const
      const first = await finish(stores, ada, await hold(stores, ada, random(32)), recovery)
      expect(first.outcome).toBe('begun')
      expect(await finish(stores, ada, await hold(stores, ada, random(32)), recovery)).toEqual({
        outcome: 'wrong-code',
        mailIds: [],
      })
      const next = prepare(ada.user.id)
      const device = deviceProof([], next.newDeviceId)
      const replacedSessionId = prepared.session.id
      const removal = { prepared: next, device, source, now: NOW, replacedSessionId }
      expect(await stores.secondFactors.remove({ ...removal, onlyBesidePasskey: true })).toBeNull()
      expect(await stores.secondFactors.remove({ ...removal, onlyBesidePasskey: false })).not.toBeNull()
      expect(await stores.secondFactors.find(ada.user.id)).toEqual({
        totpSince: null,
        recoveryCodesLeft: 0,
        recoveryDueAt: null,
      })
    })

    it('lets no session begin after one factor', async () => {
      const stores = open()
      const ada = await register(stores.users)
      await setUp(stores, ada, 100)
      const prepared = prepare(ada.user.id)
      const start = {
        passwordHash: ada.hash,
        reserved: reserved(),
        source,
        prepared,
        device: deviceProof([], prepared.newDeviceId),
        presented: [],
        rehashed: null,
      }
      expect(await stores.users.startSession(start)).toBeNull()
    })
  })
}
