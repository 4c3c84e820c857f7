import type { PoolClient } from 'pg'
import type { Connections } from '../../../../src/storage/postgres/connections'

/** A transaction that is stopped once it has done everything but commit. */
export interface Hold {
  /** Resolves when it is stopped there. */
  readonly reached: Promise<void>
  release(): void
}

/** Connections on which somebody decides when a transaction commits. */
export interface HoldableConnections extends Connections {
  /** Stops a transaction, counted from here on, before it commits. Run again after a collision, it is not stopped again. */
  hold(nth: number): Hold
  /** Counts the transactions that were begun since {@link hold}, without those that collided. */
  transactions(): number
}

type Query = string | { readonly text: string }

/** Whatever changes something. */
const CHANGES = /^BEGIN (?!.* READ ONLY)/

const SERIALIZABLE = 'BEGIN ISOLATION LEVEL SERIALIZABLE'

const COLLIDED = new Set<unknown>(['40001', '40P01', '23505'])

/** @param level What takes the place of {@link SERIALIZABLE}, to see what would happen at a lower level of isolation. */
export function holdableConnections(connections: Connections, level = SERIALIZABLE): HoldableConnections {
  let begun = 0
  let collided = 0
  let held: { readonly nth: number; readonly reach: () => void; readonly released: Promise<void> } | null =
    null

  /** Returns the client as the database asks it. */
  function watched(client: Pick<PoolClient, 'query'>): PoolClient {
    let hold: typeof held = null
    let hasCollided = false
    let last: Promise<unknown> = Promise.resolve()
    function send(query: Query): Promise<unknown> {
      const sent = client.query(query === SERIALIZABLE ? level : query) as unknown as Promise<unknown>
      last = sent.catch((error: unknown) => {
        if (hasCollided || !(error instanceof Error && 'code' in error && COLLIDED.has(error.code))) return
        hasCollided = true
        collided++
      })
      return sent
    }
    async function commitWhenReleased({ reach, released }: NonNullable<typeof held>): Promise<unknown> {
      await last
      reach()
      await released
      return send('COMMIT')
    }
    return {
      query(query: Query) {
        if (typeof query === 'string' && CHANGES.test(query) && ++begun === held?.nth) {
          hold = held
          held = null
        }
        return query === 'COMMIT' && hold !== null ? commitWhenReleased(hold) : send(query)
      },
    } as unknown as PoolClient
  }

  return {
    use: (work) => connections.use((client) => work(watched(client))),
    close: () => connections.close(),
    transactions: () => begun - collided,
    hold(nth) {
      begun = 0
      collided = 0
      const reached = Promise.withResolvers<void>()
      const released = Promise.withResolvers<void>()
      held = { nth, reach: reached.resolve, released: released.promise }
      return { reached: reached.promise, release: released.resolve }
    },
  }
}
