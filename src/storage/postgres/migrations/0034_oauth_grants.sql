ALTER TABLE sessions ADD COLUMN client_id text COLLATE "C";
ALTER TABLE sessions ADD COLUMN parent_id text COLLATE "C";
ALTER TABLE sessions ADD COLUMN scope text COLLATE "C";
ALTER TABLE sessions ADD COLUMN resource text COLLATE "C";

CREATE INDEX sessions_by_client ON sessions (client_id, user_id, id) WHERE client_id IS NOT NULL;
CREATE INDEX sessions_by_parent ON sessions (parent_id, id) WHERE parent_id IS NOT NULL;

CREATE FUNCTION sessions_end_ends_grants() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE sessions SET ended_at = NEW.ended_at, end_reason = NEW.end_reason, end_context = NEW.end_context
   WHERE parent_id = NEW.id AND ended_at IS NULL;
  RETURN NULL;
END $$;

CREATE TRIGGER sessions_end_ends_grants AFTER UPDATE ON sessions FOR EACH ROW
  WHEN (OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL AND NEW.client_id IS NULL
    AND NEW.end_reason NOT IN ('replaced-by-sign-in', 'too-many-sessions'))
  EXECUTE FUNCTION sessions_end_ends_grants();

CREATE TABLE oauth_consents (
  user_id    text COLLATE "C" NOT NULL,
  client_id  text COLLATE "C" NOT NULL,
  resource   text COLLATE "C" NOT NULL,
  scope      text COLLATE "C" NOT NULL,
  granted_at bigint NOT NULL,
  PRIMARY KEY (user_id, client_id, resource)
);

CREATE INDEX oauth_consents_by_client ON oauth_consents (client_id, user_id, resource);

CREATE TABLE authorization_codes (
  code_hash    text COLLATE "C" PRIMARY KEY CHECK (length(code_hash) = 43),
  client_id    text COLLATE "C" NOT NULL,
  user_id      text COLLATE "C" NOT NULL,
  session_id   text COLLATE "C" NOT NULL,
  redirect_uri text COLLATE "C" NOT NULL,
  challenge    text COLLATE "C" NOT NULL CHECK (length(challenge) = 43),
  scope        text COLLATE "C" NOT NULL,
  resource     text COLLATE "C",
  nonce        text COLLATE "C",
  expires_at   bigint NOT NULL,
  redeemed_as  text COLLATE "C"
);

CREATE INDEX authorization_codes_by_expiry ON authorization_codes (expires_at, code_hash);
CREATE INDEX authorization_codes_by_user ON authorization_codes (user_id, code_hash);

CREATE FUNCTION users_delete_ends_oauth() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM oauth_consents WHERE user_id = OLD.id;
  DELETE FROM authorization_codes WHERE user_id = OLD.id;
  RETURN NULL;
END $$;

CREATE TRIGGER users_delete_ends_oauth AFTER DELETE ON users FOR EACH ROW
  EXECUTE FUNCTION users_delete_ends_oauth();

CREATE FUNCTION oauth_clients_delete_ends_grants() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE sessions SET ended_at = unixepoch(), end_reason = 'ended-by-operator'
   WHERE client_id = OLD.id AND ended_at IS NULL;
  DELETE FROM oauth_consents WHERE client_id = OLD.id;
  RETURN NULL;
END $$;

CREATE TRIGGER oauth_clients_delete_ends_grants AFTER DELETE ON oauth_clients FOR EACH ROW
  EXECUTE FUNCTION oauth_clients_delete_ends_grants();
