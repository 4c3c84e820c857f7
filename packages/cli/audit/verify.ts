// Checks the hash chain of the audit trail: a sealed row that was changed, removed or added shows here.
import { type AuditRow, CHAINED_COLUMNS, chainHash } from '../../../src/audit/audit-chain.ts'
import { Stop } from '../command.ts'
import { query, queryAll, readTarget, TARGET_HELP } from '../d1.ts'
import { commandLine } from '../place.ts'

export const help = `Verify the hash chain of the audit trail.

  ${commandLine('audit verify', '[options]')}

${TARGET_HELP}

Prints the end of the chain. Compare it with the last "audit-sealed" line of the log, because somebody who can write to the
database can recompute the chain, but not the log.
Exit code: 0 if the chain is intact, 1 if it is broken, 2 if the database did not answer.`

/** Rows read at once. */
const PAGE = 1000

type SealedRow = AuditRow & { readonly chain_hash: string }

export async function run(args: readonly string[]): Promise<number> {
  const target = readTarget(args)
  const [[anchor], [open], firstPage] = queryAll<
    [{ pruned_to: number; chain_hash: string }, { rows: number }, SealedRow]
  >(target, [
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
      if (row.seq !== seq + 1) throw broken(`row ${seq + 1} is missing`)
      if (row.chain_hash !== expected)
        throw broken(`row ${row.seq} is not what was sealed, or a row before it is not`)
      hash = expected
      seq += 1
      rows += 1
    }
    if (rows > 0 && page.length > 0) console.error(`${rows} rows verified`)
    if (page.length < PAGE) break
    page = query<SealedRow>(target, pageAfter(seq))
  }
  console.log(`The chain is intact: ${rows} sealed rows, ${open?.rows ?? 0} not sealed yet.`)
  console.log(`It ends at row ${seq} with ${hash || '(nothing)'}`)
  return 0
}

/** Returns the SQL for a page of sealed rows. @param after A number, or SQL for one. */
function pageAfter(after: number | string): string {
  return `SELECT ${CHAINED_COLUMNS.join(', ')}, chain_hash FROM audit_events
           WHERE seq > ${after} AND chain_hash IS NOT NULL ORDER BY seq LIMIT ${PAGE}`
}

function broken(reason: string): Stop {
  return new Stop(`The chain is broken: ${reason}.`)
}
