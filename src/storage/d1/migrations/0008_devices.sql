-- Browsers and clients in which somebody has proven that an account is theirs. A device opens nothing: its attempts are counted apart
-- from those of strangers. Nothing here can be presented: a device's credential has a MAC (src/devices/device-credentials.ts).
CREATE TABLE devices (
  user_id      TEXT    NOT NULL,
  id           TEXT    NOT NULL CHECK (length(id) = 22),
  created_at   INTEGER NOT NULL,
  -- When the account was last proven there.
  last_seen_at INTEGER NOT NULL,
  user_agent   TEXT,
  country      TEXT,
  PRIMARY KEY (user_id, id)
) STRICT, WITHOUT ROWID;

-- Forgetting those that nobody has used for long.
CREATE UNIQUE INDEX devices_by_age ON devices (last_seen_at, user_id, id);

CREATE TRIGGER users_delete_ends_devices
AFTER DELETE ON users
BEGIN
  DELETE FROM devices WHERE user_id = OLD.id;
END;

-- As sessions end: what was set up before an address was proven may be another's.
CREATE TRIGGER users_proof_ends_devices
AFTER UPDATE OF email_verified_at ON users
WHEN OLD.email_verified_at IS NULL AND NEW.email_verified_at IS NOT NULL AND NEW.email_canonical = OLD.email_canonical
 AND (NEW.password_hash IS NOT OLD.password_hash OR NEW.password_hash IS NULL)
BEGIN
  DELETE FROM devices WHERE user_id = NEW.id;
END;

-- Of what is limited, how much is spent: the instant at which nothing of it counts any more. In place of sign_in_attempts.
CREATE TABLE budgets (
  -- Whose: the HMAC-SHA-256 of an address or of a source, or the id of a device or of a session.
  budget_key    TEXT    NOT NULL CHECK (length(budget_key) IN (22, 43)),
  -- Of what: 'password' or 'source'.
  kind          TEXT    NOT NULL,
  spent_until   INTEGER NOT NULL,
  -- Until then no attempt at a password is let through, however much is left.
  blocked_until INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (budget_key, kind)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX budgets_by_age ON budgets (spent_until, budget_key, kind);

-- A failure counts for a day (src/throttling/attempt-limits.ts).
INSERT INTO budgets (budget_key, kind, spent_until, blocked_until)
SELECT account_key, 'password', last_at + failures * 86400, blocked_until FROM sign_in_attempts;

DROP TABLE sign_in_attempts;
