-- How authenticators know an account: 32 random bytes, base64url, which say nothing of its owner.
CREATE TABLE passkey_owners (
  user_id     TEXT PRIMARY KEY,
  user_handle TEXT NOT NULL UNIQUE CHECK (length(user_handle) = 43)
) STRICT, WITHOUT ROWID;

CREATE TABLE passkeys (
  -- 16 to 1,023 bytes, base64url.
  credential_id   TEXT    PRIMARY KEY CHECK (length(credential_id) BETWEEN 22 AND 1364),
  -- A handle in routes.
  id              TEXT    NOT NULL UNIQUE CHECK (length(id) = 22),
  user_id         TEXT    NOT NULL,
  -- A key of COSE, base64url, and its algorithm.
  public_key      TEXT    NOT NULL,
  alg             INTEGER NOT NULL,
  sign_count      INTEGER NOT NULL,
  -- Whether it can be copied to other devices, which never changes, and whether it is.
  backup_eligible INTEGER NOT NULL CHECK (backup_eligible IN (0, 1)),
  backed_up       INTEGER NOT NULL CHECK (backed_up IN (0, 1) AND backed_up <= backup_eligible),
  -- The model of the authenticator, hexadecimal; zeros if it does not say.
  aaguid          TEXT    NOT NULL CHECK (length(aaguid) = 32),
  transports      TEXT    NOT NULL CHECK (json_type(transports) = 'array'),
  name            TEXT    NOT NULL,
  created_at      INTEGER NOT NULL,
  last_used_at    INTEGER
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX passkeys_by_user ON passkeys (user_id, created_at, credential_id);

-- Challenges that were answered, until they expire: each works once.
CREATE TABLE used_challenges (
  challenge_id TEXT    PRIMARY KEY CHECK (length(challenge_id) = 22),
  expires_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX used_challenges_by_expiry ON used_challenges (expires_at, challenge_id);

CREATE TRIGGER users_delete_ends_passkeys
AFTER DELETE ON users
BEGIN
  DELETE FROM passkeys WHERE user_id = OLD.id;
  DELETE FROM passkey_owners WHERE user_id = OLD.id;
END;

-- As sessions end: what was set up before an address was proven may be another's.
CREATE TRIGGER users_proof_ends_passkeys
AFTER UPDATE OF email_verified_at ON users
WHEN OLD.email_verified_at IS NULL AND NEW.email_verified_at IS NOT NULL AND NEW.email_canonical = OLD.email_canonical
 AND (NEW.password_hash IS NOT OLD.password_hash OR NEW.password_hash IS NULL)
BEGIN
  DELETE FROM passkeys WHERE user_id = NEW.id;
END;
