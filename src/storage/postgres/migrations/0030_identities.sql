CREATE TABLE identities (
  issuer       text COLLATE "C" NOT NULL CHECK (length(issuer) BETWEEN 1 AND 512),
  subject      text COLLATE "C" NOT NULL CHECK (length(subject) BETWEEN 1 AND 255),
  id           text COLLATE "C" NOT NULL UNIQUE CHECK (length(id) = 22),
  user_id      text COLLATE "C" NOT NULL,
  provider     text COLLATE "C" NOT NULL,
  email        text COLLATE "C",
  created_at   bigint NOT NULL,
  last_used_at bigint,
  PRIMARY KEY (issuer, subject)
);

CREATE INDEX identities_by_user ON identities (user_id, created_at, issuer, subject);

CREATE FUNCTION users_delete_ends_identities() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM identities WHERE user_id = OLD.id;
  RETURN NULL;
END $$;

CREATE TRIGGER users_delete_ends_identities AFTER DELETE ON users FOR EACH ROW
  EXECUTE FUNCTION users_delete_ends_identities();

CREATE FUNCTION users_proof_ends_identities() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM identities WHERE user_id = NEW.id;
  RETURN NULL;
END $$;

CREATE TRIGGER users_proof_ends_identities AFTER UPDATE ON users FOR EACH ROW
  WHEN (OLD.email_verified_at IS NULL AND NEW.email_verified_at IS NOT NULL AND NEW.email_canonical = OLD.email_canonical
    AND (NEW.password_hash IS DISTINCT FROM OLD.password_hash OR NEW.password_hash IS NULL))
  EXECUTE FUNCTION users_proof_ends_identities();
