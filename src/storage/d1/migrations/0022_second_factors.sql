-- Second factors, and sign-ins that wait for one. Instants are whole seconds since the epoch.

-- When the second factor of the account was last set up; NULL: it has none. While it is set, no session begins without a second factor.
ALTER TABLE users ADD COLUMN second_factor_at INTEGER;

CREATE TABLE totp_factors (
  user_id        TEXT    PRIMARY KEY,
  -- The seed under AES-256-GCM, and the id of the secret whose key encrypts it (src/crypto/sealing.ts).
  sealed_seed    TEXT    NOT NULL,
  encrypted_with TEXT    NOT NULL,
  -- The step whose code was accepted last. No code of that step or an earlier one is accepted again.
  last_step      INTEGER NOT NULL,
  confirmed_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Seeds that are still encrypted under an older secret.
CREATE UNIQUE INDEX totp_factors_by_secret ON totp_factors (encrypted_with, user_id);

CREATE TABLE recovery_codes (
  user_id   TEXT    NOT NULL,
  -- SHA-256 of 120 random bits, base64url.
  code_hash TEXT    NOT NULL CHECK (length(code_hash) = 43),
  used_at   INTEGER,
  PRIMARY KEY (user_id, code_hash)
) STRICT, WITHOUT ROWID;

-- A sign-in that has proven the account and waits for its second factor. It opens nothing.
CREATE TABLE pending_sign_ins (
  -- SHA-256 of the handle's secret, base64url; the secret itself is nowhere.
  token_hash TEXT    PRIMARY KEY CHECK (length(token_hash) = 43),
  user_id    TEXT    NOT NULL,
  mode       TEXT    NOT NULL CHECK (mode IN ('session', 'token')),
  -- What is proven so far, as sessions.methods.
  methods    TEXT    NOT NULL CHECK (json_type(methods) = 'array'),
  -- HMAC-SHA-256 of each code that the authenticator app will show while the sign-in waits: a JSON array.
  code_macs  TEXT    NOT NULL CHECK (json_type(code_macs) = 'array'),
  tries      INTEGER NOT NULL DEFAULT 0,
  return_to  TEXT,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX pending_sign_ins_by_user ON pending_sign_ins (user_id, expires_at, token_hash);
CREATE UNIQUE INDEX pending_sign_ins_by_expiry ON pending_sign_ins (expires_at, token_hash);

-- What was proven of an account as it was is no proof of it as it is.
CREATE TRIGGER users_change_ends_pending_sign_ins
AFTER UPDATE OF password_hash, email_canonical, disabled_at, second_factor_at ON users
WHEN NEW.password_hash IS NOT OLD.password_hash OR NEW.email_canonical <> OLD.email_canonical
  OR NEW.disabled_at IS NOT NULL OR NEW.second_factor_at IS NOT OLD.second_factor_at
BEGIN
  DELETE FROM pending_sign_ins WHERE user_id = NEW.id;
END;

CREATE TRIGGER users_delete_ends_second_factor
AFTER DELETE ON users
BEGIN
  DELETE FROM totp_factors WHERE user_id = OLD.id;
  DELETE FROM recovery_codes WHERE user_id = OLD.id;
  DELETE FROM pending_sign_ins WHERE user_id = OLD.id;
END;

-- As sessions and devices go: what was set up before an address was proven may be another's.
CREATE TRIGGER users_proof_ends_second_factor
AFTER UPDATE OF email_verified_at ON users
WHEN OLD.email_verified_at IS NULL AND NEW.email_verified_at IS NOT NULL AND NEW.email_canonical = OLD.email_canonical
 AND (NEW.password_hash IS NOT OLD.password_hash OR NEW.password_hash IS NULL) AND NEW.second_factor_at IS NOT NULL
BEGIN
  DELETE FROM totp_factors WHERE user_id = NEW.id;
  DELETE FROM recovery_codes WHERE user_id = NEW.id;
  UPDATE users SET second_factor_at = NULL WHERE id = NEW.id;
END;

-- The safety net under src/flows/sign-in: whatever statement tries it, no session of such an account begins after one factor.
CREATE TRIGGER sessions_need_second_factor
BEFORE INSERT ON sessions
WHEN EXISTS (SELECT 1 FROM users WHERE id = NEW.user_id AND second_factor_at IS NOT NULL)
 AND NOT EXISTS (SELECT 1 FROM json_each(NEW.methods) AS proven
                  WHERE proven.value ->> 'method' IN ('totp', 'recovery', 'passkey', 'synced-passkey'))
BEGIN
  SELECT RAISE(ABORT, 'the account has a second factor, which was not proven');
END;
