import { expect, it } from 'vitest'
import { deviceProof } from '../../../src/devices/device'
import { mintSecret } from '../../../src/links/one-time-token'
import type { SqlDatabase } from '../../../src/storage/sql/sql-database'
import { sql } from '../../../src/storage/sql/statement'
import {
  type AllStores,
  NOW,
  passwordHash,
  prepare,
  type Registered,
  random,
  register,
  reserved,
  signIn,
  source,
  storesOn,
} from './arrange'
import { newIdentity } from './identity-store-contract'
import { assertion, newPasskey } from './passkey-store-contract'
import { finish, hold, setUp } from './second-factor-contract'

/** How often the race is run that was lost at lower levels of isolation, and each of the others. */
const MOST_ROUNDS = 120
const ROUNDS = 18
const AT_ONCE = 6

const CHANGE = 'a change of the password'
const DISABLING = 'the disabling of the account'
const RESET = 'a reset of the password'
const DELETED_ROW = 'the deletion of its row'
const SIGN_IN = 'a sign-in by password'

/** A step of a race, ready to run: what it needs is there. */
type Ready<T> = () => Promise<T>

/** What takes away that somebody may begin a session, or keep one. Each returns whether it did. */
const ENDINGS: Readonly<
  Record<string, (stores: AllStores, db: SqlDatabase, ada: Registered) => Promise<Ready<boolean>>>
> = {
  [CHANGE]:
    async ({ users }, _, ada) =>
    async () => {
      const prepared = prepare(ada.user.id)
      const device = deviceProof([], prepared.newDeviceId)
      const proof = { passwordHash: ada.hash, reserved: reserved(), source }
      return (await users.changePassword({ ...proof, newHash: passwordHash(), prepared, device })) !== null
    },
  [RESET]: async (stores, _, ada) => {
    const use = await linkFor(stores, ada, 'reset-password')
    const reset = { ...use, userId: ada.user.id, passwordHash: passwordHash() }
    return async () => (await stores.links.resetPassword(reset)) !== null
  },
  'the deletion of the account':
    async ({ users }, _, ada) =>
    async () => {
      const { id, mode } = ada.prepared.session
      const account = { userId: ada.user.id, session: { id, mode }, reserved: reserved(), source }
      return (await users.delete({ ...account, passwordHash: ada.hash }, NOW)) !== null
    },
  [DISABLING]: bySql('UPDATE users SET disabled_at = 1 WHERE id = :id'),
  [DELETED_ROW]: bySql('DELETE FROM users WHERE id = :id'),
}

function bySql(text: string) {
  return async (_: AllStores, db: SqlDatabase, { user: { id } }: Registered) =>
    async () => {
      await db.change(sql(text, { id }))
      return true
    }
}

/** What begins a session or goes on with one, and returns its id, or `null` if it did not. */
const BEGINNINGS: Readonly<
  Record<string, (stores: AllStores, ada: Registered) => Promise<Ready<string | null>>>
> = {
  [SIGN_IN]:
    async ({ users }, ada) =>
    async () => {
      const { prepared, started } = await signIn(users, ada)
      return started && prepared.session.id
    },
  'a sign-in that stores a new hash':
    async ({ users }, ada) =>
    async () => {
      const { prepared, started } = await signIn(users, ada, { rehashed: passwordHash() })
      return started && prepared.session.id
    },
  'a sign-in by link': async (stores, ada) => {
    const use = await linkFor(stores, ada, 'sign-in')
    const prepared = prepare(ada.user.id)
    return async () => {
      const started = await stores.links.signIn({ ...use, prepared, presented: [], removesPassword: true })
      return started && prepared.session.id
    }
  },
  'a refresh':
    async ({ sessions }, ada) =>
    async () => {
      const terms = { now: NOW, idleExpiresAt: NOW + 700, reuseSeconds: 10, source }
      const { outcome } = await sessions.rotate(ada.prepared.session.id, 0, terms)
      return outcome === 'rotated' ? ada.prepared.session.id : null
    },
}

/** As {@link BEGINNINGS}, of what a password has no say in, or not alone; and what takes the right to each away. */
const OTHER_BEGINNINGS: Readonly<
  Record<string, { readonly begin: (typeof BEGINNINGS)[string]; readonly endings: readonly string[] }>
> = {
  'a sign-in by passkey': {
    endings: [DISABLING, DELETED_ROW],
    begin: async ({ passkeys }, ada) => {
      const passkey = newPasskey(ada.user.id)
      await passkeys.prepareFor(ada.user.id, random(32))
      const { id: sessionId, mode } = ada.prepared.session
      const change = { userId: ada.user.id, sessionId, mode, source, now: NOW }
      await passkeys.add(passkey, { ...change, challenge: once() })
      const { credentialId } = passkey
      const proof = { credentialId, challenge: once(), assertion: assertion(), verifiedOnly: false }
      const start = startOf(ada)
      return async () => ((await passkeys.signIn({ ...proof, ...start })) ? start.prepared.session.id : null)
    },
  },
  'a sign-in at a provider': {
    endings: [DISABLING, DELETED_ROW],
    begin: async ({ identities }, ada) => {
      const identity = newIdentity(ada.user.id)
      const { id: sessionId, mode } = ada.prepared.session
      await identities.link(identity, {
        userId: ada.user.id,
        sessionId,
        mode,
        source,
        now: NOW,
        used: once(),
      })
      const { issuer, subject } = identity
      const proof = { issuer, subject, attempt: once(), verifiedOnly: false }
      const start = startOf(ada)
      return async () =>
        (await identities.signIn({ ...proof, ...start })) ? start.prepared.session.id : null
    },
  },
  'a second step': {
    endings: [RESET, DISABLING, DELETED_ROW],
    begin: async (stores, ada) => {
      await setUp(stores, ada, 100)
      const mac = random(32)
      const tokenHash = await hold(stores, ada, mac)
      return async () => {
        const candidates = [{ mac, step: 101 + Math.floor(Math.random() * 1_000_000) }]
        const prepared = prepare(ada.user.id)
        const { outcome } = await finish(stores, ada, tokenHash, { method: 'totp', candidates }, prepared)
        return outcome === 'begun' ? prepared.session.id : null
      }
    },
  },
}

const once = () => ({ id: random(16), expiresAt: NOW + 300 })

function startOf(ada: Registered) {
  const prepared = prepare(ada.user.id)
  const device = deviceProof([], prepared.newDeviceId)
  return { prepared, presented: [], device, source, now: NOW + 1 }
}

async function linkFor({ links }: AllStores, ada: Registered, purpose: 'reset-password' | 'sign-in') {
  const token = await mintSecret()
  const asker = {
    of: 'anybody' as const,
    deviceKeys: {},
    session: null,
    sources: [{ key: random(32), seconds: 1, room: 9 }],
  }
  const request = { canonicalEmail: ada.email, accountKey: random(32), asker, attempt: null, now: NOW }
  await links.issue({ ...request, purpose, token, bindingHash: null, source, returnTo: null })
  const device = deviceProof([], random(16))
  return { tokenHash: token.hash, bindingHash: null, returnTo: null, source, now: NOW, device }
}

/**
 * Races everything that begins a session against everything that ends what entitles to one. Whatever order the database makes of the two,
 * no session is left that the ending should have ended.
 */
export function passwordRaces(engine: string, open: () => SqlDatabase): void {
  const ofPassword = Object.entries(BEGINNINGS).map(([beginning, begin]) => {
    const endings = Object.keys(ENDINGS).filter((ending) => ending !== DELETED_ROW)
    return { beginning, begin, endings }
  })
  const others = Object.entries(OTHER_BEGINNINGS).map(([beginning, other]) => ({ beginning, ...other }))
  const races = [...ofPassword, ...others].flatMap(({ beginning, begin, endings }) =>
    endings.map((ending) => {
      const rounds = ending === CHANGE && beginning === SIGN_IN ? MOST_ROUNDS : ROUNDS
      const end = ENDINGS[ending] as (typeof ENDINGS)[string]
      return { ending, end, beginning, begin, rounds }
    }),
  )

  it.each(races)(
    `${engine}: $ending leaves no session of $beginning at the same time`,
    async ({ begin, end, rounds }) => {
      const db = open()
      const stores = storesOn(db)
      let [ended, begun] = [0, 0]
      const survivors: string[] = []

      async function race(_: unknown, nth: number): Promise<void> {
        const ada = await register(stores.users, 'token')
        const begins = [await begin(stores, ada), await begin(stores, ada)] as const
        const ends = await end(stores, db, ada)
        // Each side has the start in every second race, so that neither wins them all on a slow machine.
        const ahead = nth % 2 === 0 ? ends() : null
        const leading = begins[0]()
        const [first, hasEnded, last] = await Promise.all([leading, ahead ?? ends(), begins[1]()])
        const ids = [first, last].filter((id) => id !== null)
        if (hasEnded) ended++
        begun += ids.length
        for (const id of hasEnded ? ids : []) {
          if ((await stores.sessions.findLive(id, NOW)) !== null) survivors.push(id)
        }
      }

      // A race that one side always wins, or never, is none: on a slow machine it takes more of them.
      const isOneSided = () => ended === 0 || begun === 0
      for (let nth = 0; nth < rounds || (isOneSided() && nth < 6 * rounds); nth += AT_ONCE) {
        await Promise.all(Array.from({ length: AT_ONCE }, race))
      }
      expect(survivors).toEqual([])
      expect(ended).toBeGreaterThan(0)
      expect(begun).toBeGreaterThan(0)
    },
  )
}
