import { expect, it } from 'vitest'
import { deviceProof } from '../../../src/devices/device'
import { mintSecret } from '../../../src/links/one-time-token'
import type { SqlMailStores } from '../../../src/storage/sql/create-mail-stores'
import type { SqlStores } from '../../../src/storage/sql/create-stores'
import type { SqlDatabase } from '../../../src/storage/sql/sql-database'
import { sql } from '../../../src/storage/sql/statement'
import {
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

/** How often the race is run that was lost at lower levels of isolation, and each of the others. */
const MOST_ROUNDS = 120
const ROUNDS = 18
const AT_ONCE = 6

const CHANGE = 'a change of the password'
const SIGN_IN = 'a sign-in by password'

/** A step of a race, ready to run: what it needs is there. */
type Ready<T> = () => Promise<T>

/** What takes away that somebody may begin a session, or keep one. Each returns whether it did. */
const ENDINGS: Readonly<
  Record<
    string,
    (stores: SqlStores & SqlMailStores, db: SqlDatabase, ada: Registered) => Promise<Ready<boolean>>
  >
> = {
  [CHANGE]:
    async ({ users }, _, ada) =>
    async () => {
      const prepared = prepare(ada.user.id)
      const device = deviceProof([], prepared.newDeviceId)
      const proof = { passwordHash: ada.hash, reserved: reserved(), source }
      return (await users.changePassword({ ...proof, newHash: passwordHash(), prepared, device })) !== null
    },
  'a reset of the password': async (stores, _, ada) => {
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
  'the disabling of the account': async (_, db, ada) => async () => {
    await db.change(sql('UPDATE users SET disabled_at = 1 WHERE id = :id', { id: ada.user.id }))
    return true
  },
}

/** What begins a session or goes on with one, and returns its id, or `null` if it did not. */
const BEGINNINGS: Readonly<
  Record<string, (stores: SqlStores & SqlMailStores, ada: Registered) => Promise<Ready<string | null>>>
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

async function linkFor(
  { links }: SqlStores & SqlMailStores,
  ada: Registered,
  purpose: 'reset-password' | 'sign-in',
) {
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
  const races = Object.entries(ENDINGS).flatMap(([ending, end]) =>
    Object.entries(BEGINNINGS).map(([beginning, begin]) => {
      const rounds = end === ENDINGS[CHANGE] && begin === BEGINNINGS[SIGN_IN] ? MOST_ROUNDS : ROUNDS
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
