-- Instants are whole seconds since the epoch. Ids are 16 random bytes, base64url.

CREATE TABLE users (
  id              TEXT    PRIMARY KEY CHECK (length(id) = 22),
  -- The address as its owner writes it, and the one form by which it is found.
  email           TEXT    NOT NULL,
  email_canonical TEXT    NOT NULL UNIQUE CHECK (length(email_canonical) BETWEEN 3 AND 254),
  name            TEXT,
  -- NULL: the account has no password. A PHC string otherwise (src/passwords/password-hash.ts).
  password_hash   TEXT    CHECK (password_hash LIKE '$%'),
  -- JSON array of strings. They travel in every access token, so they are few and short.
  roles           TEXT    NOT NULL DEFAULT '[]' CHECK (json_type(roles) = 'array' AND length(roles) <= 1024),
  disabled_at     INTEGER,
  created_at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
