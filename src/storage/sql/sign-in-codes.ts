import type { LinkStore } from '../../links/link-store'
import { CODE_MAX_TRIES } from '../../links/sign-in-code'
import { findSourceWait, sourceThrottled, spendSource } from './budgets'
import { countCodeTry, TRIED_TOO_OFTEN } from './code-tries'
import { type FoundRow, selectLink, toFoundLink } from './link-row'
import type { SqlDatabase } from './sql-database'
import { ifChanged, PREVIOUS_CHANGED, type Statement, sql } from './statement'

// guard: a code works with the secret of the browser that asked
/** The newest sign-in link that the holder of secret `:binding_hash` asked for and that is valid at `:now`. */
const NEWEST = `(SELECT token_hash FROM one_time_tokens
  WHERE purpose = 'sign-in' AND binding_hash = :binding_hash AND expires_at > :now
  ORDER BY expires_at DESC, token_hash DESC LIMIT 1)`

/**
 * Tries at codes. Each is counted before it is judged, in one transaction, so that many at once are no more than allowed: first against its
 * source, and then against the link and its account, if there is one.
 */
export function createSignInCodeStore(db: SqlDatabase): Pick<LinkStore, 'tryCode'> {
  return {
    async tryCode({ bindingHash, sources, now }) {
      const values = { binding_hash: bindingHash, now }
      const { spent, counted, selected, waits } = await db.transaction(
        {
          spent: spendSource({ sources, now }),
          counted: ifChanged(
            'spent',
            sql<{ code_mac: string }>(
              // guard: a code is tried five times
              // guard: the codes of an account have one budget
              // guard: a try at a code is counted only while its source has something left
              `UPDATE one_time_tokens SET code_tries = code_tries + 1
                WHERE ${PREVIOUS_CHANGED} AND token_hash = ${NEWEST} AND code_mac IS NOT NULL
                  AND code_tries < ${CODE_MAX_TRIES} AND NOT ${TRIED_TOO_OFTEN}
               RETURNING code_mac`,
              values,
            ),
          ),
          countedForAccount: ifChanged('counted', sql(countCodeTry(NEWEST), values)),
          selected: sql<FoundRow & { token_hash: string }>(selectLink(NEWEST), values),
          waits: findSourceWait({ sources, now }),
        },
        { outcomeMatters: false },
      )
      // guard: a source has one budget for the codes of all accounts
      if (spent.length === 0) return sourceThrottled(waits)
      const [code] = counted
      const [row] = selected
      return code && row
        ? { outcome: 'counted', link: toFoundLink(row), tokenHash: row.token_hash, codeMac: code.code_mac }
        : { outcome: 'refused' }
    },
  }
}

/**
 * Ends the codes of the other links that a browser or client asked for, also if no link came of it: whoever types the code of an older
 * link must not learn from the answer whether the newer one was mailed. The links stay valid.
 */
export function endOlderCodes({
  tokenHash,
  bindingHash,
}: {
  readonly tokenHash: string
  readonly bindingHash: string
}): Statement {
  return sql(
    // guard: an older code does not tell whether a newer link was mailed
    `UPDATE one_time_tokens SET code_mac = NULL
      WHERE purpose = 'sign-in' AND binding_hash = :binding_hash AND token_hash <> :token_hash`,
    { binding_hash: bindingHash, token_hash: tokenHash },
  )
}
