import { describe, expect, it } from 'vitest'
import { deviceProof } from '../../../src/devices/device'
import { newUser } from '../../../src/identity/user'
import { type IdentityChange, MOST_IDENTITIES, type StoredIdentity } from '../../../src/social/identity-store'
import { NOW, newEmail, type OpenStores, prepare, type Registered, random, register, source } from './arrange'

export function newIdentity(userId: string, values: Partial<StoredIdentity> = {}): StoredIdentity {
  return {
    id: random(16),
    userId,
    issuer: 'https://id.example',
    subject: random(16),
    provider: 'acme',
    email: 'ünï@example.com',
    createdAt: NOW,
    lastUsedAt: null,
    ...values,
  }
}

const newAttempt = () => ({ id: random(16), expiresAt: NOW + 600 })

function changeOf({ user, prepared }: Registered): IdentityChange {
  const { id: sessionId, mode } = prepared.session
  return { userId: user.id, sessionId, mode, source, now: NOW }
}

const EVERY_WAY = { mail: false, passkeys: true, providers: ['acme'] }

/** Tests what every store of identities must do. */
export function identityStoreContract(engine: string, open: OpenStores): void {
  describe(`${engine}, as an IdentityStore`, () => {
    /** Returns a person with one identity. */
    async function arrange() {
      const { users, identities } = open()
      const ada = await register(users)
      const identity = newIdentity(ada.user.id)
      const linked = await identities.link(identity, { ...changeOf(ada), used: newAttempt() })
      expect(linked.outcome).toBe('linked')
      return { ada, users, identities, identity }
    }

    function use(userId: string, { issuer, subject }: StoredIdentity, values: object = {}) {
      const prepared = prepare(userId)
      const device = deviceProof([], prepared.newDeviceId)
      const what = { issuer, subject, attempt: newAttempt(), verifiedOnly: false, source, now: NOW + 1 }
      return { ...what, prepared, presented: [], device, ...values }
    }

    it('SOC-02: finds an account by issuer and subject, and says whether an address has one', async () => {
      const { ada, identities, identity } = await arrange()
      expect(await identities.list(ada.user.id)).toEqual([identity])
      const found = await identities.find(identity, null)
      expect([found.account?.user.id, found.addressTaken]).toEqual([ada.user.id, false])
      const other = { ...identity, issuer: 'https://other.example' }
      const byAddress = await identities.find(other, ada.email)
      expect(byAddress).toEqual({ account: null, addressTaken: true })
    })

    it('SOC-01: takes an attempt once, whatever it is for', async () => {
      const { ada, identities, identity } = await arrange()
      const attempt = newAttempt()
      const uses = [1, 2, 3].map(() => identities.signIn(use(ada.user.id, identity, { attempt })))
      expect((await Promise.all(uses)).filter((started) => started !== null)).toHaveLength(1)
      const again = newIdentity(ada.user.id)
      expect(await identities.link(again, { ...changeOf(ada), used: attempt })).toEqual({ outcome: 'used' })
      expect((await identities.list(ada.user.id))[0]?.lastUsedAt).toBe(NOW + 1)
    })

    it('registers an account with its identity and its session, once for an address and once for an identity', async () => {
      const { identities, users } = open()
      const canonicalEmail = newEmail()
      const make = (values: Partial<StoredIdentity> = {}) => {
        const user = newUser({ email: canonicalEmail, emailVerified: true, name: null }, NOW)
        const identity = newIdentity(user.id, values)
        return { ...use(user.id, identity), account: { user, canonicalEmail }, identity }
      }
      const made = [make(), make(), make()]
      const started = await Promise.all(made.map((each) => identities.register(each)))
      expect(started.filter((each) => each !== null)).toHaveLength(1)
      const winner = made[started.findIndex((each) => each !== null)]
      expect(await users.findById(winner?.account.user.id ?? '')).toMatchObject({
        user: { emailVerified: true },
        passwordHash: null,
      })
      // Those who came too late have not used their attempts up.
      const loser = made.find((each) => each !== winner)
      const { issuer = '', subject = '' } = winner?.identity ?? {}
      const later = use(winner?.account.user.id ?? '', winner?.identity ?? newIdentity(''), {
        attempt: loser?.attempt,
      })
      expect(await identities.signIn({ ...later, issuer, subject })).not.toBeNull()
    })

    it('signs in to no account that is disabled, or whose address must be proven', async () => {
      const { ada, identities, identity } = await arrange()
      expect(await identities.signIn(use(ada.user.id, identity, { verifiedOnly: true }))).toBeNull()
      expect(await identities.signIn(use(random(16), identity))).toBeNull()
      expect(await identities.signIn(use(ada.user.id, identity))).not.toBeNull()
    })

    it('links an identity to one account, to so many of an account, and to no session that is over', async () => {
      const { ada, users, identities, identity } = await arrange()
      const bob = await register(users)
      const same = newIdentity(bob.user.id, { subject: identity.subject })
      expect(await identities.link(same, { ...changeOf(bob), used: newAttempt() })).toEqual({
        outcome: 'exists',
      })
      const over = { ...changeOf(ada), sessionId: random(16), used: newAttempt() }
      expect((await identities.link(newIdentity(ada.user.id), over)).outcome).not.toBe('linked')
      for (let count = 1; count < MOST_IDENTITIES; count++) {
        await identities.link(newIdentity(ada.user.id), { ...changeOf(ada), used: newAttempt() })
      }
      const last = await identities.link(newIdentity(ada.user.id), { ...changeOf(ada), used: newAttempt() })
      expect([last.outcome, (await identities.list(ada.user.id)).length]).toEqual([
        'too-many',
        MOST_IDENTITIES,
      ])
    })

    it('removes an identity of its own account, and deletes them with the account', async () => {
      const { ada, users, identities, identity } = await arrange()
      const bob = await register(users)
      expect(await identities.unlink(identity.id, changeOf(bob), EVERY_WAY)).toEqual({
        outcome: 'unknown',
      })
      // It has a password.
      const removed = await identities.unlink(identity.id, changeOf(ada), EVERY_WAY)
      expect(removed.outcome).toBe('unlinked')
      expect(await identities.list(ada.user.id)).toEqual([])
    })
  })
}
