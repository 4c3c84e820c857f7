CREATE TABLE id_token_keys (
  kid                text COLLATE "C" PRIMARY KEY CHECK (length(kid) = 43),
  alg                text COLLATE "C" NOT NULL CHECK (alg IN ('RS256', 'ES256')),
  generation         bigint NOT NULL CHECK (generation > 0),
  signs_from         bigint NOT NULL,
  public_jwk         text COLLATE "C" NOT NULL CHECK (jsonb_typeof(public_jwk::jsonb) = 'object'),
  private_key        text COLLATE "C" NOT NULL,
  encrypted_with     text COLLATE "C" NOT NULL,
  rotation_requested bigint NOT NULL DEFAULT 0 CHECK (rotation_requested IN (0, 1)),
  UNIQUE (alg, generation)
);

ALTER TABLE oauth_clients ADD COLUMN id_token_alg text COLLATE "C" NOT NULL DEFAULT 'RS256' CHECK (id_token_alg IN ('RS256', 'ES256'));
ALTER TABLE oauth_clients ADD COLUMN sector text COLLATE "C" CHECK (length(sector) BETWEEN 1 AND 253);
ALTER TABLE oauth_clients ADD COLUMN post_logout_redirect_uris text COLLATE "C" NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(post_logout_redirect_uris::jsonb) = 'array');
ALTER TABLE oauth_clients ADD COLUMN back_channel_logout_uri text COLLATE "C";

ALTER TABLE authorization_codes ADD COLUMN id_token_claims text COLLATE "C" NOT NULL DEFAULT '';

CREATE TABLE pairwise_subjects (
  user_id text COLLATE "C" NOT NULL,
  sector  text COLLATE "C" NOT NULL,
  subject text COLLATE "C" NOT NULL CHECK (length(subject) = 43),
  PRIMARY KEY (user_id, sector)
);

CREATE FUNCTION users_delete_forgets_subjects() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM pairwise_subjects WHERE user_id = OLD.id;
  RETURN NULL;
END $$;

CREATE TRIGGER users_delete_forgets_subjects AFTER DELETE ON users FOR EACH ROW
  EXECUTE FUNCTION users_delete_forgets_subjects();

CREATE TABLE logout_notices (
  grant_id  text COLLATE "C" PRIMARY KEY,
  client_id text COLLATE "C" NOT NULL,
  subject   text COLLATE "C",
  ended_at  bigint NOT NULL,
  attempts  bigint NOT NULL DEFAULT 0,
  due_at    bigint NOT NULL
);

CREATE INDEX logout_notices_due ON logout_notices (due_at, grant_id);

CREATE FUNCTION sessions_end_tells_client() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO logout_notices (grant_id, client_id, subject, ended_at, due_at)
  SELECT NEW.id, told.id,
         CASE WHEN told.sector IS NULL THEN NEW.user_id ELSE
           (SELECT subject FROM pairwise_subjects WHERE user_id = NEW.user_id AND pairwise_subjects.sector = told.sector) END,
         NEW.ended_at, NEW.ended_at
    FROM oauth_clients AS told
   WHERE told.id = NEW.client_id AND told.back_channel_logout_uri IS NOT NULL AND ' ' || NEW.scope || ' ' LIKE '% openid %'
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;

CREATE TRIGGER sessions_end_tells_client AFTER UPDATE ON sessions FOR EACH ROW
  WHEN (OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL AND NEW.client_id IS NOT NULL)
  EXECUTE FUNCTION sessions_end_tells_client();

CREATE FUNCTION sessions_end_tells_clients_that_go_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO logout_notices (grant_id, client_id, subject, ended_at, due_at)
  SELECT kept.id, told.id,
         CASE WHEN told.sector IS NULL THEN kept.user_id ELSE
           (SELECT subject FROM pairwise_subjects WHERE user_id = kept.user_id AND pairwise_subjects.sector = told.sector) END,
         NEW.ended_at, NEW.ended_at
    FROM sessions AS kept JOIN oauth_clients AS told ON told.id = kept.client_id
   WHERE kept.parent_id = NEW.id AND kept.ended_at IS NULL AND told.back_channel_logout_uri IS NOT NULL
     AND ' ' || kept.scope || ' ' LIKE '% openid %' AND ' ' || kept.scope || ' ' LIKE '% offline_access %'
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;

CREATE TRIGGER sessions_end_tells_clients_that_go_on AFTER UPDATE ON sessions FOR EACH ROW
  WHEN (OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL AND NEW.client_id IS NULL
    AND NEW.end_reason NOT IN ('replaced-by-sign-in', 'too-many-sessions'))
  EXECUTE FUNCTION sessions_end_tells_clients_that_go_on();

CREATE OR REPLACE FUNCTION sessions_end_ends_grants() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE sessions SET ended_at = NEW.ended_at, end_reason = NEW.end_reason, end_context = NEW.end_context
   WHERE parent_id = NEW.id AND ended_at IS NULL AND ' ' || scope || ' ' NOT LIKE '% offline_access %';
  RETURN NULL;
END $$;
