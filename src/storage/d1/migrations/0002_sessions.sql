-- One row for one sign-in, in either mode. No reference to users: the row of a session must outlive its account
-- until its copy in KV is deleted, or the copy would go on opening doors.
CREATE TABLE sessions (
  id               TEXT    PRIMARY KEY CHECK (length(id) = 22),
  user_id          TEXT    NOT NULL,
  mode             TEXT    NOT NULL CHECK (mode IN ('session', 'token')),
  -- SHA-256 of the session token's secret, base64url; the secret itself is nowhere.
  secret_hash      TEXT    CHECK (length(secret_hash) = 43),
  -- How often the refresh token was rotated, and when last.
  refresh_counter  INTEGER,
  refreshed_at     INTEGER,
  created_at       INTEGER NOT NULL,
  authenticated_at INTEGER NOT NULL,
  last_seen_at     INTEGER NOT NULL,
  idle_expires_at  INTEGER NOT NULL,
  expires_at       INTEGER NOT NULL,
  -- Set once, never cleared. The row stays until the sweep has deleted the copy in KV.
  ended_at         INTEGER,
  end_reason       TEXT,
  user_agent       TEXT,
  country          TEXT,
  CHECK ((mode = 'session') = (secret_hash IS NOT NULL)),
  CHECK ((mode = 'token') = (refresh_counter IS NOT NULL AND refreshed_at IS NOT NULL)),
  CHECK ((ended_at IS NULL) = (end_reason IS NULL))
) STRICT, WITHOUT ROWID;

-- Listing and ending the sessions of one account, newest first. Ended ones stay in it until they are swept, so that to
-- end a session touches one index less.
CREATE UNIQUE INDEX sessions_by_user ON sessions (user_id, created_at, id);

-- What the sweep has to finish: sessions that ended, and sessions whose time is over.
CREATE UNIQUE INDEX sessions_ended ON sessions (ended_at, id) WHERE ended_at IS NOT NULL;
CREATE UNIQUE INDEX sessions_by_expiry ON sessions (expires_at, id);

-- An ended session is never revived, whatever statement tries it.
CREATE TRIGGER sessions_stay_ended
BEFORE UPDATE OF ended_at ON sessions
WHEN OLD.ended_at IS NOT NULL AND NEW.ended_at IS NOT OLD.ended_at
BEGIN
  SELECT RAISE(ABORT, 'an ended session stays ended');
END;

-- Whoever changes a person's roles or disables the account, by whatever tool, ends its sessions: a session is proof
-- of what the account was allowed when it began.
CREATE TRIGGER users_change_ends_sessions
AFTER UPDATE OF roles, disabled_at ON users
WHEN NEW.roles IS NOT OLD.roles OR (NEW.disabled_at IS NOT NULL AND OLD.disabled_at IS NULL)
BEGIN
  UPDATE sessions
     SET ended_at = unixepoch(),
         end_reason = iif(NEW.disabled_at IS NOT NULL, 'account-disabled', 'roles-changed')
   WHERE user_id = NEW.id AND ended_at IS NULL;
END;

-- Deleting the account does, too, if whoever deletes it forgot.
CREATE TRIGGER users_delete_ends_sessions
AFTER DELETE ON users
BEGIN
  UPDATE sessions SET ended_at = unixepoch(), end_reason = 'account-deleted'
   WHERE user_id = OLD.id AND ended_at IS NULL;
END;
