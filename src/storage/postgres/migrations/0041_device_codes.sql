CREATE TABLE device_codes (
  code_hash      text COLLATE "C" PRIMARY KEY CHECK (length(code_hash) = 43),
  user_code_hash text COLLATE "C" NOT NULL CHECK (length(user_code_hash) = 43),
  client_id      text COLLATE "C" NOT NULL,
  scope          text COLLATE "C",
  resource       text COLLATE "C",
  expires_at     bigint NOT NULL,
  next_poll_at   bigint NOT NULL DEFAULT 0,
  wait_seconds   bigint NOT NULL,
  user_id        text COLLATE "C",
  session_id     text COLLATE "C",
  allowed        bigint CHECK (allowed IN (0, 1)),
  redeemed_as    text COLLATE "C"
);

CREATE UNIQUE INDEX device_codes_by_user_code ON device_codes (user_code_hash);
CREATE INDEX device_codes_by_expiry ON device_codes (expires_at, code_hash);
CREATE INDEX device_codes_by_user ON device_codes (user_id, code_hash) WHERE user_id IS NOT NULL;

CREATE FUNCTION users_delete_ends_device_codes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM device_codes WHERE user_id = OLD.id;
  RETURN NULL;
END $$;

CREATE TRIGGER users_delete_ends_device_codes AFTER DELETE ON users FOR EACH ROW
  EXECUTE FUNCTION users_delete_ends_device_codes();
