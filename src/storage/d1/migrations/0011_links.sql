-- Several links of one kind may wait for one account or address: whoever asks for another takes nobody's link away. The table is made
-- again, for SQLite cannot drop the UNIQUE (holder, purpose) that it had. Its rows are kept.
DROP TRIGGER users_change_ends_one_time_tokens;
DROP TRIGGER users_delete_ends_one_time_tokens;

CREATE TABLE one_time_tokens_of_many (
  -- SHA-256 of the token, base64url; the token itself is nowhere.
  token_hash      TEXT    PRIMARY KEY CHECK (length(token_hash) = 43),
  purpose         TEXT    NOT NULL CHECK (purpose IN ('register', 'verify-email', 'reset-password', 'sign-in', 'change-email')),
  -- The account's id; for a registration, which has no account yet, the canonical address.
  holder          TEXT    NOT NULL,
  -- The address that the account has while the link is valid; for a registration, the address that it will have.
  email_canonical TEXT    NOT NULL,
  -- The new address of a registration or an address change.
  new_email           TEXT,
  new_email_canonical TEXT,
  -- What a registration chose. It belongs to nobody until the address is proven.
  name            TEXT,
  password_hash   TEXT    CHECK (password_hash LIKE '$%'),
  -- SHA-256 of the secret of the browser or client that asked, base64url. One link of a kind for each.
  binding_hash    TEXT    CHECK (length(binding_hash) = 43),
  expires_at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO one_time_tokens_of_many
  (token_hash, purpose, holder, email_canonical, new_email, new_email_canonical, name, password_hash, binding_hash, expires_at)
SELECT token_hash, purpose, holder, email_canonical, new_email, new_email_canonical, name, password_hash, binding_hash, expires_at
  FROM one_time_tokens;

DROP TABLE one_time_tokens;
ALTER TABLE one_time_tokens_of_many RENAME TO one_time_tokens;

CREATE UNIQUE INDEX one_time_tokens_by_expiry ON one_time_tokens (expires_at, token_hash);

-- The links of one kind, oldest first.
CREATE UNIQUE INDEX one_time_tokens_by_holder ON one_time_tokens (holder, purpose, expires_at, token_hash);

-- A link that was mailed for one password or address is invalid for any other, whoever changes them.
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

-- What links did that were used seconds ago. Whoever uses one again in the same way is told the same; the sweep deletes them.
CREATE TABLE used_links (
  -- SHA-256 of the token, base64url.
  token_hash   TEXT    PRIMARY KEY CHECK (length(token_hash) = 43),
  purpose      TEXT    NOT NULL,
  user_id      TEXT    NOT NULL,
  -- SHA-256 of the secret that the link was used with, base64url; NULL if there was none.
  binding_hash TEXT    CHECK (length(binding_hash) = 43),
  used_at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX used_links_by_age ON used_links (used_at, token_hash);

-- The request that was counted last: a second click on the same form is not counted, and mails nothing.
ALTER TABLE mail_requests ADD COLUMN attempt_key TEXT;
ALTER TABLE mail_requests ADD COLUMN attempted_at INTEGER;
-- SHA-256 of the token of the request that did what was asked for; NULL until one has.
ALTER TABLE mail_requests ADD COLUMN done_by TEXT;
