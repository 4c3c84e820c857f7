// An attempt counts as failed until its password was right (docs/explain/decisions/0009), so many right ones at once look like many
// failures. Those that find their budget spent wait here for the ones in flight in this isolate, and then ask the store again. The store
// alone decides: whoever waits sends the same attempt a little later, and looks at no more.

/** Sets how long an attempt waits at most, in milliseconds. */
const MOST_WAIT_MS = 5_000

/** Sets how many attempts wait for one budget. Further ones are refused without waiting. */
const MOST_WAITING = 8

/** Sets how often a waiting attempt looks, in milliseconds. A promise cannot tell it: one request must not resolve that of another. */
const LOOK_MS = 20

/** One attempt among those at the same budget. */
export interface Turn {
  /** Says which budgets the store may choose: the account's, or one of its devices'. Comes before the store is asked. */
  enter(budgets: readonly string[]): void
  /** Says that the store has let the attempt through, at the cost of this budget. */
  begin(budget: string): void
  /**
   * Waits until an attempt in flight at the same budget has ended. Resolves to `false` if none is in flight, too many wait, or it took too
   * long: then the refusal stands.
   */
  othersEnd(budget: string): Promise<boolean>
  /** Says that the attempt is over, whatever came of it. */
  end(): void
}

/** Attempts in this isolate. */
export interface Turns {
  take(): Turn
}

interface Line {
  /** Turns that have not ended. */
  present: number
  inFlight: number
  waiting: number
  /** Counts the attempts in flight that have ended. */
  ended: number
}

export function createTurns(
  pause = (milliseconds: number) => new Promise<void>((resume) => setTimeout(resume, milliseconds)),
): Turns {
  const lines = new Map<string, Line>()

  function join(budget: string): Line {
    const line = lines.get(budget) ?? { present: 0, inFlight: 0, waiting: 0, ended: 0 }
    line.present += 1
    lines.set(budget, line)
    return line
  }

  function leave(budget: string, line: Line): void {
    line.present -= 1
    if (line.present === 0) lines.delete(budget)
  }

  function take(): Turn {
    const entered = new Map<string, { readonly line: Line; seen: number }>()
    let mine: Line | null = null
    let waitedMs = 0
    return {
      enter(budgets) {
        for (const budget of new Set(budgets)) {
          const line = join(budget)
          entered.set(budget, { line, seen: line.ended })
        }
      },
      begin(budget) {
        mine = entered.get(budget)?.line ?? null
        if (mine) mine.inFlight += 1
      },
      async othersEnd(budget) {
        const place = entered.get(budget)
        if (!place) return false
        const { line, seen } = place
        if (line.ended === seen && line.waiting >= MOST_WAITING) return false
        line.waiting += 1
        for (; line.ended === seen && line.inFlight > 0 && waitedMs < MOST_WAIT_MS; waitedMs += LOOK_MS) {
          await pause(LOOK_MS)
        }
        line.waiting -= 1
        place.seen = line.ended
        return line.ended !== seen
      },
      end() {
        if (mine) {
          mine.inFlight -= 1
          mine.ended += 1
        }
        for (const [budget, { line }] of entered) leave(budget, line)
      },
    }
  }

  return { take }
}
