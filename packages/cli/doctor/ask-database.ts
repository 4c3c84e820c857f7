import { Stop } from '../command.ts'
import { withDurableObject } from '../durable-object.ts'
import type { Wrangler } from '../wrangler.ts'

/** Asks the database of a Worker one query. `null`: it cannot be asked. */
export type AskDatabase = <Row>(sql: string) => Promise<readonly Row[] | null>

/** Asks D1 through wrangler. */
export function askD1(wrangler: Wrangler, flags: readonly string[]): AskDatabase {
  return async <Row>(sql: string) => {
    const { code, stdout } = await wrangler(['d1', 'execute', 'DB', ...flags, '--json', '--command', sql])
    return code === 0 ? parseRows<Row>(stdout) : null
  }
}

function parseRows<Row>(stdout: string): readonly Row[] | null {
  try {
    const answers = JSON.parse(stdout.slice(stdout.indexOf('['))) as { results: Row[] }[]
    return answers[0]?.results ?? null
  } catch {
    return null
  }
}

/** Asks a Durable Object, as the commands of an operator do. */
export function askDurableObject(configPath: string, remote: boolean): AskDatabase {
  return async <Row>(sql: string) => {
    try {
      const [rows = []] = await withDurableObject(configPath, remote, (run) => run([sql]))
      return rows as readonly Row[]
    } catch (failure) {
      if (failure instanceof Stop) return null
      throw failure
    }
  }
}
