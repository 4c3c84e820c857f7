CREATE TABLE passkey_owners (
  user_id     text COLLATE "C" PRIMARY KEY,
  user_handle text COLLATE "C" NOT NULL UNIQUE CHECK (length(user_handle) = 43)
);

CREATE TABLE passkeys (
  credential_id   text COLLATE "C" PRIMARY KEY CHECK (length(credential_id) BETWEEN 22 AND 1364),
  id              text COLLATE "C" NOT NULL UNIQUE CHECK (length(id) = 22),
  user_id         text COLLATE "C" NOT NULL,
  public_key      text COLLATE "C" NOT NULL,
  alg             bigint NOT NULL,
  sign_count      bigint NOT NULL,
  backup_eligible bigint NOT NULL CHECK (backup_eligible IN (0, 1)),
  backed_up       bigint NOT NULL CHECK (backed_up IN (0, 1) AND backed_up <= backup_eligible),
  aaguid          text COLLATE "C" NOT NULL CHECK (length(aaguid) = 32),
  transports      text COLLATE "C" NOT NULL CHECK (jsonb_typeof(transports::jsonb) = 'array'),
  name            text COLLATE "C" NOT NULL,
  created_at      bigint NOT NULL,
  last_used_at    bigint
);

CREATE INDEX passkeys_by_user ON passkeys (user_id, created_at, credential_id);

CREATE TABLE used_challenges (
  challenge_id text COLLATE "C" PRIMARY KEY CHECK (length(challenge_id) = 22),
  expires_at   bigint NOT NULL
);

CREATE INDEX used_challenges_by_expiry ON used_challenges (expires_at, challenge_id);

CREATE FUNCTION users_delete_ends_passkeys() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM passkeys WHERE user_id = OLD.id;
  DELETE FROM passkey_owners WHERE user_id = OLD.id;
  RETURN NULL;
END $$;

CREATE TRIGGER users_delete_ends_passkeys AFTER DELETE ON users FOR EACH ROW
  EXECUTE FUNCTION users_delete_ends_passkeys();

CREATE FUNCTION users_proof_ends_passkeys() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM passkeys WHERE user_id = NEW.id;
  RETURN NULL;
END $$;

CREATE TRIGGER users_proof_ends_passkeys AFTER UPDATE ON users FOR EACH ROW
  WHEN (OLD.email_verified_at IS NULL AND NEW.email_verified_at IS NOT NULL AND NEW.email_canonical = OLD.email_canonical
    AND (NEW.password_hash IS DISTINCT FROM OLD.password_hash OR NEW.password_hash IS NULL))
  EXECUTE FUNCTION users_proof_ends_passkeys();
