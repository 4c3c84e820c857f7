CREATE TABLE oauth_clients (
  id            text COLLATE "C" PRIMARY KEY CHECK (length(id) BETWEEN 24 AND 512),
  name          text COLLATE "C" NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  secret_hash   text COLLATE "C" CHECK (length(secret_hash) = 43),
  first_party   bigint NOT NULL DEFAULT 0 CHECK (first_party IN (0, 1)),
  redirect_uris text COLLATE "C" NOT NULL CHECK (jsonb_typeof(redirect_uris::jsonb) = 'array'),
  scopes        text COLLATE "C" NOT NULL CHECK (jsonb_typeof(scopes::jsonb) = 'array'),
  created_at    bigint NOT NULL
);
