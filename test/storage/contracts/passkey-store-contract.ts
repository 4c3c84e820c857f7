import { describe, expect, it } from 'vitest'
import { deviceProof } from '../../../src/devices/device'
import type { Passkey, PasskeyChange } from '../../../src/passkeys/passkey-store'
import type { Assertion } from '../../../src/passkeys/verify-assertion'
import type { PreparedSession } from '../../../src/sessions/prepared-session'
import { NOW, type OpenStores, prepare, type Registered, random, register, signIn, source } from './arrange'

export function newPasskey(userId: string, values: Partial<Passkey> = {}): Passkey {
  return {
    id: random(16),
    userId,
    credentialId: random(32),
    publicKey: 'a key',
    alg: -7,
    signCount: 0,
    userVerified: true,
    backupEligible: true,
    backedUp: false,
    aaguid: '0'.repeat(32),
    transports: ['internal'],
    name: 'Ünï 🦊',
    createdAt: NOW,
    lastUsedAt: null,
    ...values,
  }
}

const newChallenge = () => ({ id: random(16), expiresAt: NOW + 300 })

function changeOf({ user, prepared }: Registered): PasskeyChange {
  const { id: sessionId, mode } = prepared.session
  return { userId: user.id, sessionId, mode, source, now: NOW }
}

export function assertion(values: Partial<Assertion> = {}): Assertion {
  return { userVerified: true, backedUp: true, signCount: 0, counter: 'unused', ...values }
}

/** Tests what every store of passkeys must do. */
export function passkeyStoreContract(engine: string, open: OpenStores): void {
  describe(`${engine}, as a PasskeyStore`, () => {
    /** Returns a person with one passkey. */
    async function arrange(values: Partial<Passkey> = {}) {
      const { users, passkeys, usedChallenges } = open()
      const ada = await register(users)
      const { userHandle } = await passkeys.prepareFor(ada.user.id, random(32))
      const passkey = newPasskey(ada.user.id, values)
      expect(await passkeys.add(passkey, { ...changeOf(ada), challenge: newChallenge() })).toMatchObject({
        outcome: 'added',
      })
      return { ada, passkeys, passkey, userHandle, users, usedChallenges }
    }

    function use({ ada, passkey }: { readonly ada: Registered; readonly passkey: Passkey }, values: object) {
      const prepared = prepare(ada.user.id)
      const device = deviceProof([], prepared.newDeviceId)
      const { credentialId } = passkey
      return {
        ...{ credentialId, challenge: newChallenge(), assertion: assertion(), verifiedOnly: false },
        ...{ prepared, presented: [], device, source, now: NOW + 1 },
        ...values,
      }
    }

    it('keeps a passkey whole, and one handle for each account', async () => {
      const { ada, passkeys, passkey, userHandle } = await arrange()
      expect(await passkeys.list(ada.user.id)).toEqual([passkey])
      expect(await passkeys.prepareFor(ada.user.id, random(32))).toEqual({ userHandle, passkeys: [passkey] })
      const found = await passkeys.find(passkey.credentialId)
      expect(found?.passkey).toEqual({ ...passkey, userHandle })
      expect(found?.account.user.id).toBe(ada.user.id)
      expect(await passkeys.find(random(32))).toBeNull()
    })

    it('WAN-05: adds a credential id once, over all accounts', async () => {
      const { ada, passkeys, passkey, users } = await arrange()
      const bob = await register(users)
      for (const person of [ada, bob]) {
        const same = newPasskey(person.user.id, { credentialId: passkey.credentialId })
        expect(await passkeys.add(same, { ...changeOf(person), challenge: newChallenge() })).toEqual({
          outcome: 'exists',
        })
      }
      expect(await passkeys.list(bob.user.id)).toEqual([])
    })

    it('WAN-01: takes a challenge once, whatever it is for', async () => {
      const arranged = await arrange()
      const { ada, passkeys } = arranged
      const challenge = newChallenge()
      const adding = [1, 2, 3].map(() =>
        passkeys.add(newPasskey(ada.user.id), { ...changeOf(ada), challenge }),
      )
      const outcomes = (await Promise.all(adding)).map(({ outcome }) => outcome)
      expect(outcomes.sort()).toEqual(['added', 'challenge-used', 'challenge-used'])
      expect(await passkeys.signIn(use(arranged, { challenge }))).toBeNull()
      const other = newChallenge()
      const uses = [1, 2, 3].map(() => passkeys.signIn(use(arranged, { challenge: other })))
      expect((await Promise.all(uses)).filter((started) => started !== null)).toHaveLength(1)
    })

    it('adds nothing for a session that is over', async () => {
      const { ada, passkeys } = await arrange()
      const by = { ...changeOf(ada), sessionId: random(16) }
      const added = await passkeys.add(newPasskey(ada.user.id), { ...by, challenge: newChallenge() })
      expect(added.outcome).not.toBe('added')
    })

    it('WAN-03: moves a counter up and never back', async () => {
      const arranged = await arrange({ signCount: 5, backupEligible: false })
      const { passkeys, passkey } = arranged
      const counted = (signCount: number, counter: Assertion['counter']) =>
        passkeys.signIn(use(arranged, { assertion: assertion({ signCount, counter, backedUp: false }) }))
      expect(await counted(7, 'advanced')).not.toBeNull()
      expect(await counted(7, 'advanced')).toBeNull()
      expect(await counted(6, 'advanced')).toBeNull()
      expect(await counted(0, 'regressed')).not.toBeNull()
      expect((await passkeys.find(passkey.credentialId))?.passkey).toMatchObject({
        signCount: 7,
        lastUsedAt: NOW + 1,
      })
    })

    it('starts no session of another account, and none that is not proven where that is asked', async () => {
      const arranged = await arrange()
      const { passkeys, users } = arranged
      const bob = await register(users)
      expect(await passkeys.signIn(use({ ...arranged, ada: bob }, {}))).toBeNull()
      expect(await passkeys.signIn(use(arranged, { verifiedOnly: true }))).toBeNull()
      expect(await passkeys.signIn(use(arranged, {}))).not.toBeNull()
    })

    it('renames and removes what is the account’s', async () => {
      const { ada, passkeys, passkey, users } = await arrange()
      const bob = await register(users)
      const target = { id: passkey.id, userId: ada.user.id }
      expect(await passkeys.rename({ ...target, userId: bob.user.id }, 'Mine')).toBeNull()
      expect(await passkeys.rename(target, 'Phone')).toEqual({ ...passkey, name: 'Phone' })
      const ways = { mail: true, passkeys: true, providers: [] }
      const terms = { ways, secondFactorRequired: false }
      expect(await passkeys.remove(passkey.id, changeOf(bob), terms)).toEqual({ outcome: 'unknown' })
      const strict = { ...terms, secondFactorRequired: true }
      expect(await passkeys.remove(passkey.id, changeOf(ada), strict)).toEqual({ outcome: 'last-factor' })
      const withoutMail = { ...terms, ways: { ...ways, mail: false } }
      const removed = await passkeys.remove(passkey.id, changeOf(ada), withoutMail)
      expect(removed).toMatchObject({ outcome: 'removed', credentialId: passkey.credentialId })
      expect(await passkeys.list(ada.user.id)).toEqual([])
    })

    it('WAN-07: ends, with a passkey that is removed, every other session that rests on one', async () => {
      const arranged = await arrange()
      const { ada, passkeys, passkey, users } = arranged
      const resting = prepare(ada.user.id)
      const methods = [{ method: 'passkey', at: NOW }] as const
      const begun = { ...resting, session: { ...resting.session, methods } }
      expect(await passkeys.signIn(use(arranged, { prepared: begun }))).not.toBeNull()
      const other = (await signIn(users, ada)).prepared
      const terms = { ways: { mail: true, passkeys: true, providers: [] }, secondFactorRequired: false }
      const unknown = await passkeys.remove(random(16), changeOf(ada), terms)
      const isLive = async ({ session: { id } }: PreparedSession) =>
        (await open().sessions.findLive(id, NOW)) !== null
      expect([unknown.outcome, await isLive(begun)]).toEqual(['unknown', true])
      const removed = await passkeys.remove(passkey.id, changeOf(ada), terms)
      expect(removed).toMatchObject({ outcome: 'removed', ended: [{ id: begun.session.id }] })
      expect(await Promise.all([begun, other, ada.prepared].map(isLive))).toEqual([false, true, true])
    })

    it('forgets challenges that have expired, and no others', async () => {
      const { ada, passkeys, usedChallenges } = await arrange()
      const [old, fresh] = [newChallenge(), { id: random(16), expiresAt: NOW + 1000 }]
      for (const challenge of [old, fresh])
        await passkeys.add(newPasskey(ada.user.id), { ...changeOf(ada), challenge })
      await usedChallenges.forget(NOW + 300, 1000)
      const add = (challenge: typeof old) =>
        passkeys.add(newPasskey(ada.user.id), { ...changeOf(ada), challenge })
      expect(await add(old)).toMatchObject({ outcome: 'added' })
      expect(await add(fresh)).toEqual({ outcome: 'challenge-used' })
    })
  })
}
