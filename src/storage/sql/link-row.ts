import type { FoundLink } from '../../links/link-store'
import type { TokenPurpose } from '../../links/one-time-token'
import { FACTOR_COLUMNS, toSecondFactor, toUser, type UserRow, WITH_TOTP } from './user-row'

/** A one-time token, with the account it is for. */
export interface FoundRow
  extends Pick<
    UserRow,
    | 'roles'
    | 'created_at'
    | 'email_verified_at'
    | 'second_factor_at'
    | 'sealed_seed'
    | 'encrypted_with'
    | 'has_passkey'
  > {
  readonly purpose: TokenPurpose
  readonly email_canonical: string
  readonly new_email: string | null
  readonly new_email_canonical: string | null
  readonly binding_hash: string | null
  readonly user_id: string | null
  readonly email: string
  readonly user_name: string | null
  readonly user_password_hash: string | null
  readonly registered_token_hash: string | null
  readonly registered_name: string | null
  readonly registered_password_hash: string | null
  readonly return_to: string | null
  readonly registered_return_to: string | null
}

/**
 * Makes the query for a link that is valid at `:now`, with its account, and with what the holder of secret `:binding_hash` chose.
 *
 * @param tokenHash An expression for the hash of its token.
 */
export function selectLink(tokenHash: string): string {
  return `SELECT link.*, users.id AS user_id, users.email, users.name AS user_name, users.roles,
                 users.created_at, users.email_verified_at, users.password_hash AS user_password_hash,
                 users.second_factor_at, ${FACTOR_COLUMNS},
                 registration.token_hash AS registered_token_hash, registration.name AS registered_name, registration.password_hash AS registered_password_hash,
                 registration.return_to AS registered_return_to
            FROM one_time_tokens AS link LEFT JOIN users
              ON users.id = link.holder AND users.email_canonical = link.email_canonical AND users.disabled_at IS NULL
            ${WITH_TOTP}
            LEFT JOIN one_time_tokens AS registration
              ON registration.holder = link.holder AND registration.purpose = link.purpose AND registration.expires_at > :now
                 AND registration.binding_hash = :binding_hash
           WHERE link.token_hash = ${tokenHash} AND link.expires_at > :now AND (link.purpose = 'register') = (users.id IS NULL)`
}

export function toFoundLink(row: FoundRow): FoundLink {
  const { new_email: address, new_email_canonical: canonical } = row
  return {
    purpose: row.purpose,
    bindingHash: row.binding_hash,
    account:
      row.user_id === null
        ? null
        : {
            user: toUser({ ...row, id: row.user_id, name: row.user_name }),
            canonicalEmail: row.email_canonical,
            passwordHash: row.user_password_hash,
            secondFactor: toSecondFactor(row),
            hasPasskeys: row.has_passkey === 1,
          },
    newEmail: address === null || canonical === null ? null : { address, canonical },
    registration:
      row.registered_token_hash === null
        ? null
        : { name: row.registered_name, passwordHash: row.registered_password_hash },
    returnTo: row.registered_return_to ?? row.return_to,
  }
}
