import { PREVIOUS_CHANGED } from './statement'

/** Tries at the codes of one account, whoever asked for them: so many at once, and then one each so many seconds. At most 20 in a day. */
const BURST = 10
const INTERVAL_SECONDS = 144 * 60

const PURPOSE = 'sign-in-code'

/** A condition on a row of one_time_tokens: the account of its code has been tried too often at `:now`. */
export const TRIED_TOO_OFTEN = `EXISTS (SELECT 1 FROM mail_requests AS tries
  WHERE tries.account_key = one_time_tokens.account_key AND tries.purpose = '${PURPOSE}'
    AND tries.spent_until > :now + ${INTERVAL_SECONDS * (BURST - 1)})`

/** Counts a try at the code of a link for its account at `:now`, if the statement right before changed a row. */
export function countCodeTry(tokenHash: string): string {
  return `INSERT INTO mail_requests (account_key, purpose, spent_until)
    SELECT account_key, '${PURPOSE}', :now + ${INTERVAL_SECONDS} FROM one_time_tokens
     WHERE token_hash = ${tokenHash} AND ${PREVIOUS_CHANGED}
    ON CONFLICT (account_key, purpose) DO UPDATE
      SET spent_until = max(mail_requests.spent_until, :now) + ${INTERVAL_SECONDS}`
}
