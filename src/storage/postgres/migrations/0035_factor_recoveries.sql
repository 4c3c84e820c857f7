-- Accounts whose owner has lost every second factor, and until when each may still be kept. Instants are whole seconds since the epoch.
CREATE TABLE factor_recoveries (
  user_id     text COLLATE "C" PRIMARY KEY,
  -- SHA-256 of the secret in the mail that cancels it, base64url.
  cancel_hash text COLLATE "C" NOT NULL UNIQUE CHECK (length(cancel_hash) = 43),
  started_at  bigint NOT NULL,
  -- Then every second factor is removed.
  due_at      bigint NOT NULL CHECK (due_at > started_at),
  -- In which its owner is told of the end.
  language    text COLLATE "C" NOT NULL,
  -- The mail in the outbox that reminds of it.
  reminder_id text COLLATE "C" NOT NULL
);

CREATE UNIQUE INDEX factor_recoveries_by_due ON factor_recoveries (due_at, user_id);

-- Nobody who signs in with a second factor has lost it, by whatever way.
CREATE FUNCTION sessions_with_second_factor_end_recovery() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM json_each(NEW.methods) AS proven
              WHERE proven.value ->> 'method' IN ('totp', 'recovery', 'passkey', 'synced-passkey')) THEN
    DELETE FROM factor_recoveries WHERE user_id = NEW.user_id;
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER sessions_with_second_factor_end_recovery AFTER INSERT ON sessions FOR EACH ROW
  EXECUTE FUNCTION sessions_with_second_factor_end_recovery();

CREATE FUNCTION users_end_recovery() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM factor_recoveries WHERE user_id = OLD.id;
  RETURN NULL;
END $$;

-- What was asked for of an account as it was is nothing of it as it is.
CREATE TRIGGER users_change_ends_recovery AFTER UPDATE ON users FOR EACH ROW
  WHEN (NEW.email_canonical <> OLD.email_canonical OR NEW.disabled_at IS NOT NULL
    OR NEW.second_factor_at IS DISTINCT FROM OLD.second_factor_at)
  EXECUTE FUNCTION users_end_recovery();

CREATE TRIGGER users_delete_ends_recovery AFTER DELETE ON users FOR EACH ROW
  EXECUTE FUNCTION users_end_recovery();

-- Nobody is reminded of a recovery that is over.
CREATE FUNCTION recovery_end_ends_mail() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM outbox WHERE id = OLD.reminder_id;
  RETURN NULL;
END $$;

CREATE TRIGGER recovery_end_ends_mail AFTER DELETE ON factor_recoveries FOR EACH ROW
  EXECUTE FUNCTION recovery_end_ends_mail();
