import { expect, it } from 'vitest'
import type { SqlDatabase } from '../../../../src/storage/sql/sql-database'
import { NOW, storesOn } from '../arrange'
import { BEGINNINGS } from './beginnings'
import { CHANGE, DELETED_ROW, DISABLING, END_OF_ALL, ENDINGS } from './endings'

const AT_ONCE = 6

/**
 * Everything is raced against the first of these that concerns it as often as the race that was lost at lower levels of isolation, and against
 * all others less often.
 */
const MOST_RACED = [CHANGE, END_OF_ALL, DISABLING]

/** How often each race is run. */
export interface Rounds {
  readonly most: number
  readonly few: number
}

/**
 * Races everything that begins a session, or goes on with one, against everything that takes away what it rests on. Whatever order the database
 * makes of the two, no session is left that the ending should have ended.
 *
 * A change of the address begins no session and ends none, so there is none to look for.
 */
export function sessionRaces(engine: string, open: () => SqlDatabase, { most, few }: Rounds): void {
  const races = Object.entries(BEGINNINGS).flatMap(([beginning, { restsOn, arrange }]) => {
    const endings = Object.entries(ENDINGS)
      .filter(([, { takes }]) => takes.some((ground) => restsOn.includes(ground)))
      // Of what rests on a password, the account is deleted by password.
      .filter(([ending]) => ending !== DELETED_ROW || !restsOn.includes('password'))
    const mostRaced = MOST_RACED.find((name) => endings.some(([ending]) => ending === name))
    return endings.map(([ending, { end }]) => {
      const rounds = ending === mostRaced ? most : few
      return { ending, end, beginning, arrange, rounds }
    })
  })

  it.each(races)(
    `${engine}: $ending leaves no session of $beginning at the same time`,
    async ({ arrange, end, rounds }) => {
      const db = open()
      const stores = storesOn(db)
      let [ended, begun] = [0, 0]
      const survivors: string[] = []

      async function race(_: unknown, nth: number): Promise<void> {
        const { ada, next } = await arrange({ stores, db })
        const begins = [await next(), await next()] as const
        const ends = await end({ stores, db }, ada)
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
