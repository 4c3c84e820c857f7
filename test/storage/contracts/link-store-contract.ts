import { describe, expect, it } from 'vitest'
import { deviceProof } from '../../../src/devices/device'
import { newUser } from '../../../src/identity/user'
import { type MintedSecret, mintSecret, type TokenPurpose } from '../../../src/links/one-time-token'
import { CODE_MAX_TRIES } from '../../../src/links/sign-in-code'
import type { SqlMailStores } from '../../../src/storage/sql/create-mail-stores'
import {
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

const RESERVED = { outcome: 'reserved' } as const

const sources = () => [{ key: random(32), seconds: 1, room: 100 }]

function request(purpose: TokenPurpose, canonicalEmail: string, accountKey = random(32)) {
  const asker = { of: 'anybody' as const, deviceKeys: {}, session: null, sources: sources() }
  return { purpose, canonicalEmail, accountKey, asker, attempt: null, now: NOW }
}

/** Returns a link of each kind, as somebody has it who asked for it. */
async function issue(
  { links }: SqlMailStores,
  ada: Registered,
  purpose: 'reset-password' | 'sign-in',
  given: { readonly bindingHash?: string; readonly code?: { text: string; mac: string } } = {},
): Promise<MintedSecret & { readonly mailId: string }> {
  const token = await mintSecret()
  const { bindingHash = null, code } = given
  const what = { purpose, token, bindingHash, source, returnTo: '/after', ...(code ? { code } : {}) }
  const issued = await links.issue({ ...request(purpose, ada.email), ...what, purpose })
  expect(issued).toEqual({ outcome: 'accepted', mailIds: [expect.any(String)] })
  return { ...token, mailId: issued.outcome === 'accepted' ? (issued.mailIds[0] ?? '') : '' }
}

const use = (token: MintedSecret) => ({
  tokenHash: token.hash,
  bindingHash: null,
  returnTo: null,
  source,
  now: NOW,
  device: deviceProof([], random(16)),
})

/** Tests what every adapter of {@link LinkStore} must do. */
export function linkStoreContract(engine: string, open: OpenStores): void {
  describe(`${engine}, as a LinkStore`, () => {
    it('counts mail to an address and of an account, and says how long to wait', async () => {
      const { links } = open()
      const mail = request('sign-in', 'nobody@example.com')
      const answers: unknown[] = []
      for (let nth = 0; nth < 6; nth++) answers.push(await links.reserve(mail))
      expect(answers).toEqual([...Array(5).fill(RESERVED), { outcome: 'throttled', retryAfterSeconds: 720 }])
      const ofAccount = {
        ...mail,
        asker: { of: 'account' as const, key: random(32) },
        accountKey: random(32),
      }
      expect(await links.reserve(ofAccount)).toEqual(RESERVED)
    })

    it('carries an attempt out once, however often and in parallel it is made', async () => {
      const stores = open()
      const { links, users } = stores
      const ada = await register(users)
      const attempt = { key: random(32), repeatedSince: NOW - 15 }
      const purpose = 'reset-password' as const
      const mail = {
        ...request(purpose, ada.email),
        purpose,
        attempt,
        bindingHash: null,
        source,
        returnTo: null,
      }
      const tokens = await Promise.all(Array.from({ length: 4 }, () => mintSecret()))
      const issued = await Promise.all(tokens.map((token) => links.issue({ ...mail, token })))
      expect(issued.map(({ outcome }) => outcome)).toEqual(Array(4).fill('accepted'))
      const mailIds = issued.flatMap((each) => (each.outcome === 'accepted' ? each.mailIds : []))
      expect(mailIds).toHaveLength(1)
      expect(await links.reserve(mail)).toEqual({ outcome: 'repeated' })
    })

    it('counts mail that a device or a session of the account asks for apart from strangers', async () => {
      const stores = open()
      const { links, users } = stores
      const ada = await register(users)
      const mail = request('sign-in', ada.email)
      for (let nth = 0; nth < 6; nth++) await links.reserve(mail)
      const { session, newDeviceId } = ada.prepared
      const asker = { ...mail.asker, deviceKeys: { [newDeviceId]: random(32), [random(16)]: random(32) } }
      expect(await links.reserve({ ...mail, asker })).toEqual(RESERVED)
      const own = { ...mail.asker, session: { id: session.id, key: random(32) } }
      expect(await links.reserve({ ...mail, asker: own })).toEqual(RESERVED)
      expect((await links.reserve(mail)).outcome).toBe('throttled')
    })

    it('finds a link with its account while it is valid, for its purpose alone', async () => {
      const stores = open()
      const ada = await register(stores.users)
      const token = await issue(stores, ada, 'reset-password')
      const presented = { tokenHash: token.hash, bindingHash: null }
      const { links } = stores
      expect(await links.find(presented, ['reset-password'], NOW)).toEqual({
        purpose: 'reset-password',
        bindingHash: null,
        account: {
          user: ada.user,
          canonicalEmail: ada.email,
          passwordHash: ada.hash,
          secondFactor: null,
          hasPasskeys: false,
        },
        newEmail: null,
        registration: null,
        returnTo: '/after',
      })
      expect(await links.find(presented, ['sign-in'], NOW)).toBeNull()
      expect(await links.find(presented, ['reset-password'], NOW + 3600)).toBeNull()
      expect(await links.find({ ...presented, tokenHash: random(32) }, ['sign-in'], NOW)).toBeNull()
    })

    it('keeps a registration until its address is proven, and makes one account of it', async () => {
      const { links, users } = open()
      const address = `${random(16).toLowerCase()}@example.com`
      const [token, bindingHash, hash] = [await mintSecret(), random(32), passwordHash()]
      const email = { address, canonical: address }
      const held = {
        email,
        name: 'Ünï 🦊',
        passwordHash: hash,
        token,
        bindingHash,
        returnTo: null,
        attempt: null,
        source,
        now: NOW,
      }
      await links.holdRegistration(held)
      const found = await links.find({ tokenHash: token.hash, bindingHash }, ['register'], NOW)
      expect(found).toMatchObject({
        account: null,
        newEmail: email,
        registration: { name: 'Ünï 🦊', passwordHash: hash },
      })
      const attempt = () => {
        const user = newUser({ email: address, emailVerified: true, name: 'Ünï 🦊' }, NOW)
        const start = { prepared: prepare(user.id), presented: [] }
        return { account: { user, canonicalEmail: address, passwordHash: hash }, start, ...use(token) }
      }
      const race = await Promise.all(Array.from({ length: 4 }, () => links.register(attempt())))
      const [made, ...others] = race.filter((each) => each !== null)
      expect(others).toEqual([])
      expect(made?.started).toMatchObject({ roles: [], deviceId: made?.deviceId })
      const spent = await links.findSpent(token.hash, NOW)
      expect(spent).toMatchObject({ purpose: 'register', deviceId: made?.deviceId })
      expect(await users.findById(spent?.account.user.id ?? '')).toMatchObject({
        user: { emailVerified: true },
      })
      expect(await links.findSpent(token.hash, NOW + 1)).toBeNull()
    })

    it('carries a registration on for the source that made it, and verifies the address of an account', async () => {
      const stores = open()
      const { links, users } = stores
      const address = `${random(16).toLowerCase()}@example.com`
      const email = { address, canonical: address }
      const [first, second, bindingHash] = [await mintSecret(), await mintSecret(), random(32)]
      const chosen = { name: 'Ada', passwordHash: passwordHash(), returnTo: '/there', attempt: null }
      await links.holdRegistration({ email, ...chosen, token: first, bindingHash, source, now: NOW })
      const again = { ...request('verify-email', address), token: second, source, userId: null }
      await links.issueVerification({ ...again, bindingHash })
      const found = await links.find({ tokenHash: second.hash, bindingHash: null }, ['register'], NOW)
      expect(found).toMatchObject({ newEmail: email, bindingHash, returnTo: '/there' })

      const ada = await register(users)
      const token = await mintSecret()
      const mail = { ...request('verify-email', ada.email), token, bindingHash, source, userId: ada.user.id }
      await links.issueVerification(mail)
      const verify = { ...use(token), userId: ada.user.id, passwordHash: ada.hash }
      const proven = await links.verify(verify)
      expect(proven).toEqual({ ended: [], deviceId: verify.device.newId })
      expect(await links.verify(verify)).toBeNull()
      expect((await users.findById(ada.user.id))?.user.emailVerified).toBe(true)
    })

    it('sets a password once, and ends every session and every other device', async () => {
      const stores = open()
      const { links, users, devices } = stores
      const ada = await register(users)
      const token = await issue(stores, ada, 'reset-password')
      const reset = () => ({ ...use(token), userId: ada.user.id, passwordHash: passwordHash() })
      const race = await Promise.all(Array.from({ length: 4 }, () => links.resetPassword(reset())))
      const [done, ...others] = race.filter((each) => each !== null)
      expect(others).toEqual([])
      expect(done?.ended).toEqual([{ id: ada.prepared.session.id, mode: 'session' }])
      expect((await devices.list(ada.user.id, NOW)).map(({ id }) => id)).toEqual([done?.deviceId])
    })

    it('signs in once, and what was planted before the address was proven goes', async () => {
      const stores = open()
      const { links, users, sessions } = stores
      const ada = await register(users)
      const token = await issue(stores, ada, 'sign-in')
      const attempt = () => ({
        ...use(token),
        prepared: prepare(ada.user.id),
        presented: [],
        removesPassword: true,
      })
      const race = await Promise.all(Array.from({ length: 4 }, () => links.signIn(attempt())))
      const [started, ...others] = race.filter((each) => each !== null)
      expect(others).toEqual([])
      expect(started?.ended).toContainEqual({ id: ada.prepared.session.id, mode: 'session' })
      expect((await users.findById(ada.user.id))?.passwordHash).toBeNull()
      expect(await sessions.list(ada.user.id, { before: null, limit: 9 }, NOW)).toHaveLength(1)
    })

    it('keeps the password where a live session of the account is presented', async () => {
      const stores = open()
      const { links, users } = stores
      const ada = await register(users)
      const token = await issue(stores, ada, 'sign-in')
      const { session, secretHash } = ada.prepared
      const presented = [{ sessionId: session.id, secretHash }]
      const start = { prepared: prepare(ada.user.id), presented, removesPassword: true }
      const ended = (await links.signIn({ ...use(token), ...start }))?.ended ?? []
      expect(new Set(ended.map(({ id }) => id))).toEqual(new Set([session.id]))
      expect((await users.findById(ada.user.id))?.passwordHash).toBe(ada.hash)
    })

    it('changes an address, unless another account has it', async () => {
      const stores = open()
      const { links, users } = stores
      const [ada, eve] = [await register(users), await register(users)]
      const change = async (address: string) => {
        const token = await mintSecret()
        const email = { address, canonical: address }
        const who = { userId: ada.user.id, passwordHash: ada.hash, reserved: reserved(), attempt: null }
        await links.issueAddressChange({ ...who, email, token, bindingHash: random(32), source, now: NOW })
        return links.changeEmail({ ...use(token), userId: ada.user.id, oldEmail: ada.email, email })
      }
      expect(await change(eve.email)).toBeNull()
      const free = `${random(16).toLowerCase()}@example.com`
      expect(await change(free)).toEqual({ mailIds: [expect.any(String)] })
      expect(await users.findById(ada.user.id)).toMatchObject({
        canonicalEmail: free,
        user: { emailVerified: true },
      })
    })

    it('counts the tries at a code, of its link and of its account', async () => {
      const stores = open()
      const ada = await register(stores.users)
      const [bindingHash, mac] = [random(32), random(32)]
      const token = await issue(stores, ada, 'sign-in', { bindingHash, code: { text: '123456', mac } })
      const attempt = { bindingHash, sources: sources(), now: NOW }
      const race = await Promise.all(
        Array.from({ length: CODE_MAX_TRIES + 3 }, () => stores.links.tryCode(attempt)),
      )
      const counted = race.filter(({ outcome }) => outcome === 'counted')
      expect(counted).toHaveLength(CODE_MAX_TRIES)
      expect(counted[0]).toMatchObject({ tokenHash: token.hash, codeMac: mac, link: { purpose: 'sign-in' } })
      expect(race.filter(({ outcome }) => outcome === 'refused')).toHaveLength(3)
      const spent = { ...attempt, sources: [{ key: random(32), seconds: 9, room: -1 }] }
      await stores.links.tryCode(spent)
      expect(await stores.links.tryCode(spent)).toMatchObject({ outcome: 'source-throttled' })
    })

    it('ends the older of two links of one source, and forgets what has expired', async () => {
      const stores = open()
      const { links } = stores
      const ada = await register(stores.users)
      const bindingHash = random(32)
      const older = await issue(stores, ada, 'reset-password', { bindingHash })
      const newer = await issue(stores, ada, 'reset-password', { bindingHash })
      const find = ({ hash }: MintedSecret) =>
        links.find({ tokenHash: hash, bindingHash: null }, ['reset-password'], NOW)
      expect(await find(older)).toBeNull()
      await links.forget({ expired: NOW + 3600, used: 0 }, 1000)
      expect(await find(newer)).not.toBeNull()
      await links.forget({ expired: NOW + 3601, used: 0 }, 1000)
      expect(await find(newer)).toBeNull()
    })
  })

  describe(`${engine}, as an Outbox`, () => {
    it('has each mail once, with the token of its link, and gives it to one of many', async () => {
      const stores = open()
      const { outbox, users } = stores
      const ada = await register(users)
      const { mailId: id, ...token } = await issue(stores, ada, 'sign-in', {
        bindingHash: random(32),
        code: { text: '123456', mac: random(32) },
      })
      expect(await outbox.findDue(NOW - 1, 1000)).not.toContain(id)
      expect(await outbox.findDue(NOW, 1000)).toContain(id)
      const race = await Promise.all(Array.from({ length: 4 }, () => outbox.claim(id, NOW)))
      const [claimed, ...again] = race.filter((each) => each !== null)
      expect(again).toEqual([])
      const to = { kind: 'sign-in-link', subjectId: ada.user.id, recipient: ada.email, token: token.text }
      expect(claimed).toMatchObject({ outcome: 'claimed', mail: { ...to, code: '123456', queuedAt: NOW } })
      expect(await outbox.findDue(NOW + 59, 1000)).not.toContain(id)
      expect(await outbox.claim(id, NOW + 60)).not.toBeNull()
      await outbox.delete(id)
      expect(await outbox.claim(id, NOW + 9999)).toBeNull()
    })

    it('gives a mail up once, and records why', async () => {
      const stores = open()
      const { outbox, users, auditLog } = stores
      const ada = await register(users)
      const { mailId: id } = await issue(stores, ada, 'reset-password')
      for (let nth = 0; nth < 2; nth++) await outbox.bury({ id, subjectId: ada.user.id }, 'expired', NOW)
      const events = await auditLog.list(ada.user.id, { before: null, limit: 9 })
      expect(events.filter(({ event }) => event === 'mail-failed')).toMatchObject([{ reason: 'expired' }])
    })

    it('queues nothing for an address without an account, and a notice for each that concerns one', async () => {
      const { links, ownAccounts, users } = open()
      const what = { token: await mintSecret(), bindingHash: null, source, returnTo: null }
      const purpose = 'sign-in' as const
      const issued = await links.issue({ ...request(purpose, 'nobody@example.com'), ...what, purpose })
      expect(issued).toEqual({ outcome: 'accepted', mailIds: [] })
      const ada = await register(users)
      const prepared = prepare(ada.user.id)
      const device = deviceProof([], prepared.newDeviceId)
      const change = {
        passwordHash: ada.hash,
        newHash: passwordHash(),
        prepared,
        device,
        reserved: reserved(),
        source,
      }
      expect((await ownAccounts.changePassword(change))?.mailIds).toHaveLength(1)
    })
  })
}
