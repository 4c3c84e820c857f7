import { TOKEN_LIFETIME_SECONDS, type TokenPurpose } from '../../links/one-time-token'
import { mostMailRequests } from './mail-requests'
import { NO_LIMIT, type Statement, sql } from './statement'

/**
 * Returns how many links of one kind an account or address has at most: as many as can be mailed while one of them is valid, and one more.
 * So whatever strangers ask for, the link that somebody waits for is among the newest.
 */
export function mostLinks(purpose: TokenPurpose): number {
  // Only the owner, with the password, asks for this one.
  if (purpose === 'change-email') return 1
  const counted = mostMailRequests(TOKEN_LIFETIME_SECONDS[purpose])
  // A registration is mailed by two routes, each of which is counted by itself.
  return (purpose === 'register' ? 2 * counted : counted) + 1
}

/**
 * Ends the links whose place a link takes that has just been inserted: the one that the same browser or client asked for before, and the
 * oldest beyond {@link mostLinks}. Ends nothing if the link was not inserted.
 */
export function endReplacedLinks(tokenHash: string, purpose: TokenPurpose): Statement {
  return sql(
    // guard: only the same browser replaces a link
    // guard: the links of an account are bounded
    `DELETE FROM one_time_tokens WHERE token_hash IN (
       SELECT older.token_hash FROM one_time_tokens AS newest JOIN one_time_tokens AS older
           ON older.holder = newest.holder AND older.purpose = newest.purpose
        WHERE newest.token_hash = :token_hash AND older.token_hash <> :token_hash
          AND older.binding_hash = newest.binding_hash
       UNION ALL
       SELECT token_hash FROM (
         SELECT older.token_hash FROM one_time_tokens AS newest CROSS JOIN one_time_tokens AS older
          WHERE newest.token_hash = :token_hash AND older.token_hash <> :token_hash
            AND older.holder = newest.holder AND older.purpose = newest.purpose
          ORDER BY older.expires_at DESC, older.token_hash DESC LIMIT ${NO_LIMIT} OFFSET :kept) AS oldest)`,
    { token_hash: tokenHash, kept: mostLinks(purpose) - 1 },
  )
}
