-- What a client was granted is a session of its own: one record for everything that acts for an account.

-- The client that has it; NULL: a person signed in to Janus itself.
ALTER TABLE sessions ADD COLUMN client_id TEXT;
-- The sign-in that it came from, and ends with; NULL: it outlives that (`offline_access`).
ALTER TABLE sessions ADD COLUMN parent_id TEXT;
-- What was granted, as RFC 6749 §3.3 writes it, and for which resource (RFC 8707); NULL: for UserInfo.
ALTER TABLE sessions ADD COLUMN scope TEXT;
ALTER TABLE sessions ADD COLUMN resource TEXT;

CREATE UNIQUE INDEX sessions_by_client ON sessions (client_id, user_id, id) WHERE client_id IS NOT NULL;
CREATE UNIQUE INDEX sessions_by_parent ON sessions (parent_id, id) WHERE parent_id IS NOT NULL;

-- Whoever signs out takes along what was granted meanwhile. Another sign-in in the same browser, and the limit on sessions, do not.
CREATE TRIGGER sessions_end_ends_grants
AFTER UPDATE OF ended_at ON sessions
WHEN OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL AND NEW.client_id IS NULL
 AND NEW.end_reason NOT IN ('replaced-by-sign-in', 'too-many-sessions')
BEGIN
  UPDATE sessions SET ended_at = NEW.ended_at, end_reason = NEW.end_reason, end_context = NEW.end_context
   WHERE parent_id = NEW.id AND ended_at IS NULL;
END;

-- What a person allowed a client that can prove who it is, so that they are not asked for the same again.
CREATE TABLE oauth_consents (
  user_id    TEXT    NOT NULL,
  client_id  TEXT    NOT NULL,
  -- '' for none.
  resource   TEXT    NOT NULL,
  scope      TEXT    NOT NULL,
  granted_at INTEGER NOT NULL,
  PRIMARY KEY (user_id, client_id, resource)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX oauth_consents_by_client ON oauth_consents (client_id, user_id, resource);

-- A code is taken once, within a minute. Its row stays for a day, so that a second use ends what the first one was given.
CREATE TABLE authorization_codes (
  -- SHA-256 of the code, base64url; the code itself is nowhere.
  code_hash    TEXT    PRIMARY KEY CHECK (length(code_hash) = 43),
  client_id    TEXT    NOT NULL,
  user_id      TEXT    NOT NULL,
  session_id   TEXT    NOT NULL,
  redirect_uri TEXT    NOT NULL,
  -- BASE64URL(SHA-256(verifier)), RFC 7636 §4.2.
  challenge    TEXT    NOT NULL CHECK (length(challenge) = 43),
  scope        TEXT    NOT NULL,
  resource     TEXT,
  nonce        TEXT,
  expires_at   INTEGER NOT NULL,
  -- The grant that it was taken for.
  redeemed_as  TEXT
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX authorization_codes_by_expiry ON authorization_codes (expires_at, code_hash);
CREATE UNIQUE INDEX authorization_codes_by_user ON authorization_codes (user_id, code_hash);

CREATE TRIGGER users_delete_ends_oauth
AFTER DELETE ON users
BEGIN
  DELETE FROM oauth_consents WHERE user_id = OLD.id;
  DELETE FROM authorization_codes WHERE user_id = OLD.id;
END;

CREATE TRIGGER oauth_clients_delete_ends_grants
AFTER DELETE ON oauth_clients
BEGIN
  UPDATE sessions SET ended_at = unixepoch(), end_reason = 'ended-by-operator'
   WHERE client_id = OLD.id AND ended_at IS NULL;
  DELETE FROM oauth_consents WHERE client_id = OLD.id;
END;
