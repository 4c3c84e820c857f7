import { join } from 'node:path'
import { migratePostgres } from '../../../packages/cli/migrate/migrate-postgres.ts'
import { startCopyServer } from '../../../test/support/copy-server.ts'
import { startPostgres } from '../../../test/support/postgres-server.ts'
import { missingPackages, reasonToSkip, type Tool } from '../../../test/support/tools.ts'
import type { Contender, CopyPlace, TruthPlace } from './contender.ts'
import { startDelayingProxy } from './delaying-proxy.ts'

const MIGRATIONS = join(import.meta.dirname, '../../../src/storage/postgres/migrations')

/** The servers that work beside a contender, each a process of its own. */
export interface Beside {
  /** Settings that name them. */
  readonly settings: Readonly<Record<string, string>>
  /** The URL of PostgreSQL where it has the truth, or `null`. */
  readonly postgres: string | null
  stop(): Promise<void>
}

/** Returns a sentence that says why a contender cannot be measured on this machine, or `null` if it can. */
export function whyLeftOut({ name, truth, copies }: Contender): string | null {
  const tools: Tool[] = []
  if (truth?.database === 'postgres') tools.push('postgres')
  if (copies) tools.push(copies.server)
  const reason = reasonToSkip(tools)
  if (reason === null) return null
  return `${name} is left out: ${reason} (on Debian: apt-get install ${missingPackages(tools).join(' ')}).`
}

/** Starts what a contender needs beside it, with nothing in it. */
export async function startBeside({ truth, copies }: Contender): Promise<Beside> {
  const postgres = truth?.database === 'postgres' ? await openPostgres(truth) : null
  try {
    const opened = copies ? await openCopies(copies) : null
    return {
      settings: opened?.settings ?? {},
      postgres: postgres?.url ?? null,
      async stop() {
        await opened?.stop()
        await postgres?.stop()
      },
    }
  } catch (error) {
    await postgres?.stop()
    throw error
  }
}

async function openPostgres({ roundTripMs }: TruthPlace) {
  const server = await startPostgres()
  const url = new URL(await server.createDatabase('janus'))
  await migratePostgres(`${url}`, MIGRATIONS)
  const way = await wayTo({ host: url.hostname, port: Number(url.port) }, roundTripMs)
  url.port = `${way.port}`
  return {
    url: `${url}`,
    async stop() {
      await way.stop()
      await server.stop()
    },
  }
}

async function openCopies({ server: tool, roundTripMs }: CopyPlace) {
  const server = await startCopyServer(tool)
  const way = await wayTo({ host: '127.0.0.1', port: server.port }, roundTripMs)
  const address = `127.0.0.1:${way.port}`
  return {
    settings: tool === 'redis' ? { REDIS_URL: `redis://${address}` } : { MEMCACHED_ADDRESS: address },
    async stop() {
      await way.stop()
      await server.kill()
    },
  }
}

/** Returns the port at which a server is reached: its own, or that of a proxy which is as far away as the server should be. */
async function wayTo(
  server: { readonly host: string; readonly port: number },
  roundTripMs = 0,
): Promise<{ readonly port: number; stop(): Promise<void> }> {
  if (roundTripMs === 0) return { port: server.port, stop: async () => {} }
  return startDelayingProxy(server, roundTripMs / 2)
}
