-- Accounts whose owner has lost every second factor, and until when each may still be kept. Instants are whole seconds since the epoch.
CREATE TABLE factor_recoveries (
  user_id     TEXT    PRIMARY KEY,
  -- SHA-256 of the secret in the mail that cancels it, base64url.
  cancel_hash TEXT    NOT NULL UNIQUE CHECK (length(cancel_hash) = 43),
  started_at  INTEGER NOT NULL,
  -- Then every second factor is removed.
  due_at      INTEGER NOT NULL CHECK (due_at > started_at),
  -- In which its owner is told of the end.
  language    TEXT    NOT NULL,
  -- The mail in the outbox that reminds of it.
  reminder_id TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX factor_recoveries_by_due ON factor_recoveries (due_at, user_id);

-- Nobody who signs in with a second factor has lost it, by whatever way.
CREATE TRIGGER sessions_with_second_factor_end_recovery
AFTER INSERT ON sessions
WHEN EXISTS (SELECT 1 FROM json_each(NEW.methods) AS proven
              WHERE proven.value ->> 'method' IN ('totp', 'recovery', 'passkey', 'synced-passkey'))
BEGIN
  DELETE FROM factor_recoveries WHERE user_id = NEW.user_id;
END;

-- What was asked for of an account as it was is nothing of it as it is.
CREATE TRIGGER users_change_ends_recovery
AFTER UPDATE OF email_canonical, disabled_at, second_factor_at ON users
WHEN NEW.email_canonical <> OLD.email_canonical OR NEW.disabled_at IS NOT NULL
  OR NEW.second_factor_at IS NOT OLD.second_factor_at
BEGIN
  DELETE FROM factor_recoveries WHERE user_id = NEW.id;
END;

CREATE TRIGGER users_delete_ends_recovery
AFTER DELETE ON users
BEGIN
  DELETE FROM factor_recoveries WHERE user_id = OLD.id;
END;

-- Nobody is reminded of a recovery that is over.
CREATE TRIGGER recovery_end_ends_mail
AFTER DELETE ON factor_recoveries
BEGIN
  DELETE FROM outbox WHERE id = OLD.reminder_id;
END;
