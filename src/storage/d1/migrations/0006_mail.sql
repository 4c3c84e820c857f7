-- When somebody proved that the address is theirs, by opening what was mailed there; NULL: nobody has.
ALTER TABLE users ADD COLUMN email_verified_at INTEGER;

-- How the person signed in (RFC 8176): with a password, or with a link that was mailed.
ALTER TABLE sessions ADD COLUMN amr TEXT NOT NULL DEFAULT 'pwd' CHECK (amr IN ('pwd', 'otp'));

-- What a link in a mail is good for. Each is good once, and a newer one takes the place of an older.
CREATE TABLE one_time_tokens (
  -- SHA-256 of the token, base64url; the token itself is nowhere.
  token_hash      TEXT    PRIMARY KEY CHECK (length(token_hash) = 43),
  purpose         TEXT    NOT NULL CHECK (purpose IN ('register', 'verify-email', 'reset-password', 'sign-in', 'change-email')),
  -- The account's id; for a registration, which has no account yet, the canonical address.
  holder          TEXT    NOT NULL,
  -- The address that the account has while this is good; for a registration, that it will have.
  email_canonical TEXT    NOT NULL,
  -- The address to have: of a registration or an address change.
  new_email           TEXT,
  new_email_canonical TEXT,
  -- What a registration chose. It is nobody's until the address is proven.
  name            TEXT,
  password_hash   TEXT    CHECK (password_hash LIKE '$%'),
  -- SHA-256 of the secret that the browser or client has which asked, base64url.
  binding_hash    TEXT    CHECK (length(binding_hash) = 43),
  expires_at      INTEGER NOT NULL,
  UNIQUE (holder, purpose)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX one_time_tokens_by_expiry ON one_time_tokens (expires_at, token_hash);

-- What was mailed for the password or the address that an account had is good for no other, whatever changes them.
CREATE TRIGGER users_change_ends_one_time_tokens
AFTER UPDATE OF password_hash, email_canonical, disabled_at ON users
WHEN NEW.password_hash IS NOT OLD.password_hash OR NEW.email_canonical <> OLD.email_canonical OR NEW.disabled_at IS NOT NULL
BEGIN
  DELETE FROM one_time_tokens WHERE holder = NEW.id;
END;

CREATE TRIGGER users_delete_ends_one_time_tokens
AFTER DELETE ON users
BEGIN
  DELETE FROM one_time_tokens WHERE holder = OLD.id;
END;

-- How often mail was asked for, for known and unknown addresses alike: the instant at which nothing of it counts any more.
CREATE TABLE mail_requests (
  -- HMAC-SHA-256 of the canonical address, base64url.
  account_key TEXT    NOT NULL CHECK (length(account_key) = 43),
  purpose     TEXT    NOT NULL,
  spent_until INTEGER NOT NULL,
  PRIMARY KEY (account_key, purpose)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX mail_requests_by_age ON mail_requests (spent_until, account_key, purpose);

-- Mail that has not gone out yet.
CREATE TABLE outbox (
  id         TEXT    PRIMARY KEY CHECK (length(id) = 22),
  kind       TEXT    NOT NULL,
  -- Whose account it concerns, if there is one, and the address to which it goes.
  subject_id TEXT,
  recipient  TEXT    NOT NULL,
  -- The token of its link under AES-256-GCM, `<nonce>.<ciphertext>` in base64url, and the id of the secret whose key encrypts it.
  sealed_token   TEXT,
  encrypted_with TEXT,
  -- JSON of what a notice tells: a device and a country.
  details    TEXT    NOT NULL DEFAULT '{}' CHECK (json_type(details) = 'object'),
  queued_at  INTEGER NOT NULL,
  -- Later than that it is of no use.
  expires_at INTEGER NOT NULL,
  attempts   INTEGER NOT NULL DEFAULT 0,
  due_at     INTEGER NOT NULL,
  CHECK ((sealed_token IS NULL) = (encrypted_with IS NULL))
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX outbox_by_due ON outbox (due_at, id);

-- The kinds of device from which an account was signed in, for a notice when there is another.
CREATE TABLE known_devices (
  user_id TEXT NOT NULL,
  -- As in "Firefox, Linux; DE".
  device  TEXT NOT NULL,
  PRIMARY KEY (user_id, device)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER users_delete_forgets_devices
AFTER DELETE ON users
BEGIN
  DELETE FROM known_devices WHERE user_id = OLD.id;
END;

-- What was set up before an address was proven may be another's: unless its password is kept, by whom else, every session ends.
CREATE TRIGGER users_proof_ends_sessions
AFTER UPDATE OF email_verified_at ON users
WHEN OLD.email_verified_at IS NULL AND NEW.email_verified_at IS NOT NULL AND NEW.email_canonical = OLD.email_canonical
 AND (NEW.password_hash IS NOT OLD.password_hash OR NEW.password_hash IS NULL)
BEGIN
  UPDATE sessions SET ended_at = unixepoch(), end_reason = 'address-proven'
   WHERE user_id = NEW.id AND ended_at IS NULL;
  DELETE FROM known_devices WHERE user_id = NEW.id;
END;
