/** Sets how many sessions one statement deletes: D1 ends a statement that runs for half a minute. */
const STEP = 10_000

/**
 * Makes worthless what was issued before. The order matters: from the first statement on, no cached copy and no access token of before is
 * accepted, and the others take away what could be exchanged for new ones.
 */
export const RESTORED: readonly string[] = [
  'UPDATE restores SET restored_at = unixepoch() WHERE id = 1',
  `INSERT INTO audit_events (at, event, outcome) VALUES (unixepoch(), 'database-restored', 'success')`,
  'DELETE FROM signing_keys',
  'DELETE FROM id_token_keys',
  'DELETE FROM logout_notices',
  'DELETE FROM one_time_tokens',
  'DELETE FROM outbox',
]

/** Must run until it returns fewer rows than a whole step. */
export const DELETE_SESSIONS = {
  sql: `DELETE FROM sessions WHERE id IN (SELECT id FROM sessions LIMIT ${STEP}) RETURNING id`,
  step: STEP,
}
