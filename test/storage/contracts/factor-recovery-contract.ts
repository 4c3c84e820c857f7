import { describe, expect, it } from 'vitest'
import { PENDING_SECONDS } from '../../../src/factors/pending-sign-in'
import { type MintedSecret, mintSecret } from '../../../src/links/one-time-token'
import type { AuthenticationMethod } from '../../../src/sessions/assurance'
import {
  type AllStores,
  NOW,
  type OpenStores,
  type Registered,
  random,
  registerProven,
  reserved,
  source,
} from './arrange'
import { newPasskey } from './passkey-store-contract'
import { finish, hold, setUp } from './second-factor-contract'

const DELAY = 3 * 24 * 60 * 60

/** Returns somebody with an app, a passkey and two sessions, who has lost both factors. */
async function arrange(stores: AllStores) {
  const proven = await registerProven(stores)
  const { prepared } = await setUp(stores, proven, 100)
  const ada = { ...proven, prepared }
  const { id: sessionId, mode } = prepared.session
  await stores.passkeys.prepareFor(ada.user.id, random(32))
  const change = { userId: ada.user.id, sessionId, mode, source, now: NOW }
  const challenge = { id: random(16), expiresAt: NOW + 300 }
  await stores.passkeys.add(newPasskey(ada.user.id), { ...change, challenge })
  return ada
}

/** Asks for the recovery in a sign-in that was begun by this proof. */
async function start(
  stores: AllStores,
  ada: Registered,
  method: AuthenticationMethod = 'link',
  cancel?: MintedSecret,
) {
  const handle = { tokenHash: random(32), userId: ada.user.id, mode: 'session' } as const
  const pending = {
    ...handle,
    methods: [{ method, at: NOW }],
    ...{ enrolled: true, codeMacs: [], returnTo: null, provenAt: NOW, expiresAt: NOW + PENDING_SECONDS },
  } as const
  const proof = { passwordHash: ada.hash, reserved: reserved(), source, rehashed: null }
  await stores.pendingSignIns.holdPassword({ ...proof, pending })
  return stores.recoveries.start({
    ...handle,
    ...{ cancel: cancel ?? (await mintSecret()), dueAt: NOW + DELAY, source, now: NOW },
  })
}

async function factorsOf({ secondFactors, passkeys }: AllStores, { user }: Registered) {
  const { totpSince, recoveryCodesLeft, recoveryDueAt } = await secondFactors.find(user.id)
  return [totpSince, recoveryCodesLeft, (await passkeys.list(user.id)).length, recoveryDueAt]
}

const ALL = [NOW, 1, 1]

/** Tests what every adapter of {@link FactorRecoveryStore} must do. */
export function factorRecoveryContract(engine: string, open: OpenStores): void {
  describe(`${engine}, as a FactorRecoveryStore`, () => {
    it('RST-03: is asked for by whoever has just proven the mailbox, and one that runs goes on', async () => {
      const stores = open()
      const ada = await arrange(stores)
      expect(await start(stores, ada, 'pwd')).toEqual({ outcome: 'mailbox-not-proven' })
      expect(await factorsOf(stores, ada)).toEqual([...ALL, null])
      expect(await start(stores, ada)).toMatchObject({ outcome: 'started', dueAt: NOW + DELAY })
      expect(await start(stores, ada)).toMatchObject({ outcome: 'started', dueAt: NOW + DELAY, mailIds: [] })
      expect(await start(stores, ada, 'pwd')).toEqual({ outcome: 'mailbox-not-proven' })
    })

    it('RST-03: removes every factor and ends every session once its delay is over, and not before', async () => {
      const stores = open()
      const ada = await arrange(stores)
      const due = { userId: ada.user.id, language: 'en' } as const
      await start(stores, ada)
      const listed = async (now: number) =>
        (await stores.recoveries.listDue(now, 1000)).filter(({ userId }) => userId === ada.user.id)
      expect(await listed(NOW + DELAY - 1)).toEqual([])
      await stores.recoveries.complete(due, NOW + DELAY - 1)
      expect(await factorsOf(stores, ada)).toEqual([...ALL, NOW + DELAY])
      expect(await stores.sessions.findLive(ada.prepared.session.id, NOW)).not.toBeNull()
      expect(await listed(NOW + DELAY)).toEqual([due])
      await Promise.all([1, 2, 3].map(() => stores.recoveries.complete(due, NOW + DELAY)))
      expect(await factorsOf(stores, ada)).toEqual([null, 0, 0, null])
      expect(await stores.sessions.findLive(ada.prepared.session.id, NOW)).toBeNull()
      const events = await stores.auditLog.list(ada.user.id, { before: null, limit: 99 })
      expect(events.filter(({ event }) => event === 'second-factor-recovered')).toHaveLength(1)
      expect((await stores.users.findById(ada.user.id))?.secondFactor).toBeNull()
    })

    it('is ended by the secret of its mail, by its owner, and by a sign-in with a second factor', async () => {
      const stores = open()
      const ada = await arrange(stores)
      const { id: sessionId } = ada.prepared.session
      const cancel = await mintSecret()
      await start(stores, ada, 'link', cancel)
      expect(await stores.recoveries.cancel(random(32), source, NOW)).toBe(false)
      expect(await stores.recoveries.cancel(cancel.hash, source, NOW)).toBe(true)
      expect(await stores.recoveries.cancel(cancel.hash, source, NOW)).toBe(false)
      const own = { userId: ada.user.id, sessionId, mode: 'session' } as const
      await start(stores, ada)
      expect(await stores.recoveries.cancelOwn(own, source, NOW)).toBe(true)
      expect(await stores.recoveries.cancelOwn(own, source, NOW)).toBe(false)
      await start(stores, ada)
      const mac = random(32)
      const code = { method: 'totp', candidates: [{ mac, step: 101 }] } as const
      const finished = await finish(stores, ada, await hold(stores, ada, mac), code)
      expect(finished.outcome).toBe('begun')
      await stores.recoveries.complete({ userId: ada.user.id, language: 'en' }, NOW + DELAY)
      expect(await factorsOf(stores, ada)).toEqual([...ALL, null])
    })
  })
}
