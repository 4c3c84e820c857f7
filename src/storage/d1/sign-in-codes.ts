import type { LinkStore } from '../../links/link-store'
import { CODE_MAX_TRIES } from '../../links/sign-in-code'
import { reach } from '../../runtime/outage'
import { countCodeTry, triedTooOften } from './code-tries'
import { type FoundRow, selectLink, toFoundLink } from './link-row'

/** The newest sign-in link that the holder of secret ?3 asked for and that is valid at instant ?2. */
const NEWEST = `(SELECT token_hash FROM one_time_tokens
  WHERE purpose = 'sign-in' AND binding_hash = ?3 AND expires_at > ?2 ORDER BY expires_at DESC, token_hash DESC LIMIT 1)`

/** Tries at codes. Each is counted before it is judged, in one transaction, so that many at once are no more than allowed. */
export function createD1SignInCodes(db: D1Database): Pick<LinkStore, 'tryCode'> {
  return {
    async tryCode(bindingHash, now) {
      const [counted, , selected] = await reach('D1', () =>
        db.batch([
          db
            .prepare(
              `UPDATE one_time_tokens SET code_tries = code_tries + 1
                WHERE token_hash = ${NEWEST} AND code_mac IS NOT NULL AND code_tries < ?1 AND NOT ${triedTooOften('?2')}
               RETURNING code_mac`,
            )
            .bind(CODE_MAX_TRIES, now, bindingHash),
          db.prepare(countCodeTry(NEWEST, '?2')).bind(null, now, bindingHash),
          db.prepare(selectLink(NEWEST)).bind(null, now, bindingHash),
        ]),
      )
      const [code] = (counted?.results ?? []) as { code_mac: string }[]
      const [row] = (selected?.results ?? []) as (FoundRow & { token_hash: string })[]
      return code && row
        ? { found: toFoundLink(row), tokenHash: row.token_hash, codeMac: code.code_mac }
        : null
    },
  }
}

/**
 * Ends the codes of the other links that a browser or client asked for, also if no link came of it: whoever types the code of an older
 * link must not learn from the answer whether the newer one was mailed. The links stay valid.
 */
export function endOlderCodes(
  db: D1Database,
  { tokenHash, bindingHash }: { readonly tokenHash: string; readonly bindingHash: string },
): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE one_time_tokens SET code_mac = NULL WHERE purpose = 'sign-in' AND binding_hash = ?1 AND token_hash <> ?2`,
    )
    .bind(bindingHash, tokenHash)
}
