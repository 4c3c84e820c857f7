-- Identities at other providers, and the account of each. Nothing that a provider issued is kept.
CREATE TABLE identities (
  issuer       TEXT    NOT NULL CHECK (length(issuer) BETWEEN 1 AND 512),
  subject      TEXT    NOT NULL CHECK (length(subject) BETWEEN 1 AND 255),
  -- A handle in routes.
  id           TEXT    NOT NULL UNIQUE CHECK (length(id) = 22),
  user_id      TEXT    NOT NULL,
  -- As settings name the provider by which it came.
  provider     TEXT    NOT NULL,
  -- As the provider stated it then. It finds no account.
  email        TEXT,
  created_at   INTEGER NOT NULL,
  last_used_at INTEGER,
  PRIMARY KEY (issuer, subject)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX identities_by_user ON identities (user_id, created_at, issuer, subject);

CREATE TRIGGER users_delete_ends_identities
AFTER DELETE ON users
BEGIN
  DELETE FROM identities WHERE user_id = OLD.id;
END;

-- As sessions end: what was linked before an address was proven may be another's.
CREATE TRIGGER users_proof_ends_identities
AFTER UPDATE OF email_verified_at ON users
WHEN OLD.email_verified_at IS NULL AND NEW.email_verified_at IS NOT NULL AND NEW.email_canonical = OLD.email_canonical
 AND (NEW.password_hash IS NOT OLD.password_hash OR NEW.password_hash IS NULL)
BEGIN
  DELETE FROM identities WHERE user_id = NEW.id;
END;
