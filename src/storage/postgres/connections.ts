import { Client, type ClientConfig, Pool, type PoolClient, types } from 'pg'

/** Gives work a connection to PostgreSQL. */
export interface Connections {
  use<T>(work: (client: Client | PoolClient) => Promise<T>): Promise<T>
  /** Closes those that are open. Nothing may be asked afterwards. */
  close(): Promise<void>
}

/** Limits how long connecting may take, in milliseconds: less than a request waits for the store. */
const CONNECT_MS = 4000

/** Limits the connections of one process, and how long an unused one is kept. */
const POOL_SIZE = 10
const IDLE_MS = 30_000

const INT8 = 20

/** Returns the settings of a client. @param pipeline Sends statements without waiting for the answers to those before. */
function settings(connectionString: string, pipeline: boolean): ClientConfig & { pipeline: boolean } {
  return {
    connectionString,
    pipeline,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    // Integers are below 2^53 (statement.ts); as text they would be added by joining them.
    types: {
      getTypeParser: ((oid: number, format?: 'text') =>
        oid === INT8 ? Number : types.getTypeParser(oid, format)) as typeof types.getTypeParser,
    },
  }
}

/**
 * Opens a connection for each call, and closes it after. On Workers a socket belongs to the request that opened it, and a client that outlives
 * its request hangs in the next; what is pooled there, Hyperdrive pools.
 *
 * @param connectionString Asked for in each call: Hyperdrive gives none while a Worker is loaded.
 */
export function connectEachTime(
  connectionString: () => string,
  { pipeline }: { readonly pipeline: boolean },
): Connections {
  return {
    async use(work) {
      const client = new Client(settings(connectionString(), pipeline))
      ignoreLateErrors(client)
      try {
        await client.connect()
        return await work(client)
      } finally {
        // It says goodbye at once, and nobody waits for the answer: that would be one more round trip.
        // guard: a connection ends with its call
        client.end().catch(() => {})
      }
    },
    close: async () => {},
  }
}

/** Creates the pool of connections of one process. */
export function createPool(connectionString: string): Connections {
  const pool = new Pool({ ...settings(connectionString, true), max: POOL_SIZE, idleTimeoutMillis: IDLE_MS })
  // Of a connection that broke while nobody used it: the pool makes another.
  pool.on('error', () => {})
  // guard: a server that dies ends no process
  pool.on('connect', ignoreLateErrors)
  return {
    async use(work) {
      const client = await pool.connect()
      try {
        const result = await work(client)
        client.release()
        return result
      } catch (error) {
        // Whatever happened, nobody else gets a connection in an unknown state.
        client.release(true)
        throw error
      }
    },
    close: () => pool.end(),
  }
}

/** Ignores the second error of a connection that breaks, after its caller got the first; without a listener it would end the process. */
function ignoreLateErrors(client: Client | PoolClient): void {
  client.on('error', () => {})
  const { connection } = client as unknown as {
    connection?: { stream?: { on?(event: 'error', listener: () => void): void } }
  }
  connection?.stream?.on?.('error', () => {})
}
