import type { WaysIn } from '../../identity/ways-in'

/** Describes what is being removed of an account. Its handle is `:id`, and the account is `:user_id`. */
type Removed = 'passkey' | 'identity'

/**
 * Returns the condition that something else opens the account than what is removed, so that nobody is kept out of their own account for ever.
 * The one rule of everything that can be removed.
 */
// guard: the last way in stays
export function anotherWayIn(removed: Removed, { mail, passkeys, providers }: WaysIn) {
  const other = (of: Removed) => (of === removed ? 'AND other.id <> :id' : '')
  return {
    condition: `(:mail = 1
      OR EXISTS (SELECT 1 FROM users WHERE users.id = :user_id AND password_hash IS NOT NULL)
      OR (:passkeys = 1 AND EXISTS (SELECT 1 FROM passkeys AS other WHERE other.user_id = :user_id ${other('passkey')}))
      OR EXISTS (SELECT 1 FROM identities AS other WHERE other.user_id = :user_id ${other('identity')}
                    AND other.provider IN (SELECT served.value ->> 'name' FROM json_each(:providers) AS served)))`,
    values: {
      mail: mail ? 1 : 0,
      passkeys: passkeys ? 1 : 0,
      providers: JSON.stringify(providers.map((name) => ({ name }))),
    },
  }
}
