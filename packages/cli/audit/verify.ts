// Checks the hash chain of the audit trail: a sealed row that was changed, removed or added shows here.
import {
  type AuditRow,
  CHAINED_COLUMNS,
  chainHash,
  holdsSource,
  SOURCE_COLUMNS,
} from '../../../src/audit/audit-chain.ts'
import { Stop } from '../command.ts'
import { type Database, readTarget, TARGET_HELP, withDatabase } from '../database.ts'
import { commandLine } from '../place.ts'

export const help = `Verify the hash chain of the audit trail.

  ${commandLine('audit verify', '[options]')}

${TARGET_HELP}

Prints the end of the chain. Compare it with the last "audit-sealed" line of the
log, because somebody who can write to the database can recompute the chain, but
not the log.
Exit code: 0 if the chain is intact, 1 if it is broken, 2 if the database did
not answer.`

/** Rows read at once. */
const PAGE = 1000

type SealedRow = AuditRow & {
  readonly chain_hash: string
  /** Says whether the account that the row is about is there. */
  readonly has_account: 0 | 1
}

export async function run(args: readonly string[]): Promise<number> {
  const { seq, hash, rows, open } = await withDatabase(readTarget(args), verifyChain)
  console.log(`The chain is intact: ${rows} sealed rows, ${open} not sealed yet.`)
  console.log(`It ends at row ${seq} with ${hash || '(nothing)'}`)
  return 0
}

/** The end of a chain that is intact. */
export interface ChainEnd {
  readonly seq: number
  readonly hash: string
  readonly rows: number
  /** Counts the rows that are not sealed yet. */
  readonly open: number
}

/** Goes through the whole chain. @throws Stop If it is broken. */
export async function verifyChain({ run, runAll }: Database): Promise<ChainEnd> {
  const [[anchor], [open], firstPage] = await runAll<
    [{ pruned_to: number; chain_hash: string }, { rows: number }, SealedRow]
  >([
    'SELECT pruned_to, chain_hash FROM audit_chain',
    'SELECT count(*) AS rows FROM audit_events WHERE chain_hash IS NULL',
    pageAfter('(SELECT pruned_to FROM audit_chain)'),
  ])
  let seq = anchor?.pruned_to ?? 0
  let hash = anchor?.chain_hash ?? ''
  let rows = 0
  let page = firstPage
  for (;;) {
    for (const row of page) {
      const expected = await chainHash(hash, row)
      // guard: an address or agent that was changed shows
      const wasForgotten = (row.source_digest ?? null) !== null && (row.source_salt ?? null) === null
      if (!(await holdsSource(row)) || (wasForgotten && Number(row.has_account) === 1))
        throw broken(`the address or the agent of row ${row.seq} is not what was sealed`)
      if (row.chain_hash !== expected) {
        // PostgreSQL leaves gaps where a transaction was rolled back: only with a hash that is wrong does one mean anything.
        throw broken(
          row.seq === seq + 1
            ? `row ${row.seq} is not what was sealed, or a row before it is not`
            : `row ${row.seq} does not follow row ${seq}: a row between them is missing, or one of the two was changed`,
        )
      }
      hash = expected
      seq = Number(row.seq)
      rows += 1
    }
    if (rows > 0 && page.length > 0) console.error(`${rows} rows verified`)
    if (page.length < PAGE) break
    page = await run<SealedRow>(pageAfter(seq))
  }
  return { seq, hash, rows, open: open?.rows ?? 0 }
}

/** Returns the SQL for a page of sealed rows. @param after A number, or SQL for one. */
function pageAfter(after: number | string): string {
  return `SELECT ${[...CHAINED_COLUMNS, ...SOURCE_COLUMNS].join(', ')}, chain_hash,
      CASE WHEN EXISTS (SELECT 1 FROM users WHERE id = subject_id) THEN 1 ELSE 0 END AS has_account FROM audit_events
           WHERE seq > ${after} AND chain_hash IS NOT NULL ORDER BY seq LIMIT ${PAGE}`
}

function broken(reason: string): Stop {
  return new Stop(`The chain is broken: ${reason}.`)
}
