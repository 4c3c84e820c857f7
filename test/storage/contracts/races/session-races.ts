import { expect, it } from 'vitest'
import type { SqlDatabase } from '../../../../src/storage/sql/sql-database'
import { NOW, storesOn } from '../arrange'
import { BEGINNINGS, type Beginning } from './beginnings'
import { CHANGE, DELETED_ROW, DISABLING, END_OF_ALL, ENDINGS, type Ending } from './endings'

/** Races at once: each takes three connections, and a pool has ten. */
const AT_ONCE = 3

/** The first of these that concerns a beginning is what every beginning is raced against in earnest. */
const CHIEF_ENDINGS = [CHANGE, END_OF_ALL, DISABLING]

/** Something that begins a session, or goes on with one, against something that takes away what it rests on. */
export interface SessionRace extends Pick<Beginning, 'arrange'>, Pick<Ending, 'end'> {
  readonly beginning: string
  readonly ending: string
  /** Says whether the ending is the chief one of this beginning. */
  readonly isChief: boolean
}

/** Every race there is. A change of the address begins no session and ends none, so there is none to look for. */
export const RACES: readonly SessionRace[] = Object.entries(BEGINNINGS).flatMap(
  ([beginning, { restsOn, arrange }]) => {
    const endings = Object.entries(ENDINGS)
      .filter(([, { takes }]) => takes.some((ground) => restsOn.includes(ground)))
      // Of what rests on a password, the account is deleted by password.
      .filter(([ending]) => ending !== DELETED_ROW || !restsOn.includes('password'))
    const chief = CHIEF_ENDINGS.find((name) => endings.some(([ending]) => ending === name))
    return endings.map(([ending, { end }]) => ({
      beginning,
      arrange,
      ending,
      end,
      isChief: ending === chief,
    }))
  },
)

/**
 * Runs races at whatever speed both sides have, two beginnings against an ending. Whatever order the database makes of them, no session is left
 * that the ending should have ended.
 *
 * @param roundsOf How often a race is run; 0: not at all.
 */
export function sessionRaces(
  engine: string,
  open: () => SqlDatabase,
  roundsOf: (race: SessionRace) => number,
): void {
  const races = RACES.map((race) => ({ ...race, rounds: roundsOf(race) })).filter(({ rounds }) => rounds > 0)

  it.each(races)(
    `${engine}: $ending leaves no session of $beginning at the same time`,
    async ({ arrange, end, rounds }) => {
      const db = open()
      const stores = storesOn(db)
      let [ended, begun] = [0, 0]
      const survivors: string[] = []

      async function race(nth: number): Promise<void> {
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
        await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => race(nth + index)))
      }
      expect(survivors).toEqual([])
      expect(ended).toBeGreaterThan(0)
      expect(begun).toBeGreaterThan(0)
    },
  )
}
