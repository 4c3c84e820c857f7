-- What a device asks for that has no browser, until a person has entered its code and the device has asked for the outcome (RFC 8628).
CREATE TABLE device_codes (
  -- SHA-256, base64url, of what the device has and of what the person enters.
  code_hash      TEXT    PRIMARY KEY CHECK (length(code_hash) = 43),
  user_code_hash TEXT    NOT NULL CHECK (length(user_code_hash) = 43),
  client_id      TEXT    NOT NULL,
  -- As it was asked for, and then as it was granted.
  scope          TEXT,
  resource       TEXT,
  expires_at     INTEGER NOT NULL,
  -- When the device may ask again, and how long it waits in between.
  next_poll_at   INTEGER NOT NULL DEFAULT 0,
  wait_seconds   INTEGER NOT NULL,
  -- Who entered the code: nobody else decides about it.
  user_id        TEXT,
  session_id     TEXT,
  allowed        INTEGER CHECK (allowed IN (0, 1)),
  -- The grant that it was taken for.
  redeemed_as    TEXT
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX device_codes_by_user_code ON device_codes (user_code_hash);
CREATE UNIQUE INDEX device_codes_by_expiry ON device_codes (expires_at, code_hash);
CREATE UNIQUE INDEX device_codes_by_user ON device_codes (user_id, code_hash) WHERE user_id IS NOT NULL;

CREATE TRIGGER users_delete_ends_device_codes
AFTER DELETE ON users
BEGIN
  DELETE FROM device_codes WHERE user_id = OLD.id;
END;
