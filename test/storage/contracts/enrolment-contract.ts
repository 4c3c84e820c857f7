import { describe, expect, it } from 'vitest'
import { deviceProof } from '../../../src/devices/device'
import type { NewFactor } from '../../../src/factors/enrolment'
import { PENDING_SECONDS } from '../../../src/factors/pending-sign-in'
import {
  type AllStores,
  NOW,
  type OpenStores,
  passwordHash,
  prepare,
  type Registered,
  random,
  register,
  reserved,
  source,
} from './arrange'
import { newPasskey } from './passkey-store-contract'
import { setUp } from './second-factor-contract'

export const newApp = (step: number): NewFactor => ({
  method: 'totp',
  sealed: { text: 'nonce.ciphertext', secretId: 'A'.repeat(8) },
  step,
  recoveryHashes: [random(32), random(32)],
})

/** Holds a sign-in by password whose account must have a second factor and has none. Returns its handle. */
export async function holdForEnrolment(
  { pendingSignIns, passkeys }: AllStores,
  ada: Registered,
): Promise<{ readonly tokenHash: string; readonly userId: string }> {
  const handle = { tokenHash: random(32), userId: ada.user.id }
  await passkeys.prepareFor(ada.user.id, random(32))
  const pending = {
    ...handle,
    mode: 'session',
    methods: [{ method: 'pwd', at: NOW }],
    enrolled: false,
    codeMacs: [],
    returnTo: '/after',
    provenAt: NOW,
    expiresAt: NOW + PENDING_SECONDS,
  } as const
  const proof = { passwordHash: ada.hash, reserved: reserved(), source, rehashed: null }
  expect(await pendingSignIns.holdPassword({ ...proof, pending })).toBe(true)
  return handle
}

/** Returns the enrolment of a factor in that sign-in. */
export function enrolmentOf(handle: Awaited<ReturnType<typeof holdForEnrolment>>, factor: NewFactor) {
  const prepared = prepare(handle.userId)
  const methods = [{ method: factor.method, at: NOW }] as const
  const device = deviceProof([], prepared.newDeviceId)
  return {
    ...handle,
    factor,
    prepared: { ...prepared, session: { ...prepared.session, methods } },
    ...{ device, source, now: NOW },
  }
}

/** Tests what every adapter of {@link EnrolmentStore} must do. */
export function enrolmentContract(engine: string, open: OpenStores): void {
  describe(`${engine}, as an EnrolmentStore`, () => {
    it('sets an app up for one of many callers, and ends every other session', async () => {
      const stores = open()
      const ada = await register(stores.users)
      const handle = await holdForEnrolment(stores, ada)
      expect((await stores.enrolments.findAccount(handle, 'session', NOW))?.id).toBe(ada.user.id)
      expect(await stores.enrolments.findAccount(handle, 'token', NOW)).toBeNull()
      const race = await Promise.all(
        [1, 2, 3, 4].map((step) => stores.enrolments.finish(enrolmentOf(handle, newApp(step)))),
      )
      const [begun, ...others] = race.filter((each) => each !== null)
      expect(others).toEqual([])
      expect(begun).toMatchObject({
        returnTo: '/after',
        methods: [{ method: 'pwd' }, { method: 'totp' }],
        started: { ended: [{ id: ada.prepared.session.id }] },
      })
      expect(await stores.secondFactors.find(ada.user.id)).toMatchObject({ recoveryCodesLeft: 2 })
      expect(await stores.enrolments.findAccount(handle, 'session', NOW)).toBeNull()
    })

    it('adds a passkey that nobody has, and leaves everything as it is where somebody has it', async () => {
      const stores = open()
      const [ada, bob] = [await register(stores.users), await register(stores.users)]
      const passkey = newPasskey(ada.user.id)
      const first = enrolmentOf(await holdForEnrolment(stores, ada), { method: 'passkey', passkey })
      expect(await stores.enrolments.finish(first)).toMatchObject({ methods: [{}, { method: 'passkey' }] })
      const same = newPasskey(bob.user.id, { credentialId: passkey.credentialId })
      const handle = await holdForEnrolment(stores, bob)
      const second = enrolmentOf(handle, { method: 'passkey', passkey: same })
      expect(await stores.enrolments.finish(second)).toBeNull()
      expect(await stores.sessions.findLive(second.prepared.session.id, NOW)).toBeNull()
      expect(await stores.sessions.findLive(bob.prepared.session.id, NOW)).not.toBeNull()
      expect((await stores.enrolments.findAccount(handle, 'session', NOW))?.id).toBe(bob.user.id)
    })

    it('sets nothing up once the account has a factor, or another password', async () => {
      const stores = open()
      const [ada, bob] = [await register(stores.users), await register(stores.users)]
      const [ofAda, ofBob] = [await holdForEnrolment(stores, ada), await holdForEnrolment(stores, bob)]
      await setUp(stores, ada, 100)
      const prepared = prepare(bob.user.id)
      const change = {
        passwordHash: bob.hash,
        newHash: passwordHash(),
        prepared,
        reserved: reserved(),
        source,
      }
      await stores.ownAccounts.changePassword({ ...change, device: deviceProof([], prepared.newDeviceId) })
      for (const handle of [ofAda, ofBob])
        expect(await stores.enrolments.finish(enrolmentOf(handle, newApp(101)))).toBeNull()
    })
  })
}
