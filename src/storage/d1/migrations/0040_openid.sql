-- OpenID Connect: with which keys Janus says who somebody is, by which name, and whom it tells that they signed out.

-- As signing_keys, but for ID tokens and logout tokens. A key of one table signs nothing of the other.
CREATE TABLE id_token_keys (
  -- RFC 7638 thumbprint of the public key.
  kid                TEXT    PRIMARY KEY CHECK (length(kid) = 43),
  alg                TEXT    NOT NULL CHECK (alg IN ('RS256', 'ES256')),
  generation         INTEGER NOT NULL CHECK (generation > 0),
  signs_from         INTEGER NOT NULL,
  public_jwk         TEXT    NOT NULL CHECK (json_type(public_jwk) = 'object'),
  private_key        TEXT    NOT NULL,
  encrypted_with     TEXT    NOT NULL,
  rotation_requested INTEGER NOT NULL DEFAULT 0 CHECK (rotation_requested IN (0, 1)),
  UNIQUE (alg, generation)
) STRICT, WITHOUT ROWID;

-- How the ID tokens of a client are signed.
ALTER TABLE oauth_clients ADD COLUMN id_token_alg TEXT NOT NULL DEFAULT 'RS256' CHECK (id_token_alg IN ('RS256', 'ES256'));
-- Clients of one sector know a person by one name, which no other client is told; NULL: the client is told the id of the account.
ALTER TABLE oauth_clients ADD COLUMN sector TEXT CHECK (length(sector) BETWEEN 1 AND 253);
-- A JSON array: where a browser may be led after a sign-out.
ALTER TABLE oauth_clients ADD COLUMN post_logout_redirect_uris TEXT NOT NULL DEFAULT '[]' CHECK (json_type(post_logout_redirect_uris) = 'array');
-- Who is told when a grant ends; NULL: nobody.
ALTER TABLE oauth_clients ADD COLUMN back_channel_logout_uri TEXT;

-- The claims about the person that the ID token has to say, separated by spaces.
ALTER TABLE authorization_codes ADD COLUMN id_token_claims TEXT NOT NULL DEFAULT '';

-- Random names: they depend on no secret, so no rotation changes them.
CREATE TABLE pairwise_subjects (
  user_id TEXT NOT NULL,
  sector  TEXT NOT NULL,
  -- Longer than the id of an account, so that the two are never equal.
  subject TEXT NOT NULL CHECK (length(subject) = 43),
  PRIMARY KEY (user_id, sector)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER users_delete_forgets_subjects
AFTER DELETE ON users
BEGIN
  DELETE FROM pairwise_subjects WHERE user_id = OLD.id;
END;

-- Clients that wait to be told that a grant ended: OpenID Connect Back-Channel Logout 1.0. Written with the end, by whatever ended it.
CREATE TABLE logout_notices (
  grant_id  TEXT    PRIMARY KEY,
  client_id TEXT    NOT NULL,
  -- As the client knows the person; NULL: the account is gone.
  subject   TEXT,
  ended_at  INTEGER NOT NULL,
  -- How often it was tried in vain, and when it may be tried again.
  attempts  INTEGER NOT NULL DEFAULT 0,
  due_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX logout_notices_due ON logout_notices (due_at, grant_id);

CREATE TRIGGER sessions_end_tells_client
AFTER UPDATE OF ended_at ON sessions
WHEN OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL AND NEW.client_id IS NOT NULL
BEGIN
  INSERT INTO logout_notices (grant_id, client_id, subject, ended_at, due_at)
  SELECT NEW.id, told.id,
         iif(told.sector IS NULL, NEW.user_id,
             (SELECT subject FROM pairwise_subjects WHERE user_id = NEW.user_id AND pairwise_subjects.sector = told.sector)),
         NEW.ended_at, NEW.ended_at
    FROM oauth_clients AS told
   WHERE told.id = NEW.client_id AND told.back_channel_logout_uri IS NOT NULL AND ' ' || NEW.scope || ' ' LIKE '% openid %'
  ON CONFLICT DO NOTHING;
END;

-- A grant with `offline_access` goes on after its person has signed out, but its client is told. So it keeps the sign-in that it came from.
CREATE TRIGGER sessions_end_tells_clients_that_go_on
AFTER UPDATE OF ended_at ON sessions
WHEN OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL AND NEW.client_id IS NULL
 AND NEW.end_reason NOT IN ('replaced-by-sign-in', 'too-many-sessions')
BEGIN
  INSERT INTO logout_notices (grant_id, client_id, subject, ended_at, due_at)
  SELECT kept.id, told.id,
         iif(told.sector IS NULL, kept.user_id,
             (SELECT subject FROM pairwise_subjects WHERE user_id = kept.user_id AND pairwise_subjects.sector = told.sector)),
         NEW.ended_at, NEW.ended_at
    FROM sessions AS kept JOIN oauth_clients AS told ON told.id = kept.client_id
   WHERE kept.parent_id = NEW.id AND kept.ended_at IS NULL AND told.back_channel_logout_uri IS NOT NULL
     AND ' ' || kept.scope || ' ' LIKE '% openid %' AND ' ' || kept.scope || ' ' LIKE '% offline_access %'
  ON CONFLICT DO NOTHING;
END;

DROP TRIGGER sessions_end_ends_grants;
CREATE TRIGGER sessions_end_ends_grants
AFTER UPDATE OF ended_at ON sessions
WHEN OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL AND NEW.client_id IS NULL
 AND NEW.end_reason NOT IN ('replaced-by-sign-in', 'too-many-sessions')
BEGIN
  UPDATE sessions SET ended_at = NEW.ended_at, end_reason = NEW.end_reason, end_context = NEW.end_context
   WHERE parent_id = NEW.id AND ended_at IS NULL AND ' ' || scope || ' ' NOT LIKE '% offline_access %';
END;
