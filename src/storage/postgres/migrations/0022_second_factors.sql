ALTER TABLE users ADD COLUMN second_factor_at bigint;

CREATE TABLE totp_factors (
  user_id        text COLLATE "C" PRIMARY KEY,
  sealed_seed    text COLLATE "C" NOT NULL,
  encrypted_with text COLLATE "C" NOT NULL,
  last_step      bigint NOT NULL,
  confirmed_at   bigint NOT NULL
);

CREATE INDEX totp_factors_by_secret ON totp_factors (encrypted_with, user_id);

CREATE TABLE recovery_codes (
  user_id   text COLLATE "C" NOT NULL,
  code_hash text COLLATE "C" NOT NULL CHECK (length(code_hash) = 43),
  used_at   bigint,
  PRIMARY KEY (user_id, code_hash)
);

CREATE TABLE pending_sign_ins (
  token_hash text COLLATE "C" PRIMARY KEY CHECK (length(token_hash) = 43),
  user_id    text COLLATE "C" NOT NULL,
  mode       text COLLATE "C" NOT NULL CHECK (mode IN ('session', 'token')),
  methods    text COLLATE "C" NOT NULL CHECK (jsonb_typeof(methods::jsonb) = 'array'),
  code_macs  text COLLATE "C" NOT NULL CHECK (jsonb_typeof(code_macs::jsonb) = 'array'),
  tries      bigint NOT NULL DEFAULT 0,
  return_to  text COLLATE "C",
  expires_at bigint NOT NULL
);

CREATE INDEX pending_sign_ins_by_user ON pending_sign_ins (user_id, expires_at, token_hash);
CREATE INDEX pending_sign_ins_by_expiry ON pending_sign_ins (expires_at, token_hash);

CREATE FUNCTION users_change_ends_pending_sign_ins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM pending_sign_ins WHERE user_id = NEW.id;
  RETURN NULL;
END $$;

CREATE TRIGGER users_change_ends_pending_sign_ins AFTER UPDATE ON users FOR EACH ROW
  WHEN (NEW.password_hash IS DISTINCT FROM OLD.password_hash OR NEW.email_canonical <> OLD.email_canonical
    OR NEW.disabled_at IS NOT NULL OR NEW.second_factor_at IS DISTINCT FROM OLD.second_factor_at)
  EXECUTE FUNCTION users_change_ends_pending_sign_ins();

CREATE FUNCTION users_delete_ends_second_factor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM totp_factors WHERE user_id = OLD.id;
  DELETE FROM recovery_codes WHERE user_id = OLD.id;
  DELETE FROM pending_sign_ins WHERE user_id = OLD.id;
  RETURN NULL;
END $$;

CREATE TRIGGER users_delete_ends_second_factor AFTER DELETE ON users FOR EACH ROW
  EXECUTE FUNCTION users_delete_ends_second_factor();

CREATE FUNCTION users_proof_ends_second_factor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM totp_factors WHERE user_id = NEW.id;
  DELETE FROM recovery_codes WHERE user_id = NEW.id;
  UPDATE users SET second_factor_at = NULL WHERE id = NEW.id;
  RETURN NULL;
END $$;

CREATE TRIGGER users_proof_ends_second_factor AFTER UPDATE ON users FOR EACH ROW
  WHEN (OLD.email_verified_at IS NULL AND NEW.email_verified_at IS NOT NULL AND NEW.email_canonical = OLD.email_canonical
    AND (NEW.password_hash IS DISTINCT FROM OLD.password_hash OR NEW.password_hash IS NULL)
    AND NEW.second_factor_at IS NOT NULL)
  EXECUTE FUNCTION users_proof_ends_second_factor();

CREATE FUNCTION sessions_need_second_factor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM users WHERE id = NEW.user_id AND second_factor_at IS NOT NULL)
    AND NOT EXISTS (SELECT 1 FROM json_each(NEW.methods) AS proven
                     WHERE proven.value ->> 'method' IN ('totp', 'recovery', 'passkey', 'synced-passkey')) THEN
    RAISE EXCEPTION 'the account has a second factor, which was not proven';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER sessions_need_second_factor BEFORE INSERT ON sessions FOR EACH ROW
  EXECUTE FUNCTION sessions_need_second_factor();
