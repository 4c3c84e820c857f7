import { commandLine } from '../place.ts'
import type { Wrangler } from '../wrangler.ts'
import { type AskDatabase, askD1 } from './ask-database.ts'
import { error, type Finding, ok } from './finding.ts'

/** Names the key where the sweep notes how far the audit trail has come (src/storage/kv/mark-store.ts). */
const MARK_KEY = 'audit-mark'

/**
 * Holds the database against the mark that KV keeps: a database that lacks what the mark names was put back to an earlier state. Returns
 * nothing if there is no mark yet, or if either cannot be asked.
 */
export async function checkRestore(
  wrangler: Wrangler,
  flags: readonly string[],
  ask: AskDatabase = askD1(wrangler, flags),
): Promise<readonly Finding[]> {
  const kept = await wrangler(['kv', 'key', 'get', MARK_KEY, '--binding', 'SESSIONS', '--text', ...flags])
  const [, seq, chainHash, at] =
    /\{"seq":(\d+),"chainHash":"([0-9a-f]*)","at":(\d+)\}/.exec(kept.stdout) ?? []
  if (kept.code !== 0 || seq === undefined) return []
  // As in src/storage/sql/restore-store.ts.
  const sql = `SELECT restored_at >= ${at} OR pruned_to >= ${seq}
      OR EXISTS (SELECT 1 FROM audit_events WHERE seq = ${seq} AND chain_hash = '${chainHash}') AS settled
    FROM restores, audit_chain`
  const [row] = (await ask<{ readonly settled: number }>(sql)) ?? []
  if (!row) return []
  const check = 'database.restored'
  if (row.settled === 1) return [ok(check, 'The database has the newest mark in KV: it was not restored.')]
  return [
    error(
      check,
      'The database was restored to an earlier state. Cached sessions and access tokens that it does not know are still accepted.',
      commandLine('restored', flags.includes('--remote') ? '--remote' : ''),
    ),
  ]
}
