-- Apps that may ask Janus to sign people in. An operator registers them: janus clients.
CREATE TABLE oauth_clients (
  -- `c_` and 16 random bytes, base64url. Longer than the id of an account, so that the two are never equal.
  id            TEXT    PRIMARY KEY CHECK (length(id) BETWEEN 24 AND 512),
  -- As people are shown it.
  name          TEXT    NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  -- SHA-256 of 32 random bytes, base64url; NULL: a public client, which has no secret.
  secret_hash   TEXT    CHECK (length(secret_hash) = 43),
  -- Whether the operator of Janus runs it, too: then people need not consent.
  first_party   INTEGER NOT NULL DEFAULT 0 CHECK (first_party IN (0, 1)),
  -- JSON arrays: where it may be answered, and what it may ask for.
  redirect_uris TEXT    NOT NULL CHECK (json_type(redirect_uris) = 'array'),
  scopes        TEXT    NOT NULL CHECK (json_type(scopes) = 'array'),
  created_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
